"""What is taken of a neighbouring quartier: in words, and changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from node.actions import neighbours as actions
from node.aid.proposals import Urgency
from node.aid.terms import PER_HOUR_MAX, Terms, check_terms
from node.aid.topics import GROUPS, TOPICS, Topic
from node.errors import Invalid, NotFound
from node.store import neighbours
from node.store.neighbours import NeighbourRow
from node.store.transaction import Transaction
from node.web.site.languages import later
from node.web.site.visit import Page, Visit, act, show

URGENCIES: Final = (
    (Urgency.LOW, later("Tout")),
    (Urgency.NORMAL, later("Tout, sauf ce qui n’a rien de pressé")),
    (Urgency.HIGH, later("Ce qui est pressé seulement")),
    (Urgency.CRITICAL, later("Seulement quand quelqu’un est en difficulté")),
)
NUMBER: Final = later("Donnez un nombre entier, de 0 à 10 000.")


def in_words(visit: Visit, terms: Terms) -> list[str]:
    """One sentence for topics, one for urgency, one for how many."""
    code = visit.language.code
    if terms.topics is None:
        said = [visit.say("Tous les sujets.")]
    else:
        names = [
            GROUPS[slug].label(code) if slug in GROUPS else TOPICS[slug].label(code)
            for slug in terms.topics
            if slug in GROUPS or slug in TOPICS
        ]
        said = [visit.say("Ces sujets : %(names)s.", names=", ".join(names))]
    if terms.least_urgency is not Urgency.LOW:
        said.append(visit.say(dict(URGENCIES)[terms.least_urgency]) + ".")
    if terms.per_hour == 0:
        said.append(visit.say("Rien de plus que ce qui est pressé."))
    elif terms.per_hour < PER_HOUR_MAX:
        said.append(
            visit.count("%(n)s par heure au plus.", "%(n)s par heure au plus.", terms.per_hour)
        )
    return said


async def terms(visit: Visit) -> web.Response:
    """GET /desk/neighbours/{id}/terms."""
    row = await visit.store.read(_row, visit.number())
    kept = row.terms
    slugs = list(GROUPS) if kept.topics is None else list(kept.topics)
    typed = {
        "topics": slugs,
        "urgency": kept.least_urgency.value,
        "per_hour": kept.per_hour,
        "review": "1" if kept.review else "0",
    }
    return _page(visit, row, typed)


async def take(visit: Visit) -> web.Response:
    """POST /desk/neighbours/{id}/terms: ``topics`` (slugs of groups and of topics), ``urgency``,
    ``per_hour``, ``review`` (0 or 1)."""
    row = await visit.store.read(_row, visit.number())
    typed = {
        "topics": visit.texts("topics"),
        "urgency": visit.text("urgency"),
        "per_hour": visit.text("per_hour"),
        "review": visit.text("review"),
    }
    field = "per_hour"
    try:
        many = _per_hour(visit.text("per_hour"))
        field = "topics"
        wanted = check_terms(
            topics=_least(visit.texts("topics")),
            least_urgency=visit.text("urgency"),
            review=visit.text("review") == "1",
            per_hour=many,
        )
        await visit.store.write(
            actions.change_terms, visit.here, visit.me.actor, row.actor_id, wanted
        )
    except Invalid as error:
        return _page(visit, row, typed, status=422, errors={field: error.public})
    return visit.go("/desk/neighbours", visit.say("C’est noté, et le voisin le sait."))


def _per_hour(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or int(text[:9]) > PER_HOUR_MAX:
        raise Invalid(NUMBER)
    return int(text)


def _least(slugs: list[str]) -> list[str] | None:
    """A group stands for its topics, and all groups for everything: new topics are among them."""
    groups = [slug for slug in GROUPS if slug in slugs]
    if len(groups) == len(GROUPS):
        return None
    return groups + [
        slug for slug in slugs if slug not in GROUPS and slug.partition(".")[0] not in groups
    ]


def _page(
    visit: Visit,
    row: NeighbourRow,
    typed: Mapping[str, Any],
    *,
    status: int = 200,
    errors: dict[str, str] | None = None,
) -> web.Response:
    groups: dict[str, list[Topic]] = {slug: [] for slug in GROUPS}
    for topic in TOPICS.values():
        groups[topic.group].append(topic)
    code = visit.language.code
    return visit.page(
        "house/terms.html",
        status=status,
        row=row,
        typed=typed,
        groups=[(slug, GROUPS[slug].label(code), topics) for slug, topics in groups.items()],
        urgencies=[(value.value, visit.say(said)) for value, said in URGENCIES],
        most=PER_HOUR_MAX,
        takes=in_words(visit, row.takes) if row.takes else [],
        errors=errors or {},
    )


def _row(tx: Transaction, number: int) -> NeighbourRow:
    row = neighbours.by_actor(tx, number)
    if row is None:
        raise NotFound("Il n’y a pas de quartier voisin de ce numéro.")
    return row


PAGES: Final[tuple[Page, ...]] = (
    show("/desk/neighbours/{id}/terms", terms, who="admin"),
    act("/desk/neighbours/{id}/terms", take, who="admin"),
)
