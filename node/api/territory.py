"""Where: the outlines of this quartier and of its neighbours, as GeoJSON (RFC 7946)."""

from __future__ import annotations

import asyncio
from functools import lru_cache
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from node.activitypub.rejected import Rejected
from node.aid.neighbours import Link
from node.aid.territory import Territory
from node.api.endpoint import Call, Endpoint, Entity, Nothing, Raw
from node.store import neighbours

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
    rows = await call.store.read(neighbours.every)
    joined = [row for row in rows if row.state == Link.JOINED.value and row.territory]
    here = call.here
    # A large outline takes milliseconds to draw: not on the loop that everybody waits for.
    ours, *theirs = await asyncio.to_thread(
        lambda: [
            _outline(here.quartier.territory or here.territory.encode()),
            *(_outline(row.territory) for row in joined),
        ]
    )
    features = [
        _feature(here.quartier.uri, here.settings.node.name, here.domain, ours, home=True),
        *(
            _feature(row.actor_uri, row.name or row.domain, row.domain, outline, home=False)
            for row, outline in zip(joined, theirs, strict=True)
            if outline
        ),
    ]
    body = TerritoryCollection(features=features)
    return Raw(msgspec.json.encode(body), MEDIA_TYPE)


@lru_cache(maxsize=64)
def _outline(written: str) -> Coordinates:
    """Of a territory as it stands on the wire; empty for what cannot be read."""
    decoded = Territory.decode(written)
    return [] if isinstance(decoded, Rejected) else decoded.outline()


def _feature(
    uri: str, name: str, domain: str, outline: Coordinates, *, home: bool
) -> OutlineFeature:
    return OutlineFeature(
        id=uri,
        geometry=OutlineGeometry(coordinates=outline),
        properties=OutlineProperties(
            name=name, handle=f"quartier@{domain}", domain=domain, home=home
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
