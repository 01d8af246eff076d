"""Migrations on both databases: whole or not at all, once, and never backwards."""

from __future__ import annotations

import asyncio
import shutil
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from node.errors import ConfigError
from node.store import migrate
from node.store.engine import Store
from tests.store import migrating

FIRST = """
    def upgrade() -> None:
        op.create_table("first_things", sa.Column("id", sa.Integer, primary_key=True))
        op.execute("INSERT INTO first_things VALUES (1)")
"""
# Says where it is and then takes its time, so that it can be killed half-way.
SECOND = """
    def upgrade() -> None:
        op.create_table(
            "second_things",
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("first", sa.Integer, sa.ForeignKey("first_things.id", name="fk_second")),
        )
        op.execute("INSERT INTO second_things VALUES (1, 1)")
        anew = "always" if op.get_bind().dialect.name == "sqlite" else "never"
        with op.batch_alter_table("first_things", recreate=anew) as batch:
            batch.add_column(sa.Column("name", sa.Text))
        print("half-way", flush=True)
        time.sleep(float(os.environ.get("HALF_WAY_SECONDS", "0")))
        op.execute("UPDATE first_things SET name = 'one'")
"""


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    """A migrations directory with a first revision of its own."""
    directory = tmp_path / "migrations"
    shutil.copytree(migrate.MIGRATIONS, directory, ignore=shutil.ignore_patterns("0*.py"))
    write(directory, "0001", None, FIRST)
    return directory


def write(directory: Path, revision: str, down: str | None, body: str) -> None:
    head = (
        "import os\nimport time\n\nimport sqlalchemy as sa\nfrom alembic import op\n\n"
        f"revision = {revision!r}\ndown_revision = {down!r}\n\n"
    )
    script = directory / "versions" / f"{revision}_test.py"
    script.write_text(head + textwrap.dedent(body), encoding="utf-8")


def state(url: str) -> tuple[str | None, list[str], list[sa.Row[*tuple[object, ...]]]]:
    """The revision, the tables, and the rows of the first table."""
    engine = migrate.engine_of(url)
    try:
        with engine.connect() as connection:
            tables = sorted(sa.inspect(connection).get_table_names())
            rows = (
                list(connection.exec_driver_sql("SELECT * FROM first_things"))
                if "first_things" in tables
                else []
            )
            return migrate.current_revision(connection), tables, rows
    finally:
        engine.dispose()


def test_a_new_database_gets_every_revision(empty_database_url: str, scripts: Path) -> None:
    """From nothing to the head; the second time there is nothing to do."""
    write(scripts, "0002", "0001", SECOND)
    for _ in range(2):
        migrating.run(empty_database_url, scripts)
        assert state(empty_database_url) == (
            "0002",
            ["alembic_version", "first_things", "second_things"],
            [(1, "one")],
        )


def test_an_older_database_is_brought_up_to_date(empty_database_url: str, scripts: Path) -> None:
    """What is in it stays; rows that others point at survive a table that is made anew."""
    migrating.run(empty_database_url, scripts)
    assert state(empty_database_url) == ("0001", ["alembic_version", "first_things"], [(1,)])
    write(scripts, "0002", "0001", SECOND)
    migrating.run(empty_database_url, scripts)
    assert state(empty_database_url)[2] == [(1, "one")]


async def test_a_migration_killed_half_way_completes_when_run_again(
    empty_database_url: str, scripts: Path
) -> None:
    """SIGKILL in its middle leaves the revision before; the next start does all of it."""
    migrating.run(empty_database_url, scripts)
    write(scripts, "0002", "0001", SECOND)
    other = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.store.migrating",
        empty_database_url,
        str(scripts),
        stdout=asyncio.subprocess.PIPE,
        env={"HALF_WAY_SECONDS": "60"},
    )
    assert other.stdout is not None
    assert await other.stdout.readline() == b"half-way\n"
    other.kill()
    await other.wait()

    assert state(empty_database_url) == ("0001", ["alembic_version", "first_things"], [(1,)])
    await asyncio.to_thread(migrating.run, empty_database_url, scripts)
    assert state(empty_database_url)[0] == "0002"
    assert state(empty_database_url)[2] == [(1, "one")]


def test_the_next_revision_is_written_from_the_tables(
    empty_database_url: str, scripts: Path
) -> None:
    """For developers: the file that it writes makes exactly what `tables.py` says."""
    for old in (scripts / "versions").glob("0*.py"):
        old.unlink()
    made = migrate.new_revision("foundation", directory=scripts)
    assert made.name == "0001_foundation.py"
    migrating.run(empty_database_url, scripts)
    assert migrating.differences(empty_database_url) == []
    assert state(empty_database_url)[0] == "0001"


def test_a_failing_migration_leaves_the_database_as_it_was(
    empty_database_url: str, scripts: Path
) -> None:
    """Its tables and rows are rolled back with it."""
    migrating.run(empty_database_url, scripts)
    write(scripts, "0002", "0001", SECOND + '    op.execute("SELECT nonsense FROM nowhere")\n')
    before = state(empty_database_url)
    with pytest.raises(sa.exc.DBAPIError):
        migrating.run(empty_database_url, scripts)
    assert state(empty_database_url) == before


def test_processes_that_start_together_migrate_once(empty_database_url: str, scripts: Path) -> None:
    """One holds the lock and migrates; the others wait, look again, and find it done."""
    write(scripts, "0002", "0001", SECOND)
    with ThreadPoolExecutor(4) as pool:
        outcomes = list(
            pool.map(lambda _: migrating.in_a_process(empty_database_url, scripts), range(4))
        )
    assert outcomes == [0, 0, 0, 0]
    assert state(empty_database_url)[2] == [(1, "one")]


def test_an_older_program_refuses_a_newer_database(empty_database_url: str, scripts: Path) -> None:
    """It says so, says what to do, and touches nothing."""
    write(scripts, "0002", "0001", SECOND)
    migrating.run(empty_database_url, scripts)
    before = state(empty_database_url)
    (scripts / "versions" / "0002_test.py").unlink()
    with pytest.raises(ConfigError, match=r"older than the database.*Install the newer"):
        migrating.run(empty_database_url, scripts)
    assert state(empty_database_url) == before


async def test_a_node_refuses_a_database_of_the_future(empty_database_url: str) -> None:
    """`Store.open` raises before any unit can run."""
    engine = migrate.engine_of(empty_database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        connection.exec_driver_sql("INSERT INTO alembic_version VALUES ('9999')")
    engine.dispose()
    with pytest.raises(ConfigError, match="9999"):
        await Store.open(empty_database_url)
    assert migrate.database_info(empty_database_url) == ("9999", migrate.HEAD_REVISION)


async def test_a_current_database_is_opened_without_alembic(database_url: str) -> None:
    """A node that has nothing to migrate does not pay for the tool (time and memory)."""
    program = (
        "import asyncio, sys\n"
        "from node.store.engine import Store\n"
        "async def main():\n"
        f"    store = await Store.open({database_url!r})\n"
        "    await store.close()\n"
        "asyncio.run(main())\n"
        "sys.exit('alembic' in sys.modules)\n"
    )
    other = await asyncio.create_subprocess_exec(sys.executable, "-c", program)
    assert await other.wait() == 0


def test_the_tables_are_what_the_migrations_make(database_url: str) -> None:
    """A column in `tables.py` without its migration, or the other way round, is found here."""
    assert migrating.differences(database_url) == []
