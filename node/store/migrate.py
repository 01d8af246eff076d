"""The schema and its revisions. Alembic itself is imported only when something has to change.

Each file `migrations/versions/NNNN_slug.py` is the revision "NNNN"; the highest is the head.
Both databases change their schema inside a transaction, so a migration that was killed half-way
never happened, and completes when it is run again.
"""

from __future__ import annotations

import logging
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from node.errors import ConfigError

if TYPE_CHECKING:
    from alembic.config import Config

log = logging.getLogger(__name__)

MIGRATIONS = Path(__file__).parent / "migrations"
_FILE = re.compile(r"(\d{4})_\w+\.py")
_LOCK = 0x656E7472  # the advisory lock's number on PostgreSQL: "entr"


def revisions(directory: Path = MIGRATIONS) -> list[str]:
    """The revisions that this program knows, oldest first."""
    names = (path.name for path in (directory / "versions").iterdir())
    return sorted(match[1] for name in names if (match := _FILE.fullmatch(name)))


HEAD_REVISION = max(revisions(), default=None)


def current_revision(connection: sa.Connection) -> str | None:
    """The revision of a database, None when it has no schema yet."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.exec_driver_sql(
        "SELECT version_num FROM alembic_version"
    ).scalar()
    return revision


def ensure_schema(engine: sa.Engine, *, directory: Path = MIGRATIONS) -> None:
    """Bring the database to the head revision; nothing but one query when it is there.

    Several processes may call this at once: one of them does it. Raises ConfigError when the
    database is newer than this program.
    """
    known = revisions(directory)
    with engine.connect() as connection:
        current = current_revision(connection)
    _refuse_newer(current, known)
    if known and current != known[-1]:
        log.info("The database is brought from revision %s to %s", current or "none", known[-1])
        _upgrade(engine, known, directory)


def database_info(url: str) -> tuple[str | None, str | None]:
    """`(current, head)`: the revision of a database and that of this program.

    Raises ConfigError for a URL or a file that cannot be used, Unavailable for a server that
    does not answer.
    """
    engine = engine_of(url)
    try:
        with engine.connect() as connection:
            return current_revision(connection), HEAD_REVISION
    finally:
        engine.dispose()


def upgrade(url: str) -> tuple[str | None, str | None]:
    """What `entraide db upgrade` does: `(before, after)`. Raises as `database_info` does."""
    engine = engine_of(url)
    try:
        with engine.connect() as connection:
            before = current_revision(connection)
        ensure_schema(engine)
        return before, HEAD_REVISION
    finally:
        engine.dispose()


def engine_of(url: str) -> sa.Engine:
    """An engine for one command, its file or server checked."""
    from node.store import sqlite
    from node.store.urls import parse_url

    parsed = parse_url(url)
    if parsed.drivername == "sqlite":
        path = sqlite.database_path(parsed)
        sqlite.create_file(path)
        engine = sqlite.make_engine(path)
        sqlite.prepare(engine)
        return engine
    from node.store import postgres

    engine = postgres.make_engine(parsed)
    postgres.prepare(engine)
    return engine


def new_revision(slug: str, *, directory: Path = MIGRATIONS) -> Path:
    """For developers (`make format` after it): write the next `NNNN_slug.py`.

    It holds what `tables.metadata` has and the revisions before do not make, found by making a
    database with them.
    """
    from alembic import command

    from node.store import sqlite

    number = f"{int(max(revisions(directory), default='0')) + 1:04d}"
    with tempfile.TemporaryDirectory() as scratch:
        engine = sqlite.make_engine(Path(scratch, "scratch.sqlite3"))
        ensure_schema(engine, directory=directory)
        with engine.connect() as connection:
            config = _config(connection, directory)
            script = command.revision(config, message=slug, autogenerate=True, rev_id=number)
        engine.dispose()
    assert script is not None
    assert not isinstance(script, list)
    return Path(script.path)


def _refuse_newer(current: str | None, known: list[str]) -> None:
    if current is not None and current not in known:
        raise ConfigError(
            f"The database has revision {current}, this program knows only up to "
            f"{known[-1] if known else 'none'}: it is older than the database. Install the newer "
            "version of Entraide again, or restore the backup made before the upgrade."
        )


def _upgrade(engine: sa.Engine, known: list[str], directory: Path) -> None:
    from alembic import command

    from node.store import sqlite

    on_sqlite = engine.dialect.name == "sqlite"
    with sqlite.writer_connection(engine) if on_sqlite else engine.connect() as connection:
        if on_sqlite:  # a table that is made anew must not take its children's rows along
            raw = connection.connection.dbapi_connection
            assert raw is not None
            raw.execute("PRAGMA foreign_keys=OFF")
        with connection.begin():
            if not on_sqlite:
                connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
                connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
            current = current_revision(connection)  # another process may have been faster
            _refuse_newer(current, known)
            if current == known[-1]:
                return
            command.upgrade(_config(connection, directory), "head")
            if on_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise ConfigError(
                    "The migration would leave rows without their parents; nothing was changed. "
                    "Please report this, with the revision of your database "
                    f"({current or 'none'} to {known[-1]})."
                )


def _config(connection: sa.Connection, directory: Path) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(directory).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
