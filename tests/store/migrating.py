"""Migrations of a test's own directory; run as a program it is the process that is killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from node.store import migrate
from node.store.search_index import is_ours
from node.store.tables import metadata


def run(url: str, scripts: Path) -> None:
    engine = migrate.engine_of(url)
    try:
        migrate.ensure_schema(engine, directory=scripts)
    finally:
        engine.dispose()


def in_a_process(url: str, scripts: Path) -> int:
    """The exit code of a process that brings the database up to date."""
    return subprocess.run(
        [sys.executable, "-m", "tests.store.migrating", url, str(scripts)],
        check=False,
        stdout=subprocess.DEVNULL,
    ).returncode


def differences(url: str) -> list[Any]:
    """What Alembic would still change to have the database as `tables.py` says."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    engine = migrate.engine_of(url)
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(
                connection, opts={"include_name": lambda name, *_: not is_ours(name)}
            )
            return list(compare_metadata(context, metadata))
    finally:
        engine.dispose()


if __name__ == "__main__":
    run(sys.argv[1], Path(sys.argv[2]))
