"""What people read: the HTML of a proposal, which must do in any client and for anybody.

Kind, title, text, when, where roughly, how to answer, hashtags; in French or English. Somebody
who has never heard of this project, reading in Mastodon, has all that is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from node.activitypub.html import from_plain
from node.aid.content_words import (
    NBSP,
    THIN,
    Words,
    amount,
    day,
    distance,
    hour,
    language_name,
    listed,
    moment,
    spoken,
    words_of,
)
from node.aid.lifecycle import CLOSED, LIVE, State
from node.aid.proposals import Answerable, Proposal


@dataclass(frozen=True, slots=True)
class Tag:
    name: str
    """Without the ``#``."""
    href: str


def name_of(proposal: Proposal) -> str:
    """The title; of what mediators removed, not a word of it."""
    if proposal.state is State.REMOVED:
        return words_of(proposal.language).removed
    return proposal.title


def html(
    proposal: Proposal, *, quartier: str, tags: Sequence[Tag], zone: str, recurrence: str = ""
) -> str:
    """The content; ``quartier`` is its name as people say it, ``zone`` a tz database name,
    ``recurrence`` the rhythm of which this is one time, in the proposal's language."""
    words, language = words_of(proposal.language), spoken(proposal.language)
    ending = _ending(proposal, words, language, zone)
    parts = [] if not ending else [_paragraph(f"<strong>{ending}</strong>")]
    if proposal.state is State.REMOVED:
        return "".join(parts)
    title = f"{words.kinds[proposal.purpose]}{words.colon}{escape(proposal.title, quote=False)}"
    parts.append(_paragraph(f"<strong>{title}</strong>"))
    if proposal.state not in CLOSED:
        kind = " ".join(filter(None, (_kind(proposal), words.urgency[proposal.urgency])))
        when = _when(proposal, words, language, zone)
        rhythm = f"{recurrence[:1].upper()}{recurrence[1:]}." if recurrence else ""
        facts = [
            *filter(None, (_quantity(proposal, words, language), when, rhythm)),
            *_facts(proposal, words, language, quartier, zone),
        ]
        parts += [_paragraph(kind), from_plain(proposal.text), _paragraph("<br>".join(facts))]
    if not ending:
        parts.append(_paragraph(_answer(proposal, words)))
    if tags:
        parts.append(_paragraph(" ".join(_link(tag) for tag in tags)))
    return "".join(parts)


def _paragraph(markup: str) -> str:
    return f"<p>{markup}</p>"


def _ending(proposal: Proposal, words: Words, language: str, zone: str) -> str:
    if proposal.state is State.MATCHED:
        return words.promised[proposal.purpose]
    if proposal.state in LIVE:
        return ""
    said = words.ended.get(proposal.state, "")
    if proposal.state is State.SATISFIED_FOR_NOW and proposal.opens_again_at is not None:
        at = moment(proposal.opens_again_at, language, zone)
        said = f"{said} {words.reopens.format(at=at)}"
    return said


def _answer(proposal: Proposal, words: Words) -> str:
    if proposal.answerable is not Answerable.ANYONE:
        return words.answer_here
    return words.take_part if proposal.gathering else words.answer


def _kind(proposal: Proposal) -> str:
    language = spoken(proposal.language)
    topic, mode = proposal.topic_data.label(language), proposal.mode_data.label(language)
    if topic.casefold().startswith(mode.casefold()):  # « Prêt d’outils » says « Prêt »
        return f"{topic}."
    return f"{topic} ({mode[0].lower()}{mode[1:]})."


def _quantity(proposal: Proposal, words: Words, language: str) -> str:
    if (proposal.quantity, proposal.unit) == ("1", "one"):
        return ""
    places = proposal.mode == "together" and proposal.unit == "one"
    whole = amount(proposal.quantity, proposal.unit, language)
    fact = f"{words.places if places else words.quantity}{words.colon}{whole}"
    if proposal.state is State.PARTLY_MATCHED:
        left = amount(proposal.available, proposal.unit, language)
        fact += f", {left} {words.left}" if language == "en" else f", {words.left} {left}"
    return f"{fact}."


def _when(proposal: Proposal, words: Words, language: str, zone: str) -> str:
    """When it takes place, or from when until when it is to be had."""
    starts, ends = proposal.starts_at, proposal.ends_at
    if starts is None:
        return ""
    start = moment(starts, language, zone)
    if ends is None:
        said = (words.on if proposal.gathering else words.from_on).format(start=start)
    elif day(starts, language, zone) == day(ends, language, zone):
        said = words.on_from_to.format(
            day=day(starts, language, zone),
            start=hour(starts, language, zone),
            end=hour(ends, language, zone),
        )
    else:
        said = words.from_to.format(start=start, end=moment(ends, language, zone))
    return f"{said}."


def _facts(proposal: Proposal, words: Words, language: str, quartier: str, zone: str) -> list[str]:
    facts = []
    if proposal.due is not None:
        due = words.give_back if proposal.mode == "loan" else words.before
        facts.append(f"{due} {moment(proposal.due, language, zone)}.")
    near = distance(proposal.radius_m, language)
    facts.append(words.where.format(name=escape(quartier, quote=False), near=near))
    if proposal.languages:
        codes = dict.fromkeys((proposal.language, *proposal.languages))
        names = dict.fromkeys(language_name(code, language) for code in codes)
        facts.append(f"{words.speaks} {listed(list(names), language)}.")
    if proposal.answerable is not Answerable.ANYONE:
        members = proposal.answerable is Answerable.MEMBERS
        facts.append(words.members if members else words.vouched)
    last = proposal.ends_at if proposal.ends_at is not None else proposal.starts_at
    if proposal.expires_at is not None and proposal.expires_at != last:
        facts.append(f"{words.until} {moment(proposal.expires_at, language, zone)}.")
    return facts


def _link(tag: Tag) -> str:
    """As Mastodon writes a hashtag, so that clients know it for one."""
    href = escape(tag.href)
    return f'<a href="{href}" class="mention hashtag" rel="tag">#<span>{tag.name}</span></a>'


__all__ = [
    "NBSP",
    "THIN",
    "Tag",
    "amount",
    "distance",
    "html",
    "moment",
    "name_of",
    "spoken",
    "words_of",
]
