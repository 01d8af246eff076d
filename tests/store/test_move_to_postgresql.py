"""deploy/move_to_postgresql.py: a node that has outgrown SQLite keeps everything it had."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from node.config import Settings, build
from node.store.engine import Store
from node.store.migrate import engine_of
from node.store.tables import metadata

SCRIPT = Path(__file__).parents[2] / "deploy" / "move_to_postgresql.py"
SOURCE_ROWS = 1_203


def _move() -> Callable[[str, str], dict[str, int]]:
    spec = importlib.util.spec_from_file_location("move_to_postgresql", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: Callable[[str, str], dict[str, int]] = module.move
    return found


def _fill(url: str) -> None:
    """Rows of several kinds of column: texts with accents, bytes, truth, JSON, 64-bit ids."""
    engine = engine_of(url)
    try:
        with engine.begin() as connection:
            for number in range(SOURCE_ROWS):
                connection.execute(sa.insert(metadata.tables["actors"]).values(_actor(number)))
            connection.execute(
                sa.insert(metadata.tables["actor_keys"]).values(
                    id="https://a.example/users/p0#main-key",
                    actor_id=2**62,
                    algorithm="rsa",
                    public="-----BEGIN…",
                    fetched_at=1.5,
                )
            )
    finally:
        engine.dispose()


def _actor(number: int) -> dict[str, Any]:
    uri = f"https://a.example/users/p{number}"
    return {
        "id": 2**62 + number,
        "uri": uri,
        "local": number == 0,
        "type": "Person",
        "username": f"p{number}",
        "domain": "a.example",
        "name": "Zoé à l’Écluse",
        "summary": "",
        "inbox": f"{uri}/inbox",
        "also_known_as": ["https://b.example/users/zoé"] if number % 2 else [],
        "created_at": 1.5,
        "updated_at": 2.25,
    }


def _rows(url: str) -> dict[str, list[tuple[Any, ...]]]:
    engine = engine_of(url)
    try:
        with engine.connect() as connection:
            return {
                table.name: sorted(map(tuple, connection.execute(sa.select(table))), key=str)
                for table in metadata.sorted_tables
            }
    finally:
        engine.dispose()


def test_everything_is_copied(sqlite_url: str, empty_postgres_url: str) -> None:
    """Every row of every table is in PostgreSQL afterwards, with the same values."""
    _fill(sqlite_url)
    copied = _move()(sqlite_url, empty_postgres_url)
    assert copied["actors"] == SOURCE_ROWS
    assert _rows(empty_postgres_url) == _rows(sqlite_url)


async def test_a_node_opens_what_was_copied(sqlite_url: str, empty_postgres_url: str) -> None:
    """The store opens the copy as it would open a database that it made itself."""
    _fill(sqlite_url)
    _move()(sqlite_url, empty_postgres_url)
    store = await Store.open(empty_postgres_url)
    try:
        assert await store.read(lambda tx: tx.scalar(sa.text("SELECT count(*) FROM actors")))
    finally:
        await store.close()


def test_a_database_in_use_is_refused(sqlite_url: str, postgres_url: str) -> None:
    """A PostgreSQL database that has rows is left as it is, and the reason is told."""
    _fill(sqlite_url)
    _move()(sqlite_url, postgres_url)
    before = _rows(postgres_url)
    with pytest.raises(SystemExit, match="in use"):
        _move()(sqlite_url, postgres_url)
    assert _rows(postgres_url) == before


def test_the_two_addresses_in_the_wrong_order_are_refused(
    sqlite_url: str, empty_postgres_url: str
) -> None:
    """Nothing is copied from PostgreSQL to SQLite by mistake."""
    with pytest.raises(SystemExit, match="First a sqlite"):
        _move()(empty_postgres_url, sqlite_url)


def test_the_settings_take_the_address_that_the_guide_names() -> None:
    """`ENTRAIDE_DATABASE_URL` is what a node is told to open PostgreSQL with."""
    url = "postgresql://entraide:secret@127.0.0.1/entraide"
    settings: Settings = build(
        {"node": {"domain": "a.example", "name": "A", "latitude": 45.0, "longitude": 4.0}},
        environment={"ENTRAIDE_DATABASE_URL": url},
    )
    assert settings.database_url == url
