"""Following the quartier with an app: which, and what one types there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aiohttp import web
from markupsafe import Markup

from node.activitypub.addresses import URGENT
from node.web.qr import qr
from node.web.site.languages import later
from node.web.site.visit import Page, Visit, show


@dataclass(frozen=True, slots=True)
class App:
    name: str
    runs: str
    """On what."""
    link: str


APPS: Final = (
    App("Mastodon", later("Android, iPhone, navigateur"), "https://joinmastodon.org/apps"),
    App("Tusky", later("Android"), "https://tusky.app/"),
    App("Ivory", later("iPhone, iPad, Mac"), "https://tapbots.com/ivory/"),
    App("Ice Cubes", later("iPhone, iPad, Mac"), "https://github.com/Dimillian/IceCubesApp"),
    App("Elk", later("navigateur"), "https://elk.zone/"),
)


@dataclass(frozen=True, slots=True)
class Followed:
    """An address to follow."""

    handle: str
    about: str
    page: str
    code: Markup | None = None


async def apps(visit: Visit) -> web.Response:
    """GET /apps."""
    here, base = visit.here, visit.here.settings.base_url
    addresses = (
        Followed(
            f"@{here.quartier.handle}",
            visit.say("Tout ce qui se demande et se propose ici."),
            f"{base}/@{here.quartier.username}",
            qr(f"{base}/@{here.quartier.username}"),
        ),
        Followed(
            f"@{URGENT}@{here.domain}",
            visit.say("Les demandes urgentes, et rien d’autre."),
            f"{base}/@{URGENT}",
        ),
    )
    return visit.page(
        "quartier/apps.html",
        title=visit.say("Suivre avec une application"),
        addresses=addresses,
        open=here.settings.node.open_to_all,
        apps=[App(one.name, visit.say(one.runs), one.link) for one in APPS],
        site=base,
        code=qr(f"{base}/"),
        server=here.domain,
        username=visit.person.actor.username if visit.person is not None else "",
    )


PAGES: Final[tuple[Page, ...]] = (show("/apps", apps),)
