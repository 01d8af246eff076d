"""To whom the announcements are open: to everybody, or to members only, as the association wants.

What is passed on to other quartiers and to who follows goes its own way, by its audience.
"""

from __future__ import annotations

from aiohttp import web

from node.web.site.visit import Visit


def may_look(visit: Visit) -> bool:
    """Whether this reader is shown announcements."""
    return visit.person is not None or visit.here.settings.node.open_to_all


def members_only(visit: Visit) -> web.Response:
    """What a stranger reads instead of an announcement."""
    return visit.page(
        "quartier/members_only.html",
        status=403,
        title=visit.say("C’est entre membres"),
        back=visit.request.path_qs,
        joining=visit.here.settings.node.joining,
    )
