"""The third step: when, how much, and how far it is told."""

from __future__ import annotations

from typing import Any, Final

from aiohttp import web

from node.aid import drafts
from node.aid.proposals import DAY, propose
from node.aid.topics import MODES
from node.errors import Invalid
from node.web.asking.steps import Writing, go_on, keep
from node.web.site.languages import later
from node.web.site.visit import Page, Visit, act, show

Choice = tuple[str, str, str]
URGENCIES: Final[tuple[Choice, ...]] = (
    ("low", later("Quand ce sera possible"), ""),
    ("normal", later("Dans les jours qui viennent"), ""),
    ("high", later("C’est pressé"), later("Les voisins qui suivent les urgences sont prévenus.")),
    (
        "critical",
        later("Quelqu’un est en difficulté maintenant"),
        later("En danger, appelez d’abord le 112."),
    ),
)
REACHES: Final[tuple[Choice, ...]] = (
    ("quartier", later("Mon quartier seulement"), ""),
    (
        "adjacent",
        later("Aussi les quartiers voisins"),
        later("C’est souvent là que se trouve la bonne personne."),
    ),
    ("wide", later("Plus loin encore"), later("Pour ce qui est rare, ou pressé.")),
)
LENGTHS: Final = ("", "1d", "3d", "7d", "21d", "60d")
FIELDS: Final = ("urgency", "reach", "mode", "expires", "quantity", "starts", "ends", "due")


async def times(visit: Visit) -> web.Response:
    """GET /write/{id}/when."""
    draft = await go_on(visit)
    if isinstance(draft, web.Response):
        return draft
    return _page(visit, draft, _values(draft))


async def said(visit: Visit) -> web.Response:
    """POST /write/{id}/when."""
    draft = await go_on(visit)
    if isinstance(draft, web.Response):
        return draft
    values = {name: visit.text(name) for name in FIELDS}
    given: dict[str, Any] = {name: value or None for name, value in values.items()}
    if given["expires"] == "":
        given["expires"] = None
    given |= {"coarse": visit.ticked("coarse"), "gathering": visit.ticked("gathering")}
    given["quantity"] = (values["quantity"] or "1").replace(",", ".")
    try:
        await keep(visit, draft, given)
        fields = {**draft.kept.fields, **given, "author": "-"}
        drafts.check_draft(fields, zone=visit.here.settings.node.time_zone)
    except Invalid as error:
        return _page(
            visit,
            draft,
            values | {"coarse": given["coarse"], "gathering": given["gathering"]},
            status=422,
            errors={_about(error.public): error.public},
        )
    return visit.go(f"/write/{draft.id}/check")


def _about(problem: str) -> str:
    """The field that a problem is about, "" where it cannot be told."""
    for words, name in (("quantité", "quantity"), ("rencontre", "starts"), ("fin vient", "ends")):
        if words in problem:
            return name
    return "starts" if "date" in problem.lower() or "commence" in problem else ""


def _values(draft: Writing) -> dict[str, Any]:
    found: dict[str, Any] = {name: draft.text(name) for name in FIELDS}
    found["mode"] = found["mode"] or draft.topic.usual_mode
    found["urgency"] = found["urgency"] or "normal"
    found["reach"] = found["reach"] or "adjacent"
    found["quantity"] = found["quantity"] or "1"
    return found | {"coarse": draft.given("coarse"), "gathering": draft.given("gathering")}


def _page(
    visit: Visit,
    draft: Writing,
    values: dict[str, Any],
    *,
    status: int = 200,
    errors: dict[str, str] | None = None,
) -> web.Response:
    code = visit.language.code
    return visit.page(
        "asking/when.html",
        status=status,
        draft=draft,
        errors=errors or {},
        values=values,
        urgencies=_said(visit, URGENCIES if draft.request else URGENCIES[:3]),
        reaches=_said(visit, REACHES),
        modes=[(slug, MODES[slug].label(code)) for slug in _modes(draft)],
        lengths=_lengths(visit, draft),
        together=draft.topic.usual_mode == "together" or values["mode"] == "together",
    )


def _modes(draft: Writing) -> list[str]:
    """The usual ones first, then all others: whoever asks for a drill may have meant a gift."""
    return [*draft.topic.modes, *(slug for slug in MODES if slug not in draft.topic.modes)]


def _lengths(visit: Visit, draft: Writing) -> list[tuple[str, str]]:
    zone = visit.here.settings.node.time_zone
    found: list[tuple[str, str]] = []
    for length in LENGTHS:
        if not length:
            end = _usual(visit, draft)
            until = visit.language.day(end, zone) if end else "–"
            found.append((length, visit.say("Comme d’habitude : jusqu’au %(until)s", until=until)))
            continue
        seconds = int(length[:-1]) * DAY
        until = visit.language.day(visit.now + seconds, zone)
        span = visit.language.span(seconds)
        found.append((length, visit.say("%(span)s : jusqu’au %(until)s", span=span, until=until)))
    if not draft.request:
        found.append(
            (
                "none",
                visit.say("Sans fin : on vous demandera de temps en temps si c’est encore vrai"),
            )
        )
    return found


def _usual(visit: Visit, draft: Writing) -> float | None:
    """When it ends if nothing is said; None for what has no end."""
    settings = visit.here.settings
    fields = {"purpose": draft.kept.fields.get("purpose"), "topic": draft.topic.slug}
    checked = drafts.check_draft({**fields, "title": "–", "author": "-"})
    centre = (settings.node.latitude, settings.node.longitude)
    return propose(
        checked, id=0, uri="", author_uri="", origin="", now=visit.now, centre=centre
    ).expires_at


def _said(visit: Visit, choices: tuple[Choice, ...]) -> list[Choice]:
    return [
        (value, visit.say(words), visit.say(text) if text else "") for value, words, text in choices
    ]


PAGES: Final[tuple[Page, ...]] = (
    show("/write/{id}/when", times, who="member"),
    act("/write/{id}/when", said, who="member"),
)
