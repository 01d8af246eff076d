"""Full text indexes of a table's column ``words``, which the database keeps by itself.

Words are folded before they are written (`aid.searching`), so that both databases find the same:
FTS5 on SQLite, a generated column with a GIN index on PostgreSQL.
"""

from __future__ import annotations

import sqlalchemy as sa

from node.aid.searching import Asked
from node.store.transaction import Dialect


def fts5(question: Asked) -> str:
    """Words hold letters and digits only, so nothing in them can be an operator once quoted."""
    parts = [f'"{word}"' for word in question.words]
    if question.last is not None:
        start, whole = question.last
        parts.append(f'("{start}" * OR "{whole}")' if start != whole else f'"{start}" *')
    return " AND ".join(parts)


def tsquery(question: Asked) -> str:
    parts = [f"'{word}'" for word in question.words]
    if question.last is not None:
        start, whole = question.last
        parts.append(f"('{start}':* | '{whole}')" if start != whole else f"'{start}':*")
    return " & ".join(parts)


def found(
    dialect: Dialect, table: sa.Table, question: Asked
) -> tuple[sa.FromClause, sa.ColumnElement[int], sa.ColumnElement[bool]]:
    """Where to look, the ids there, and the condition that they answer a question."""
    name = index_of(table)
    if dialect == "sqlite":
        index = sa.table(name, sa.column("rowid", sa.Integer))
        matching = sa.literal_column(name).op("MATCH", is_comparison=True)(fts5(question))
        return index, index.c.rowid, matching
    identifier = next(iter(table.primary_key.columns))
    matching = sa.literal_column(f"{table.name}.{name}", sa.Text).op("@@", is_comparison=True)(
        sa.func.to_tsquery(sa.literal_column("'simple'"), tsquery(question))
    )
    return table, identifier, matching


def index_of(table: sa.Table) -> str:
    """The name of its virtual table, or of its column."""
    return f"{table.name}_found"


def ddl(dialect: str, table: sa.Table) -> tuple[str, ...]:
    """The statements that make the index."""
    index, name = index_of(table), table.name
    key = next(iter(table.primary_key.columns)).name
    if dialect == "postgresql":
        return (
            f"ALTER TABLE {name} ADD COLUMN {index} tsvector "
            "GENERATED ALWAYS AS (to_tsvector('simple', words)) STORED",
            f"CREATE INDEX ix_{index} ON {name} USING gin ({index})",
        )
    take_out = (
        f"INSERT INTO {index} ({index}, rowid, words) "  # noqa: S608 — names of our own
        f"VALUES ('delete', old.{key}, old.words);"
    )
    put_in = f"INSERT INTO {index} (rowid, words) VALUES (new.{key}, new.words);"  # noqa: S608
    return (
        f"CREATE VIRTUAL TABLE {index} USING fts5(words, content='{name}', "
        f"content_rowid='{key}', tokenize='unicode61 remove_diacritics 2', prefix='2 3 4', "
        "detail=none)",
        f"CREATE TRIGGER {index}_put AFTER INSERT ON {name} BEGIN {put_in} END",
        f"CREATE TRIGGER {index}_taken AFTER DELETE ON {name} BEGIN {take_out} END",
        f"CREATE TRIGGER {index}_changed AFTER UPDATE OF words ON {name} "
        f"WHEN old.words IS NOT new.words BEGIN {take_out} {put_in} END",
    )
