"""Copy a stopped node's SQLite database into an empty PostgreSQL one.

    /opt/entraide/venv/bin/python move_to_postgresql.py \
        sqlite:////var/lib/entraide/entraide.sqlite3 postgresql://entraide:…@127.0.0.1/entraide

Nothing is changed in the first. In the second all is written in one transaction, so that a copy
which was interrupted is begun again. Exit codes: 0 copied, 1 refused, with the reason.
"""

from __future__ import annotations

import sys
from typing import Final

import sqlalchemy as sa

from node.errors import EntraideError
from node.store.migrate import current_revision, engine_of, ensure_schema
from node.store.tables import metadata

ROWS: Final = 500  # in one statement


def move(source_url: str, target_url: str) -> dict[str, int]:
    """How many rows each table got. Raises EntraideError, or SystemExit with the reason."""
    source, target = engine_of(source_url), engine_of(target_url)
    if (source.dialect.name, target.dialect.name) != ("sqlite", "postgresql"):
        raise SystemExit("First a sqlite:///… address, then a postgresql://… one.")
    copied: dict[str, int] = {}
    try:
        with source.connect() as connection:
            if current_revision(connection) is None:
                raise SystemExit("There is no node's database at the first address.")
        ensure_schema(source)
        ensure_schema(target)
        with source.connect() as reader, target.begin() as writer:
            for table in metadata.sorted_tables:
                if writer.execute(sa.select(table).limit(1)).first() is not None:
                    raise SystemExit(f"The second database is in use: {table.name} has rows.")
                rows = reader.execution_options(yield_per=ROWS).execute(sa.select(table))
                copied[table.name] = 0
                for part in rows.mappings().partitions(ROWS):
                    writer.execute(sa.insert(table), [dict(row) for row in part])
                    copied[table.name] += len(part)
    finally:
        source.dispose()
        target.dispose()
    return copied


def main() -> None:
    if len(sys.argv) != 3:
        raise SystemExit((__doc__ or "").strip())
    try:
        copied = move(sys.argv[1], sys.argv[2])
    except EntraideError as error:
        raise SystemExit(error.public) from error
    for name, rows in copied.items():
        print(f"{rows:>9} {name}")  # noqa: T201 - what a command says


if __name__ == "__main__":
    main()
