"""``column IN (…)`` with one parameter, however many: the statement stays the same, and is prepared
once. SQLAlchemy's own makes a new one for each number of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from node.store.transaction import Dialect, Transaction


def among(dialect: Dialect, column: Any, name: str) -> sa.ColumnElement[bool]:
    """Whether a number is one of those of the parameter `name`, which `numbers` makes."""
    found: sa.ColumnElement[bool]
    if dialect == "sqlite":
        each = sa.func.json_each(sa.bindparam(name, type_=sa.Text)).table_valued("value")
        found = column.in_(sa.select(each.c.value))
        return found
    several = sa.bindparam(name, type_=postgresql.ARRAY(sa.BigInteger))
    found = column == sa.any_(several)
    return found


def numbers(tx: Transaction, found: Iterable[int]) -> Any:
    wanted = list(found)
    return orjson.dumps(wanted).decode() if tx.dialect == "sqlite" else wanted
