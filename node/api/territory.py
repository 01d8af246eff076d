"""Where: the outlines of this quartier and of its neighbours, as GeoJSON (RFC 7946)."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from node.actions.outlines import Quartier, outline, quartiers
from node.api.endpoint import Call, Endpoint, Entity, Nothing, Raw

MEDIA_TYPE = "application/geo+json"
Position = Annotated[list[float], Meta(min_length=2, max_length=2)]
Ring = Annotated[list[Position], Meta(min_length=4)]
Coordinates = list[list[Ring]]


class OutlineGeometry(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Polygons, each of an outer ring and its holes; [longitude, latitude] in degrees."""

    type: Literal["MultiPolygon"] = "MultiPolygon"
    coordinates: Coordinates


class OutlineProperties(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose outline it is."""

    name: str
    """As people say it."""
    handle: str
    """`quartier@croix-rousse.example`: what people follow."""
    domain: str
    home: bool
    """Whether it is this node's own quartier; else it is a neighbour joined with it."""


class OutlineFeature(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A quartier and its outline."""

    type: Literal["Feature"] = "Feature"
    id: str
    """IRI of the quartier's Group."""
    geometry: OutlineGeometry
    properties: OutlineProperties


class TerritoryCollection(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """This quartier first, then its neighbours."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[OutlineFeature]


async def territory(call: Call[Nothing, Nothing]) -> Raw:
    found = await call.store.read(quartiers, call.here)
    # A large outline takes milliseconds to draw: not on the loop that everybody waits for.
    drawn = await asyncio.to_thread(lambda: [outline(one.written) for one in found])
    features = [
        _feature(one, shape) for one, shape in zip(found, drawn, strict=True) if one.home or shape
    ]
    body = TerritoryCollection(features=features)
    return Raw(msgspec.json.encode(body), MEDIA_TYPE)


def _feature(one: Quartier, shape: Coordinates) -> OutlineFeature:
    return OutlineFeature(
        id=one.uri,
        geometry=OutlineGeometry(coordinates=shape),
        properties=OutlineProperties(
            name=one.name, handle=f"quartier@{one.domain}", domain=one.domain, home=one.home
        ),
    )


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        method="GET",
        path="/territory",
        handler=territory,
        summary="The outlines of this quartier and of its neighbours, as GeoJSON",
        tag="territory",
        answer=TerritoryCollection,
        media_types=(MEDIA_TYPE,),
        max_age=300,
    ),
)
