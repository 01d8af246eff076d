"""`entraide demo`: three quartiers of Lyon on this machine, joined, alive, and checked."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import signal
import sys
import tempfile
from pathlib import Path

import aiohttp
import click

from node.cli.demo.outside import Outside
from node.cli.demo.play import Play
from node.cli.demo.processes import Nodes, Site, choose_ports, write_site
from node.cli.demo.scenario import read_scenario
from node.cli.demo.telling import CheckFailed, Story, heading, say
from node.cli.demo.watch import CALM_S, Watch
from node.cli.ports import Root
from node.cli.run import fail
from node.errors import ConfigError

INTERRUPTED = 130
REQUEST_S = 10.0


@click.command("demo")
@click.option("--once", is_flag=True, help="Jouer, vérifier, dire le bilan et s'arrêter.")
@click.option(
    "--base-port", type=click.IntRange(0, 65_533), default=None,
    help="Le premier de trois ports, 0 pour n'importe lesquels ; par défaut 8001 s'il est libre.",
)  # fmt: skip
@click.option(
    "--data-dir", type=click.Path(file_okay=False, path_type=Path), default=None,
    help="Où garder les réglages, les bases et les journaux ; par défaut, un dossier temporaire.",
)  # fmt: skip
@click.option("--keep", is_flag=True, help="Ne pas effacer le dossier temporaire à la fin.")
@click.pass_context
def demo(
    context: click.Context, once: bool, base_port: int | None, data_dir: Path | None, keep: bool
) -> None:
    """Trois quartiers de Lyon sur cette machine, qui s'entraident jusqu'à Ctrl-C."""
    root: Root = context.obj
    try:
        ports = choose_ports(3, base_port)
        directory = _directory(data_dir)
    except ConfigError as error:
        fail(error)
    code = 1
    try:
        code = asyncio.run(_show(root, directory, ports, once))
    finally:
        if data_dir is None and not keep and code in (0, INTERRUPTED):
            shutil.rmtree(directory, ignore_errors=True)
        else:
            click.echo(f"Réglages, bases et journaux : {directory}")
    context.exit(code)


def _directory(wanted: Path | None) -> Path:
    if wanted is None:
        return Path(tempfile.mkdtemp(prefix="entraide-demo-"))
    try:
        wanted.mkdir(parents=True, exist_ok=True)
        if any(wanted.iterdir()):
            raise ConfigError(f"Le dossier {wanted} n’est pas vide : donnez-en un autre.")
    except OSError as error:
        raise ConfigError(f"Le dossier {wanted} ne peut pas servir : {error}") from error
    return wanted.resolve()


async def _show(root: Root, directory: Path, ports: list[int], once: bool) -> int:
    """Play, and stay until told to stop: the exit code."""
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    scenario = read_scenario()
    sites = {
        quartier.slug: write_site(quartier, port, directory)
        for quartier, port in zip(scenario.quartiers, ports, strict=True)
    }
    click.echo("Trois quartiers de Lyon, trois nœuds sur cette machine. Ctrl-C pour arrêter.")
    timeout = aiohttp.ClientTimeout(total=REQUEST_S)
    async with aiohttp.ClientSession(timeout=timeout) as http, Nodes() as nodes:
        outside, story = Outside(http), Story()
        watch = Watch(outside, sites.values())
        play = Play(root, scenario, sites, nodes, outside, watch, story)
        code = await _until_told(play, stop)
        if code is None:
            _introduce(list(sites.values()))
            story.summary()
            code = 0 if story.well else 1
            if not once:
                _invite(list(sites.values()))
                heading(
                    "Les trois nœuds tournent. Ce qui s’y passe se dit ici. Ctrl-C pour arrêter."
                )
                code = max(code, await _stay(play, stop))
        elif code != INTERRUPTED:
            story.summary()
        if code == 1:
            click.echo("Les journaux des nœuds :")
            for site in sites.values():
                click.echo(f"  {site.log}")
    if code == INTERRUPTED or not once:
        click.echo("\nLes trois nœuds sont arrêtés.")
    return code


async def _until_told(play: Play, stop: asyncio.Event) -> int | None:
    """Play until the end (None), a failure (1) or a signal."""
    story = asyncio.create_task(play.run())
    stopped = asyncio.create_task(stop.wait())
    died = asyncio.create_task(play.nodes.death())
    tasks = (story, stopped, died)
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if stopped.done():
            return INTERRUPTED
        if died.done():
            _tell_death(play, *died.result())
            return 1
        story.result()
    except CheckFailed:
        return 1
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    return None


async def _stay(play: Play, stop: asyncio.Event) -> int:
    """Tell what appears and goes, and which node dies, until a signal: 0, or 1 when none lives."""
    play.watch.every = CALM_S
    watching = asyncio.create_task(play.watch.run())
    stopped = asyncio.create_task(stop.wait())
    try:
        while play.nodes.living:
            died = asyncio.create_task(play.nodes.death())
            await asyncio.wait((stopped, died), return_when=asyncio.FIRST_COMPLETED)
            if stopped.done():
                died.cancel()
                return 0
            _tell_death(play, *died.result())
        return 1
    finally:
        for task in (watching, stopped):
            task.cancel()
        await asyncio.wait((watching, stopped))


def _tell_death(play: Play, slug: str, code: int) -> None:
    site = play.sites[slug]
    say(f"✗ Le nœud de {site.name} s’est arrêté tout seul ({code}). Son journal : {site.log}")
    with contextlib.suppress(OSError):
        for line in site.log.read_text(encoding="utf-8", errors="replace").splitlines()[-10:]:
            click.echo(f"      {line}")


def _introduce(sites: list[Site]) -> None:
    """Where everything is, and who can sign in."""
    heading("Les quartiers")
    for site in sites:
        click.echo(f"  {site.name:12} {site.url}/   à suivre : @quartier@{site.domain}")
    heading("Les comptes : adresse, mot de passe, nom (courriel : compte@demo.example)")
    for site in sites:
        for person in site.quartier.people:
            address = f"@{person.username}@{site.domain}"
            click.echo(f"  {address:26} {person.password:20} {person.name}")


def _invite(sites: list[Site]) -> None:
    """What to try next."""
    heading("À vous, dans un autre terminal")
    first, command = sites[0], _command()
    click.echo(
        f"  {command} proposal publish --config {first.config} \\\n"
        f"      --author {first.quartier.people[1].username} --purpose offer "
        '--topic goods.books --title "Des romans à donner"'
    )
    click.echo(f"  {command} proposal list --config {sites[1].config}")


def _command() -> str:
    """How to call this program from another terminal."""
    beside = Path(sys.executable).with_name("entraide")
    return str(beside) if beside.exists() else f"{sys.executable} -m node"
