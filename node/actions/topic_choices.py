"""Which topics the quartier offers, and in which order. What neighbours pass on is read all the
same: a hidden topic is one that nobody here publishes under, not one that nobody may need."""

from __future__ import annotations

from collections.abc import Sequence

from node.aid.topics import OTHER, TOPICS, Topic
from node.errors import Invalid
from node.store import topic_choices
from node.store.topic_choices import Choice
from node.store.transaction import Transaction


def listed(tx: Transaction) -> list[tuple[Topic, bool]]:
    """Every topic, in the association's order and then in the table's, and whether it is hidden."""
    chosen = topic_choices.every(tx)
    table = {slug: place for place, slug in enumerate(TOPICS)}

    def order(topic: Topic) -> tuple[bool, int, int]:
        choice = chosen.get(topic.slug)
        position = None if choice is None else choice.position
        return position is None, position or 0, table[topic.slug]

    return [
        (topic, topic.slug in chosen and chosen[topic.slug].hidden)
        for topic in sorted(TOPICS.values(), key=order)
    ]


def choose(tx: Transaction, *, hidden: Sequence[str], first: Sequence[str]) -> None:
    """Hide these topics, and put those first in this order; all that was chosen before goes.

    Raises Invalid for what is no topic, and for the one that is left when no other fits.
    """
    unknown = [slug for slug in (*hidden, *first) if slug not in TOPICS]
    if unknown:
        raise Invalid(f"Ce sujet n’existe pas : {unknown[0][:60]}.")
    if OTHER.slug in hidden:
        raise Invalid("Le sujet « Autre » ne peut pas être masqué : il reste quand rien ne va.")
    positions = {slug: place for place, slug in enumerate(dict.fromkeys(first))}
    topic_choices.replace(
        tx,
        [
            Choice(slug, slug in hidden, positions.get(slug))
            for slug in dict.fromkeys((*hidden, *first))
        ],
    )


def check(tx: Transaction, slug: str) -> None:
    """Raises Invalid when nobody here may publish under this topic."""
    if topic_choices.is_hidden(tx, slug):
        name = TOPICS[slug].fr if slug in TOPICS else slug[:60]
        raise Invalid(
            f"Le quartier ne propose pas le sujet « {name} ». Choisissez-en un autre dans la "
            f"liste, ou « {OTHER.fr} »."
        )


def first(tx: Transaction) -> list[str]:
    """Those that stand first, in their order."""
    placed = [
        (choice.position, slug)
        for slug, choice in topic_choices.every(tx).items()
        if choice.position is not None
    ]
    return [slug for _, slug in sorted(placed)]
