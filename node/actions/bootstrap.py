"""What every node has from its first start: its own actor, its quartier and the urgent feed.

Run at each start and by each command: what is there is left, what the settings changed (the
quartier's name, its territory) is brought up to date.
"""

from __future__ import annotations

import json
from pathlib import Path

from node.actions.accounts import make_keys, put_local_actor
from node.activitypub.addresses import QUARTIER, URGENT, Addresses
from node.aid.territory import Territory
from node.clock import Clock
from node.config import Settings
from node.errors import ConfigError, Invalid
from node.moderation.rates import Rates
from node.outbox.here import Here, Place
from node.outbox.keyring import Keyring
from node.social.accounts import Actor
from node.store import actors, house, node_secrets
from node.store.engine import Store
from node.store.transaction import Transaction
from node.transport import webpush


async def settle(store: Store, settings: Settings, clock: Clock) -> Here:
    """Everything that publishing needs; raises ConfigError for a territory that cannot be."""
    addresses = Addresses(settings.base_url, settings.node.domain)
    settled = territory_of(settings)
    kept = await store.read(house.territory_kept)
    territory = settled if kept is None else kept
    wanted = (
        (addresses.actor, "Application", addresses.node_username, settings.node.name, None),
        (addresses.quartier, "Group", QUARTIER, settings.node.name, territory.encode()),
        (addresses.urgent, "Group", URGENT, f"{settings.node.name} : urgences", None),
    )
    found: list[Actor] = []
    for uri, type_, username, name, cells in wanted:
        actor = await store.read(actors.by_uri, uri)
        if actor is None:
            actor = await store.write(
                put_local_actor,
                addresses,
                uri=uri,
                type=type_,
                kind=None,
                username=username,
                domain=settings.node.domain,
                name=name,
                key_texts=make_keys(),
                now=clock.now(),
                territory=cells,
            )
        elif actor.name != name or actor.territory != cells:
            actor = await store.write(_rename, actor.id, name, cells)
        found.append(actor)
    node, quartier, urgent = found
    vapid = await store.read(node_secrets.of, "vapid")
    if vapid is None:
        vapid = await store.write(node_secrets.put_first, "vapid", webpush.new_key())
    return Here(
        settings=settings,
        addresses=addresses,
        clock=clock,
        keyring=Keyring(),
        node=node,
        quartier=quartier,
        urgent=urgent,
        place=Place(territory, settled),
        vapid=vapid,
        vapid_public=webpush.public_key(vapid),
        rates=Rates(enforced=settings.limits.rate_limits),
    )


def territory_of(settings: Settings) -> Territory:
    """The territory that the settings describe: a GeoJSON file, or a circle."""
    node = settings.node
    try:
        if not node.territory_geojson:
            return Territory.from_circle(node.latitude, node.longitude, node.radius_m)
        path = Path(settings.directory, node.territory_geojson)
        return Territory.from_geojson(json.loads(path.read_text(encoding="utf-8")))
    except Invalid as error:
        raise ConfigError(f"The territory cannot be used: {error.public}") from error
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"node.territory_geojson: {node.territory_geojson} cannot be read: {error}"
        ) from error


def _rename(tx: Transaction, actor_id: int, name: str, territory: str | None) -> Actor:
    actors.set_profile(tx, actor_id, name=name, territory=territory)
    actor = actors.by_id(tx, actor_id)
    if actor is None:
        raise ConfigError("One of the node's own actors is missing from the database.")
    return actor
