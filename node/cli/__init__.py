"""The command line: `entraide …`."""

from __future__ import annotations

import click

from node import __version__
from node.cli.account import account, token
from node.cli.demo import demo
from node.cli.init import init
from node.cli.moderation import audit_command, domain, report
from node.cli.neighbour import neighbour
from node.cli.proposal import proposal
from node.cli.serve import check, serve
from node.cli.upkeep import database, queue, stats, statuses


@click.group()
@click.version_option(__version__, prog_name="entraide")
def entraide() -> None:
    """Entraide : l'entraide de quartier, d'un quartier à l'autre."""


for command in (
    init, serve, check, account, token, proposal, neighbour, domain, report, audit_command,
    queue, database, stats, statuses, demo
):  # fmt: skip
    entraide.add_command(command)
