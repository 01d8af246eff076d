"""The commands about people: invite, answer requests, vouch, export."""

from __future__ import annotations

import asyncio
import json
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from node.actions import membership
from node.actions.passwords import hash_password
from node.app import Root, opened
from node.cli import entraide
from node.config import load
from tests.serving import free_port

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("people") / "entraide.toml"


@pytest.fixture(scope="module")
def run(config: Path) -> Run:
    """A command on a node of its own, with Amina and Bruno."""
    domain = f"127.0.0.1:{free_port()}"

    def command(*words: str) -> Result:
        return CliRunner().invoke(entraide, [*words, "--config", str(config)], obj=Root())

    made = command(
        "init", "--domain", domain, "--name", "Croix-Rousse", "--lat", "45.774", "--lon", "4.828",
        "--insecure-loopback",
    )  # fmt: skip
    assert made.exit_code == 0, made.output
    for name in ("amina", "bruno"):
        email = f"{name}@example.org"
        made = command("account", "create", name, "--email", email, "--password", "motdepasse")
        assert made.exit_code == 0, made.output
    return command


def test_a_link_that_opens_an_account(run: Run) -> None:
    """Printed alone; what a member may not invite is refused with what to do."""
    made = run("account", "invite", "amina", "--uses", "3", "--days", "2")
    assert made.exit_code == 0
    assert "/join/" in made.output
    assert len(made.output.strip().rsplit("/", 1)[1]) == 24
    refused = run("account", "invite", "amina", "--kind", "public-body")
    assert refused.exit_code == 1
    assert "médiation" in refused.output
    assert run("account", "invite", "nobody").exit_code == 1


async def ask(config: Path, name: str) -> None:
    asking = membership.check_asking(
        username=name,
        email=f"{name}@example.org",
        kind="resident",
        name=name.title(),
        text="Bonjour,\nj’habite à côté.",
        locale="fr",
    )
    hashed = replace(asking, password_hash=hash_password("motdepasse"))
    async with opened(load(config)) as node:
        await node.store.write(membership.ask_to_join, node.here, hashed)


def test_requests_are_listed_and_answered(run: Run, config: Path) -> None:
    """By number; each once; where no mail is sent there is nothing to confirm."""
    assert run("account", "requests").output == "Personne n'attend.\n"
    for name in ("lea", "zoe"):
        asyncio.run(ask(config, name))
    assert (
        "lea <lea@example.org>  resident  Lea\n    Bonjour,\n" in run("account", "requests").output
    )
    zoe, lea = json.loads(run("account", "requests", "--json").output)
    assert run("account", "accept", lea["id"]).output.startswith("@lea@")
    assert run("account", "accept", lea["id"]).exit_code == 1
    assert run("account", "decline", zoe["id"]).exit_code == 0
    assert run("account", "decline", "7").exit_code == 1
    assert run("account", "requests").output == "Personne n'attend.\n"
    data = json.loads(run("account", "export", "lea").output)
    assert data["account"]["confirmed_at"] is not None
    assert run("account", "export", "zoe").exit_code == 1


def test_vouching_and_taking_back(run: Run) -> None:
    """Printed with its date; nobody vouches for themselves."""
    made = run("account", "vouch", "amina", "--by", "bruno")
    assert made.exit_code == 0
    assert "@bruno@" in made.output
    assert run("account", "vouch", "amina", "--by", "bruno", "--take-back").output == ""
    assert run("account", "vouch", "amina", "--by", "amina").exit_code == 2


def test_data_in_a_file_for_its_owner(run: Run, tmp_path: Path) -> None:
    """JSON on the output, or in a new file that nobody else reads; none is overwritten."""
    told = json.loads(run("account", "export", "amina").output)
    assert told["account"]["email"] == "amina@example.org"
    file = tmp_path / "amina.json"
    assert run("account", "export", "amina", "--output", str(file)).exit_code == 0
    assert json.loads(file.read_bytes())["account"] == told["account"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert run("account", "export", "amina", "--output", str(file)).exit_code == 2
