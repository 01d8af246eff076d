"""Which offers fit which requests: it suggests, people decide.

`fit` is one question about a pair, so that whoever is told of the other is told of by the other.
The score orders suggestions inside the node; nobody is shown it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from node.aid.content_words import NBSP, day, language_name, listed
from node.aid.nearby import away
from node.aid.proposals import HOUR, Answerable, Proposal, Purpose, Urgency
from node.aid.quantities import amount_of
from node.aid.territory import metres_between
from node.aid.topics import OTHER, TOPICS

NEAR_M: Final = 2_500.0
"""How far the middles of two public places may be apart."""
MOST: Final = 5
"""How many are suggested to one proposal at once."""
_DAYS: Final = (
    ("lundi", "Monday"), ("mardi", "Tuesday"), ("mercredi", "Wednesday"), ("jeudi", "Thursday"),
    ("vendredi", "Friday"), ("samedi", "Saturday"), ("dimanche", "Sunday"),
)  # fmt: skip

SERVES: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "gift": frozenset({"gift", "swap"}),
        "swap": frozenset({"swap", "gift"}),
        "loan": frozenset({"loan", "use", "gift"}),
        "service": frozenset({"service", "time", "together"}),
        "time": frozenset({"time", "service"}),
        "use": frozenset({"use", "loan"}),
        "together": frozenset({"together", "service", "time"}),
        "fund": frozenset({"fund"}),
    }
)
"""Mode of a request → modes of offers that may serve it."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Why an offer may serve a request."""

    topic: str
    """Slug: the request's."""
    same_topic: bool
    """Else both are of one group."""
    metres: int
    at: float | None
    """When the two have time, where one of them says when: seconds since the epoch."""
    language: str
    """That both speak, where it is not the request's and the offer's own; else ""."""
    score: float

    @property
    def reasons(self) -> dict[str, object]:
        """As it is stored: without the score, and without words."""
        return {
            "topic": self.topic,
            "same_topic": self.same_topic,
            "metres": self.metres,
            "at": self.at,
            "language": self.language,
        }


def pair(one: Proposal, other: Proposal) -> tuple[Proposal, Proposal] | None:
    """(request, offer); None for two of a kind."""
    match (one.purpose, other.purpose):
        case (Purpose.REQUEST, Purpose.OFFER):
            return one, other
        case (Purpose.OFFER, Purpose.REQUEST):
            return other, one
        case _:
            return None


def fit(one: Proposal, other: Proposal, now: float) -> Fit | None:
    """Whether an offer and a request, in either order, fit each other now; None when not.

    Who blocked whom is not known here.
    """
    two = pair(one, other)
    if two is None:
        return None
    request, offer = two
    if request.author_uri == offer.author_uri or not _open(request, now) or not _open(offer, now):
        return None
    if offer.mode not in SERVES[request.mode] or not _can_meet(request, offer):
        return None
    same = request.topic == offer.topic
    if OTHER.slug in (request.topic, offer.topic) or not (same or _group(request) == _group(offer)):
        return None
    if not request.cell or not offer.cell:
        return None
    metres = metres_between((request.lat, request.lon), (offer.lat, offer.lon))
    if metres > NEAR_M:
        return None
    common = _common_language(request, offer)
    if common is None:
        return None
    when = _common_time(request, offer, now)
    if when is None:
        return None
    begins, said = when
    return Fit(
        topic=request.topic,
        same_topic=same,
        metres=round(metres),
        at=begins if said else None,
        language="" if _primary(request.language) == _primary(offer.language) else common,
        score=_score(request, offer, metres, same=same, timed=said),
    )


def best(one: Proposal, others: Iterable[Proposal], now: float) -> list[tuple[Proposal, Fit]]:
    """What fits a proposal, the best first, at most `MOST`."""
    found = [(other, made) for other in others if (made := fit(one, other, now)) is not None]
    found.sort(key=lambda each: (-each[1].score, -each[0].id))
    return found[:MOST]


def topics_near(topic: str) -> tuple[str, ...]:
    """The topic itself, then the others of its group: what may serve it. Nothing for « autre »."""
    if topic == OTHER.slug:
        return ()
    group = topic.partition(".")[0]
    rest = (slug for slug in TOPICS if slug.partition(".")[0] == group and slug != topic)
    return (topic, *rest)


def modes_near(one: Proposal) -> tuple[str, ...]:
    """The modes of what may serve a proposal, or be served by it."""
    if one.purpose is Purpose.REQUEST:
        return tuple(sorted(SERVES[one.mode]))
    return tuple(mode for mode, served in SERVES.items() if one.mode in served)


def words(
    reasons: Mapping[str, object], language: str, *, to: Purpose, zone: str, now: float
) -> list[str]:
    """The reasons as people read them: « même besoin : aide aux courses », « à 400 m »,
    « libre mardi ». `to` is what the reader published."""
    english = language == "en"
    topic = TOPICS.get(str(reasons.get("topic")), OTHER)
    label = topic.label(language)
    label = f"{label[0].lower()}{label[1:]}"
    if reasons.get("same_topic"):
        said = [f"same need: {label}" if english else f"même besoin{NBSP}: {label}"]
    else:
        said = [f"a need like it: {label}" if english else f"besoin voisin{NBSP}: {label}"]
    metres = reasons.get("metres")
    if isinstance(metres, int | float):
        said.append(away(metres, language))
    at = reasons.get("at")
    if isinstance(at, int | float) and (on := _day_words(float(at), language, zone=zone, now=now)):
        free, wanted = ("free", "wanted") if english else ("libre", "souhaité")
        # Who offers is told when it is wanted.
        said.append(f"{wanted if to is Purpose.OFFER else free} {on}")
    code = reasons.get("language")
    if isinstance(code, str) and code:
        name = listed([language_name(code, language)], language)
        said.append(f"you both speak {name}" if english else f"une langue commune{NBSP}: {name}")
    return said


def _day_words(at: float, language: str, *, zone: str, now: float) -> str:
    """« mardi », « le mardi 1er décembre »; the name alone as long as it means one day. Nothing
    for a day that is over: it was a reason once."""
    local = ZoneInfo(zone)
    when, today = datetime.fromtimestamp(at, local), datetime.fromtimestamp(now, local)
    english = language == "en"
    match (when.date() - today.date()).days:
        case 0:
            return "today" if english else "aujourd’hui"
        case days if days < 0:
            return ""
        case days if days < 7:
            french, name = _DAYS[when.weekday()]
            return f"on {name}" if english else french
        case days:
            name = day(at, language, zone)
            if days < 300:  # without the year, which nobody doubts
                name = name.rpartition(" ")[0]
            return f"on {name}" if english else f"le {name}"


def _open(proposal: Proposal, now: float) -> bool:
    left = amount_of(proposal.available)
    return proposal.is_live(now) and left is not None and left > 0


def _group(proposal: Proposal) -> str:
    return proposal.topic.partition(".")[0]


def _can_meet(request: Proposal, offer: Proposal) -> bool:
    """One of the two may answer the other: not when each wants people of its own node only."""
    if request.origin == offer.origin:
        return True
    return Answerable.ANYONE in (request.answerable, offer.answerable)


def _primary(code: str) -> str:
    return code.partition("-")[0]


def _common_language(request: Proposal, offer: Proposal) -> str | None:
    ours = [_primary(code) for code in (request.language, *request.languages)]
    theirs = {_primary(code) for code in (offer.language, *offer.languages)}
    if not theirs.isdisjoint(ours):
        return next(code for code in ours if code in theirs)
    # Where nobody told the language of a text, people find out themselves.
    return "" if "und" in theirs or "und" in ours else None


def _window(proposal: Proposal, now: float) -> tuple[float, float, bool]:
    """From when to when it may take place, and whether its author says so."""
    starts, ends = proposal.starts_at, proposal.ends_at
    # Of a loan `due` is when it comes back.
    due = None if proposal.mode == "loan" else proposal.due
    if ends is None and proposal.gathering and starts is not None:
        ends = starts + 3 * HOUR
    last = ends if ends is not None else due
    begins = max(now, starts) if starts is not None else now
    return begins, float("inf") if last is None else last, starts is not None or last is not None


def _common_time(request: Proposal, offer: Proposal, now: float) -> tuple[float, bool] | None:
    """When both have time first, and whether that says anything; None for never."""
    a_from, a_to, a_said = _window(request, now)
    b_from, b_to, b_said = _window(offer, now)
    begins, ends = max(a_from, b_from), min(a_to, b_to)
    if begins > ends:
        return None
    if begins > now:
        return begins, True
    # Wanted or free from now on until a day: that day says more than « now ».
    return (ends, True) if (a_said or b_said) and ends != float("inf") else (begins, False)


def _score(request: Proposal, offer: Proposal, metres: float, *, same: bool, timed: bool) -> float:
    score = 4.0 if same else 0.0
    score += 2.0 * (1 - metres / NEAR_M)
    score += 1.0 if request.mode == offer.mode else 0.0
    score += 0.5 if timed else 0.0
    return score + (1.0 if request.urgency in (Urgency.HIGH, Urgency.CRITICAL) else 0.0)
