"""Full text search: the index of the words that proposals are found by."""

from __future__ import annotations

from alembic import op

from node.store import search_index

revision = "0003"
down_revision: str | None = "0002"


def upgrade() -> None:
    for statement in search_index.ddl(op.get_bind().dialect.name):
        op.execute(statement)
    # Proposals of before have no words yet: they get them as they are looked at for partners.
    op.execute("UPDATE proposals SET to_match = (1 = 1)")
