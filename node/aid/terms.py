"""What one quartier takes from another, and what becomes of a proposal under such terms.

Urgent proposals (`high`, `critical`) are counted like all others and are never held back by the
rate: whoever needs help now does not wait for another's flood. Only a mediator's look, where it
was asked for, comes before them. A neighbour that calls everything urgent is put under review, or
paused.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from node.activitypub.readers import ids, number, objects, string
from node.activitypub.vocabulary import TOPIC
from node.aid.proposals import Proposal, Urgency
from node.aid.topics import GROUPS, TOPICS
from node.errors import Invalid

PER_HOUR: Final = 120
PER_HOUR_MAX: Final = 10_000
WELCOME: Final = 500
"""So many more in the hour after two quartiers joined: each tells the other what is open."""
HOUR_S: Final = 3600.0
TOPICS_READ: Final = 200

URGENT: Final = (Urgency.HIGH, Urgency.CRITICAL)
_ORDER: Final = (Urgency.LOW, Urgency.NORMAL, Urgency.HIGH, Urgency.CRITICAL)


class Why(StrEnum):
    REVIEW = "review"
    """Everything of this neighbour waits for a mediator's look."""
    RATE = "rate"
    """It came beyond what was agreed for an hour."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What is taken from a neighbour."""

    topics: tuple[str, ...] | None = None
    """Slugs of topics, and of groups for all of theirs; None for everything."""
    least_urgency: Urgency = Urgency.LOW
    review: bool = False
    """Shown only after a mediator's look."""
    per_hour: int = PER_HOUR
    """How many at most are shown without being held; 0: only what is urgent."""

    def takes(self, proposal: Proposal) -> bool:
        """Whether topic and urgency are among what is taken."""
        return self._takes_topic(proposal) and self._presses(proposal)

    def _takes_topic(self, proposal: Proposal) -> bool:
        if self.topics is None:
            return True
        topic = proposal.topic_data
        return topic.slug in self.topics or topic.group in self.topics

    def _presses(self, proposal: Proposal) -> bool:
        return _ORDER.index(proposal.urgency) >= _ORDER.index(self.least_urgency)


EVERYTHING: Final = Terms()


@dataclass(frozen=True, slots=True)
class Show:
    pass


@dataclass(frozen=True, slots=True)
class Hold:
    """Kept for a mediator."""

    why: Why


@dataclass(frozen=True, slots=True)
class Leave:
    """Neither shown nor passed on."""

    why: str
    """For the log."""


Verdict = Show | Hold | Leave


def judge(terms: Terms, proposal: Proposal, taken_this_hour: int, *, welcome: int = 0) -> Verdict:
    """What becomes of a proposal that a neighbour passed on. ``welcome`` is how many more it may
    be in this hour."""
    if not terms.takes(proposal):
        return Leave("not among what we take from this neighbour")
    if terms.review:
        return Hold(Why.REVIEW)
    if taken_this_hour >= terms.per_hour + welcome and proposal.urgency not in URGENT:
        return Hold(Why.RATE)
    return Show()


def kindest(verdicts: Iterable[Verdict]) -> Verdict:
    """Several neighbours passed it on: what the terms of any of them allow."""
    found: Verdict = Leave("no neighbour with whom we are joined passed it on")
    for verdict in verdicts:
        match verdict:
            case Show():
                return verdict
            case Hold():
                found = verdict
            case Leave() if isinstance(found, Leave):
                found = verdict
            case Leave():
                pass
    return found


def welcome_of(joined_at: float | None, now: float) -> int:
    """How many more than agreed may come now."""
    return WELCOME if joined_at is not None and now - joined_at < HOUR_S else 0


def check_terms(
    *, topics: Sequence[str] | None, least_urgency: str, review: bool, per_hour: int
) -> Terms:
    """The terms that an administrator asks for. Raises Invalid."""
    if topics is not None:
        unknown = [slug for slug in topics if slug not in TOPICS and slug not in GROUPS]
        if unknown:
            raise Invalid(f"Ce n’est ni un sujet ni un groupe de sujets : {unknown[0][:60]}.")
        if not topics:
            raise Invalid(
                "Choisissez au moins un sujet ; pour ne plus rien prendre, mettez ce voisin en "
                "pause."
            )
    if least_urgency not in set(Urgency):
        raise Invalid("L’urgence est low, normal, high ou critical.")
    if not 0 <= per_hour <= PER_HOUR_MAX:
        raise Invalid(f"Le nombre par heure va de 0 à {PER_HOUR_MAX}.")
    return Terms(
        topics=None if topics is None else tuple(dict.fromkeys(topics)),
        least_urgency=Urgency(least_urgency),
        review=review,
        per_hour=per_hour,
    )


# ── on the wire ──────────────────────────────────────────────────────────────────────────────


def told(terms: Terms) -> dict[str, Any]:
    """``takes`` of our Follow: what the other side need not send. Whether a mediator looks first
    is our own affair."""
    takes: dict[str, Any] = {"leastUrgency": terms.least_urgency.value, "perHour": terms.per_hour}
    if terms.topics is not None:
        takes["resourceConformsTo"] = [TOPIC + slug for slug in terms.topics]
    return takes


def read_takes(value: object) -> Terms | None:
    """What a Follow says that its sender takes; None where it says nothing. What cannot be read
    counts as not said; a list of topics of which we know none leaves `other` alone."""
    given = next(objects(value, 1), None)
    if given is None:
        return None
    topics: tuple[str, ...] | None = None
    if "resourceConformsTo" in given:
        named = ids(given["resourceConformsTo"], TOPICS_READ)
        slugs = (iri.removeprefix(TOPIC) for iri in named if iri.startswith(TOPIC))
        topics = tuple(slug for slug in slugs if slug in TOPICS or slug in GROUPS) or ("other",)
    urgency = string(given.get("leastUrgency"), 40)
    per_hour = number(given.get("perHour"))
    return Terms(
        topics=topics,
        least_urgency=Urgency(urgency) if urgency in set(Urgency) else Urgency.LOW,
        per_hour=(PER_HOUR_MAX if per_hour is None else int(min(max(per_hour, 0.0), PER_HOUR_MAX))),
    )


__all__ = [
    "EVERYTHING",
    "PER_HOUR",
    "PER_HOUR_MAX",
    "URGENT",
    "WELCOME",
    "Hold",
    "Leave",
    "Show",
    "Terms",
    "Verdict",
    "Why",
    "check_terms",
    "judge",
    "kindest",
    "read_takes",
    "told",
    "welcome_of",
]
