"""Run by Alembic with the connection, and its open transaction, of `node.store.migrate`."""

from __future__ import annotations

from alembic import context

from node.store.tables import metadata


def run() -> None:
    connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_server_default=False,
    )
    with context.begin_transaction():
        context.run_migrations()


if hasattr(context, "config"):  # imported as a plain module there is nothing to run
    run()
