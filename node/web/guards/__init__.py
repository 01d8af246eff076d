"""What stands before every handler: errors as answers, overload, rates, bodies."""

from __future__ import annotations

from aiohttp.typedefs import Middleware

from node.clock import Clock
from node.config import Settings
from node.web.guards.bodies import bodies_read
from node.web.guards.errors import Problem, errors_told
from node.web.guards.overload import REQUESTS_AT_ONCE, no_more_than
from node.web.guards.rates import rates_kept


def guards(
    settings: Settings,
    clock: Clock,
    *,
    at_once: int = REQUESTS_AT_ONCE,
    problem: Problem | None = None,
) -> list[Middleware]:
    """In the order in which they stand before a handler."""
    return [
        errors_told(problem),
        no_more_than(at_once),
        rates_kept(settings, clock),
        bodies_read(settings),
    ]
