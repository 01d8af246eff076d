"""What the association said of itself on the pages: its words, and where the quartier lies."""

from __future__ import annotations

import orjson
import sqlalchemy as sa

from node.activitypub.rejected import Rejected
from node.aid.territory import Territory
from node.store.tables import house
from node.store.transaction import Transaction
from node.store.upsert import insert_or_update

TABLE = "house"
TEXTS = "texts"
TERRITORY = "territory"


def texts(tx: Transaction) -> dict[str, object]:
    """As they were given; empty where nothing was."""
    written = _value(tx, TEXTS)
    found = orjson.loads(written) if written else {}
    return found if isinstance(found, dict) else {}


def put_texts(tx: Transaction, values: dict[str, object]) -> None:
    _put(tx, TEXTS, orjson.dumps(values).decode())


def territory_kept(tx: Transaction) -> Territory | None:
    """None where the settings say where the quartier lies."""
    written = _value(tx, TERRITORY)
    decoded = Territory.decode(written) if written else None
    return None if isinstance(decoded, Rejected) else decoded


def put_territory(tx: Transaction, territory: Territory) -> None:
    _put(tx, TERRITORY, territory.encode())


def drop_territory(tx: Transaction) -> None:
    tx.execute(sa.delete(house).where(house.c.name == TERRITORY))


def _value(tx: Transaction, name: str) -> str | None:
    found: str | None = tx.scalar(sa.select(house.c.value).where(house.c.name == name))
    return found


def _put(tx: Transaction, name: str, value: str) -> None:
    insert_or_update(tx, house, {"name": name, "value": value}, key=("name",))
