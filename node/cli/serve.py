"""`entraide serve` and `entraide check`."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click
import msgspec

from node.cli.ports import Root
from node.cli.run import config_option, fail, settings_from
from node.config import Settings, check_settings
from node.errors import ConfigError, EntraideError


@click.command("serve")
@config_option
@click.option("--host", default=None, help="Où écouter ; par défaut, server.host.")
@click.option("--port", type=click.IntRange(0, 65535), default=None)
@click.option("--roles", default="web,worker", show_default=True)
@click.pass_context
def serve(
    context: click.Context, config: Path, host: str | None, port: int | None, roles: str
) -> None:
    """Faire tourner le nœud jusqu'à SIGTERM."""
    wanted = frozenset(part.strip() for part in roles.split(",") if part.strip())
    if not wanted or not wanted <= {"web", "worker"}:
        fail(ConfigError("--roles se compose de web et worker : web,worker, web ou worker."))
    settings = _listening(settings_from(config), host, port)
    root: Root = context.obj
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(root.serve(settings, wanted))
    except EntraideError as error:
        fail(error)
    except OSError as error:
        fail(EntraideError(f"{settings.server.host}:{settings.server.port} : {error}"))
    except KeyboardInterrupt:
        return


@click.command("check")
@config_option
def check(config: Path) -> None:
    """Vérifier les réglages."""
    settings = settings_from(config)
    click.echo(f"Les réglages sont bons : {settings.base_url}, {settings.database_url}")


def _listening(settings: Settings, host: str | None, port: int | None) -> Settings:
    server = msgspec.structs.replace(
        settings.server,
        host=settings.server.host if host is None else host,
        port=settings.server.port if port is None else port,
    )
    try:
        return check_settings(msgspec.structs.replace(settings, server=server))
    except ConfigError as error:
        fail(error)


def _loop_factory() -> type[asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:  # not on every platform
        return None
    return uvloop.Loop
