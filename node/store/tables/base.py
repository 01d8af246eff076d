"""What every table is made with.

Times are seconds since the epoch (floats), ids are made in the process (`node.ids`), documents
are JSON text as sent or as received.
"""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite makes the rowid of an INTEGER PRIMARY KEY only, and its INTEGER has 64 bits.
Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
Time = sa.Double


def identity() -> sa.Column[int]:
    return sa.Column("id", Id, primary_key=True, autoincrement=False)


def partial(name: str, *columns: str, where: str, unique: bool = False) -> sa.Index:
    """An index of the rows that `where` names; queries must say it in the same words.

    `IS true` in it is `IS 1` on SQLite, `IS false` is `IS 0`.
    """
    return sa.Index(
        name,
        *columns,
        unique=unique,
        sqlite_where=sa.text(where.replace("IS true", "IS 1").replace("IS false", "IS 0")),
        postgresql_where=sa.text(where),
    )


def ref(name: str, target: str, *, null: bool = False, primary: bool = False) -> sa.Column[int]:
    return sa.Column(
        name,
        Id,
        sa.ForeignKey(target, ondelete="CASCADE"),
        nullable=null,
        primary_key=primary,
        autoincrement=False,
    )
