"""How a command runs: settings read, the node opened, errors told in one line.

Exit codes: 0 done; 1 it could not be done; 2 the command or the settings are wrong.
"""

from __future__ import annotations

import asyncio
import functools
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Concatenate, NoReturn, ParamSpec

import click

from node.cli.ports import Root, Session
from node.config import Settings, load
from node.errors import BadInput, ConfigError, EntraideError, Invalid

P = ParamSpec("P")

config_option = click.option(
    "--config",
    "config",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("entraide.toml"),
    show_default=True,
    envvar="ENTRAIDE_CONFIG",
    help="Le fichier de réglages du nœud.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Pour les scripts.")


def with_node(
    function: Callable[Concatenate[Session, P], Awaitable[None]],
) -> Callable[..., None]:
    """A command on an opened node: adds ``--config`` and runs the coroutine."""

    @config_option
    @click.pass_context
    @functools.wraps(function)
    def command(context: click.Context, /, config: Path, *args: Any, **kwargs: Any) -> None:
        root: Root = context.obj

        async def work() -> None:
            async with root.session(load(config)) as session:
                await function(session, *args, **kwargs)

        run(work())

    return command


def settings_from(config: Path) -> Settings:
    try:
        return load(config)
    except ConfigError as error:
        fail(error)


def run(work: Any) -> None:
    try:
        asyncio.run(work)
    except EntraideError as error:
        fail(error)
    except KeyboardInterrupt:
        sys.exit(130)


def fail(error: EntraideError) -> NoReturn:
    """Say it in one line and leave."""
    click.echo(f"entraide : {error.public}", err=True)
    sys.exit(2 if isinstance(error, ConfigError | Invalid | BadInput) else 1)
