"""The third step: when, how often, how much, and how far it is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from aiohttp import web

from node.actions.newcomers import needs_review
from node.aid import draft_checks as check
from node.aid import drafts
from node.aid.proposals import DAY, propose
from node.aid.repeating import check_repeats
from node.aid.topics import MODES
from node.errors import Invalid
from node.store import on_behalf
from node.store.transaction import Transaction
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
REPEATS: Final = (
    ("", later("Une seule fois")),
    ("weekly", later("Chaque semaine, le même jour")),
    ("fortnightly", later("Toutes les deux semaines, le même jour")),
    ("monthly", later("Chaque mois, le même jour de la semaine")),
)
LENGTHS: Final = ("", "1d", "3d", "7d", "21d", "60d")
FIELDS: Final = (
    *("urgency", "reach", "mode", "expires", "quantity"),
    *("starts", "ends", "due", "repeats"),
)
FIRST_AND_LAST: Final = later(
    "Pour ce qui se répète, dites quand la première fois commence et finit."
)
MEETING: Final = later("Pour une rencontre, dites quand elle commence.")
OVER: Final = later("Cette date est passée : choisissez-en une autre.")


async def times(visit: Visit) -> web.Response:
    """GET /write/{id}/when."""
    draft = await go_on(visit)
    if isinstance(draft, web.Response):
        return draft
    return await _page(visit, draft, _values(draft))


async def said(visit: Visit) -> web.Response:
    """POST /write/{id}/when."""
    draft = await go_on(visit)
    if isinstance(draft, web.Response):
        return draft
    values = {name: visit.text(name) for name in FIELDS}
    given: dict[str, Any] = {name: value or None for name, value in values.items()}
    given |= {"coarse": visit.ticked("coarse"), "gathering": visit.ticked("gathering")}
    given["quantity"] = (values["quantity"] or "1").replace(",", ".")
    if len(values["due"]) == len("2026-12-14"):
        given["due"] = f"{values['due']}T23:59"  # the whole of that day
    errors: dict[str, str] = {}
    try:
        draft = await keep(visit, draft, given)
    except Invalid as error:
        errors[""] = error.public
    errors |= _wrong(visit, draft, given)
    if errors:
        return await _page(
            visit,
            draft,
            values | {"coarse": given["coarse"], "gathering": given["gathering"]},
            status=422,
            errors=errors,
        )
    return visit.go(f"/write/{draft.id}/check")


def _wrong(visit: Visit, draft: Writing, given: dict[str, Any]) -> dict[str, str]:
    """What is to be mended, by field; one thing of each."""
    zone = visit.here.settings.node.time_zone
    starts, ends, due = given["starts"], given["ends"], given["due"]
    mode = MODES.get(str(given["mode"]), MODES[draft.topic.usual_mode])
    errors: dict[str, str] = {}

    def judge(name: str, look: Callable[[], object]) -> None:
        try:
            look()
        except Invalid as error:
            errors.setdefault(name, error.public)

    judge("quantity", lambda: check.quantity(given["quantity"], None, mode))
    judge("starts", lambda: check.moment(starts, zone))
    judge("ends", lambda: check.moment(ends, zone))
    judge("due", lambda: check.moment(due, zone))
    if errors:
        return errors
    if given["gathering"] and (not starts or mode.slug != "together"):
        errors["starts"] = MEETING
    judge("ends", lambda: check.when(starts, ends, zone))
    judge("repeats", lambda: check_repeats(given["repeats"]))
    if given["repeats"] and not (starts and ends):
        errors["ends" if starts else "starts"] = FIRST_AND_LAST
    over = check.moment(ends or starts, zone)
    if over is not None and over <= visit.now:
        errors.setdefault("ends" if ends else "starts", OVER)
    last = check.moment(due, zone)
    if last is not None and last <= visit.now:
        errors["due"] = OVER
    if not errors:
        fields = {**draft.kept.fields, **given, "title": "–", "author": "-"}
        judge("", lambda: drafts.check_draft(fields, zone=zone))
    return errors


def _values(draft: Writing) -> dict[str, Any]:
    found: dict[str, Any] = {name: draft.text(name) for name in FIELDS}
    found["mode"] = found["mode"] or draft.topic.usual_mode
    found["urgency"] = found["urgency"] or "normal"
    found["reach"] = found["reach"] or "adjacent"
    found["quantity"] = found["quantity"] or "1"
    found["due"] = found["due"][:10]
    return found | {"coarse": draft.given("coarse"), "gathering": draft.given("gathering")}


async def _page(
    visit: Visit,
    draft: Writing,
    values: dict[str, Any],
    *,
    status: int = 200,
    errors: dict[str, str] | None = None,
) -> web.Response:
    code = visit.language.code
    why_once = await visit.store.read(_why_once, visit, draft)
    mode = values["mode"]
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
        repeats=[(one, visit.say(words)) for one, words in REPEATS],
        why_once=visit.say(why_once) if why_once else "",
        together=draft.topic.usual_mode == "together" or mode == "together",
        lends=mode == "loan",
    )


LATER_MORE: Final = later(
    "Une fois vos premières annonces relues par l’accueil, vous pourrez aussi en répéter."
)
EACH_TIME: Final = later(
    "Ce que l’on écrit pour quelqu’un d’autre ne se répète pas : publiez chaque fois à part."
)


def _why_once(tx: Transaction, visit: Visit, draft: Writing) -> str:
    """Why this cannot repeat, "" when it can."""
    if needs_review(tx, visit.here, visit.me.actor):
        return LATER_MORE
    return EACH_TIME if on_behalf.of(tx, draft.id) is not None else ""


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
