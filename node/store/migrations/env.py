"""Run by Alembic with the connection, and its open transaction, of `node.store.migrate`."""

from __future__ import annotations

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context

from node.store.search_index import is_ours
from node.store.tables import metadata


def run() -> None:
    connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        render_item=_render,
        compare_server_default=False,
        include_name=_is_in_tables,
    )
    with context.begin_transaction():
        context.run_migrations()


def _is_in_tables(name: str | None, kind: str, _: object) -> bool:
    return not is_ours(name)


def _render(kind: str, item: Any, _: object) -> str | Literal[False]:
    """Alembic would write the defaults of booleans as numbers, which PostgreSQL refuses."""
    if kind == "server_default" and isinstance(item, sa.DefaultClause):
        match item.arg:
            case sa.sql.elements.False_():
                return "sa.false()"
            case sa.sql.elements.True_():
                return "sa.true()"
    return False


if hasattr(context, "config"):  # imported as a plain module there is nothing to run
    run()
