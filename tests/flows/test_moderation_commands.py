"""Moderation by command, beside a node that may be running: `domain`, `report`, `audit`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from node.app import Root
from node.cli import entraide


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A node of which nobody has heard."""
    path = tmp_path / "entraide.toml"
    done = run(
        path, "init", "--domain", "127.0.0.1:8123", "--name", "Croix-Rousse", "--lat", "45.774",
        "--lon", "4.828", "--insecure-loopback",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    return path


def run(config: Path, *words: str, given: str | None = None) -> Result:
    return CliRunner().invoke(entraide, [*words, "--config", str(config)], obj=Root(), input=given)


def lines(config: Path) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(run(config, "audit", "--json").stdout)
    return found


def test_a_server_is_blocked_listed_and_unblocked(config: Path) -> None:
    """What is wrong is told in one line with the code 2; every act is in the audit."""
    done = run(
        config, "domain", "block", "Loud.example", "--severity", "silence", "--reject-reports",
        "--reason", "Bruit", "--note", "vu avec Ada",
    )  # fmt: skip
    assert (done.exit_code, done.stdout) == (0, "loud.example : en sourdine\n")
    told = run(config, "domain", "list").stdout.splitlines()
    assert "loud.example : en sourdine, sans signalements — Bruit" in told
    listed = json.loads(run(config, "domain", "list", "--json").stdout)
    [loud] = [one for one in listed if one["domain"] == "loud.example"]
    assert loud["private_reason"] == "vu avec Ada"
    wrong = run(config, "domain", "block", "pas un domaine")
    assert wrong.exit_code == 2
    assert wrong.stderr.startswith("entraide : Ce n’est pas un nom de domaine")
    assert run(config, "domain", "unblock", "loud.example").exit_code == 0
    assert run(config, "domain", "unblock", "loud.example").exit_code == 1
    written = [one for one in lines(config) if one["target"] == "loud.example"]
    assert [(one["who"], one["action"]) for one in written] == [
        ("", "domain.unblock"),
        ("", "domain.silence"),
    ]
    assert "commande domain.silence loud.example — Bruit" in run(config, "audit").stdout
    assert len(json.loads(run(config, "audit", "--json", "--limit", "1").stdout)) == 1


def test_a_list_says_what_it_changes_before_it_does(config: Path, tmp_path: Path) -> None:
    """A dry run and a "no" change nothing; done twice, nothing is left to do; what comes out can
    be taken in."""
    given = tmp_path / "list.csv"
    given.write_text("#domain,#severity\nbad.example,suspend\nb*d.example,suspend\nfr,suspend\n")
    for words, answer in ((("--dry-run",), None), ((), "n\n")):
        done = run(config, "domain", "import", str(given), *words, given=answer)
        assert "+ bad.example : bloqué" in done.stdout
        assert "Ligne 3 laissée" in done.stderr
        assert "Ligne 4 fausse" in done.stderr
        assert run(config, "domain", "list").stdout == ""
    done = run(config, "domain", "import", str(given), "--yes")
    assert done.stdout.endswith("Fait : 1 changements.\n")
    again = run(config, "domain", "import", str(given), "--yes")
    assert again.stdout == "0 nouveaux, 0 plus durs, 1 inchangés.\n"
    written = tmp_path / "out.csv"
    assert run(config, "domain", "export", str(written)).exit_code == 0
    assert written.read_text() == run(config, "domain", "export").stdout
    assert "bad.example,suspend,false,false,,false" in written.read_text()
    missing = run(config, "domain", "import", str(tmp_path / "none.csv"))
    assert (missing.exit_code, missing.stdout) == (2, "")
    assert lines(config)[0]["reason"] == "import list.csv"


def test_a_report_is_settled_by_command(config: Path) -> None:
    """What waits is listed; settled it leaves the list, and a number that is none is told."""
    import asyncio

    for name in ("amina", "bruno"):
        made = run(
            config, "account", "create", name, "--email", f"{name}@example.org", "--password",
            "un long mot de passe",
        )  # fmt: skip
        assert made.exit_code == 0, made.output
    number = str(asyncio.run(_report(config)))
    listed = json.loads(run(config, "report", "list", "--json").stdout)
    assert [(one["id"], one["category"]) for one in listed] == [(int(number), "danger")]
    assert listed[0]["target"] == "bruno@127.0.0.1:8123"
    assert "Il menace" in run(config, "report", "list").stdout
    settle = ("report", "settle", number, "--outcome", "talked", "--note", "Parlé")
    assert run(config, *settle).stdout == f"{number} : réglé (talked)\n"
    assert run(config, *settle).exit_code == 1
    assert run(config, "report", "settle", "77", "--outcome", "talked").exit_code == 1
    assert run(config, "report", "list").stdout == ""
    assert "talked" in run(config, "report", "list", "--all").stdout
    assert run(config, "account", "role", "amina", "mediator").exit_code == 0
    assert [(one["action"], one["target"], one["reason"]) for one in lines(config)[:2]] == [
        ("account.role", "amina@127.0.0.1:8123", "mediator"),
        ("report.settle", f"report {number}", "talked"),
    ]


def test_a_second_factor_is_forgotten_by_command(config: Path) -> None:
    """It stands in the audit log, and a second time there is none."""
    import asyncio

    made = run(
        config, "account", "create", "amina", "--email", "amina@example.org", "--password",
        "un long mot de passe",
    )  # fmt: skip
    assert made.exit_code == 0, made.output
    forget = ("account", "forget-second-factor", "amina")
    assert run(config, *forget).exit_code == 1
    asyncio.run(_second_factor(config))
    assert run(config, *forget).stdout == "amina : seconde vérification oubliée\n"
    assert run(config, *forget).exit_code == 1
    first = lines(config)[0]
    assert (first["action"], first["target"]) == ("account.second-factor", "amina@127.0.0.1:8123")


async def _second_factor(config: Path) -> None:
    from node.actions import second_factor
    from node.config import load
    from node.store import actors

    async with Root().session(load(config)) as session:
        amina = await session.store.read(actors.local_by_username, "amina")
        assert amina is not None
        await session.store.write(second_factor.set_up, session.here, amina)


async def _report(config: Path) -> int:
    from node.actions.reports import report
    from node.config import load
    from node.moderation.reports import Category
    from node.store import actors

    async with Root().session(load(config)) as session:
        amina = await session.store.read(actors.local_by_username, "amina")
        bruno = await session.store.read(actors.local_by_username, "bruno")
        assert amina is not None
        assert bruno is not None
        made = await session.store.write(
            report,
            session.here,
            amina,
            target=bruno,
            content="Il menace",
            category=Category.DANGER,
        )
        return made.id
