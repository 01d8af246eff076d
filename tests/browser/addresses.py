"""Every address of the pages that somebody can open, and by whom it is opened in the tests.

A page that is new is here by itself when its address has no parts that vary; otherwise its line
below is missing, and a test says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from node.web.desk.deeds import DEED
from node.web.routes import PAGES
from tests.browser.lively import Lively, Role

FILES: Final = frozenset(
    {
        "/manifest.webmanifest",
        "/sw.js",
        "/live",
        "/desk/blocks/export",
        "/desk/figures.csv",
        "/desk/territory/cells.json",
        "/map/data.json",
        "/live/mark",
        "/me/push",
        "/source.tar.gz",
    }
)
"""What is opened by browsers and programs, not by people."""

VARYING: Final[dict[str, tuple[str, ...]]] = {
    "/@{name}": ("/@amina", "/@repair"),
    "/@{name}/{id}": ("/@amina/{own}", "/@amina/{answered}", "/@benoit/{hostile}"),
    "/proposals/{id}": ("/proposals/{copy}",),
    "/answer/{id}": ("/answer/{own}", "/answer/{copy}"),
    "/elsewhere/{id}": ("/elsewhere/{own}",),
    "/report/{id}": ("/report/{copy}",),
    "/tags/{slug}": ("/tags/demande",),
    "/write/{id}/topic": ("/write/{draft}/topic",),
    "/write/{id}/words": ("/write/{draft}/words",),
    "/write/{id}/when": ("/write/{draft}/when",),
    "/write/{id}/check": ("/write/{draft}/check",),
    "/desk/neighbours/{id}/terms": ("/desk/neighbours/{neighbour}/terms",),
    "/desk/referrals/of/{id}": ("/desk/referrals/of/{own}",),
    "/desk/review/{id}": ("/desk/review/{review}",),
    "/desk/behalf/{id}": ("/desk/behalf/{behalf}",),
    "/desk/blocks/lift": ("/desk/blocks/lift?domain=bad.example",),
    "/desk/reports/{id}": ("/desk/reports/{report}",),
    "/desk/people/{name}": ("/desk/people/amina",),
    DEED: ("/desk/people/amina/suspend", "/desk/people/amina/vouch"),
    "/desk/people/{name}/role": ("/desk/people/amina/role",),
    "/desk/people/{name}/password-link": ("/desk/people/amina/password-link",),
    "/edit/{id}": ("/edit/{own}",),
    "/me/agreements/{id}": ("/me/agreements/{agreement}", "/me/agreements/{agreed}?step=cancel"),
    "/me/news/{id}": (),  # on to what it tells of
    "/me/messages/{id}": ("/me/messages/{thread}",),
    "/me/invite/{code}": ("/me/invite/{invitation}",),
    "/me/vouches/{name}": ("/me/vouches/benoit",),
    "/paper/strips/{id}": ("/paper/strips/{own}",),
    "/a/{code}": (),  # on to the announcement
    "/join/{code}": ("/join/{invitation}",),
    "/reset/{key}": ("/reset/{reset}",),
    "/confirm/{key}": ("/confirm/{confirm}",),
    "/unsubscribe/{key}": ("/unsubscribe/{unsubscribe}",),
}
"""Pattern → addresses, with the names of `Lively.numbers`."""
AS: Final[dict[str, Role]] = {"/ask": "member", "/offer": "member"}
"""Who opens a page, where it is not the least of those who may."""


@dataclass(frozen=True, slots=True)
class Address:
    path: str
    role: Role


def addresses() -> Iterator[Address]:
    """With ``{name}`` for what `Lively.numbers` has."""
    for page in PAGES:
        if page.method != "GET" or page.path in FILES:
            continue
        role: Role = AS.get(page.path, page.who)
        for path in VARYING.get(page.path, (page.path,)):
            if page.path in VARYING or "{" not in page.path:
                yield Address(path, role)


def unknown() -> list[str]:
    """Patterns that have no line above."""
    return [
        page.path
        for page in PAGES
        if page.method == "GET"
        and "{" in page.path
        and page.path not in VARYING
        and page.path not in FILES
    ]


def filled(address: Address, town: Lively) -> str:
    return address.path.format(**town.numbers)
