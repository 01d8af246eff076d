"""An announcement at a glance: what, who, roughly where, until when. Shared by all areas."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from node.aid.topics import OTHER, TOPICS
from node.store.proposals import Listed
from node.web.site.visit import Visit


@dataclass(frozen=True, slots=True)
class Card:
    id: int
    title: str
    purpose: str
    """``request`` or ``offer``."""
    kind: str
    """As people say it: Demande, Offre."""
    urgent: bool
    topic: str
    who: str
    """First name, or the name of the association."""
    where: str
    """Our quartier, or the neighbouring one."""
    distance: str
    """From where the reader asked about, "" where nobody asked."""
    until: str
    state: str
    """What the reader should know besides, "" while it is simply open."""
    content: Markup
    link: str
    doubt: str
    """Said of what is known by a neighbour's word alone."""


def card_of(visit: Visit, one: Listed, *, distance_m: float | None = None) -> Card:
    proposal, settings = one.proposal, visit.here.settings
    topic = TOPICS.get(proposal.topic, OTHER)
    doubt = ""
    if one.voucher is not None and one.unconfirmed_since is not None:
        doubt = visit.say(
            "Vu par %(voucher)s ; son nœud d’origine ne répond pas depuis %(since)s.",
            voucher=one.voucher.split("//", 1)[-1],
            since=visit.language.span(visit.now - one.unconfirmed_since),
        )
    request = proposal.purpose.value == "request"
    expires = proposal.expires_at
    return Card(
        id=proposal.id,
        title=proposal.title,
        purpose=proposal.purpose.value,
        kind=visit.say("Demande") if request else visit.say("Offre"),
        urgent=proposal.urgency.value in ("high", "critical"),
        topic=topic.label(visit.language.code),
        who=one.author_name or one.author_username,
        where=settings.node.name if one.local else proposal.origin,
        distance="" if distance_m is None else visit.language.distance(distance_m),
        until=visit.language.moment(expires, settings.node.time_zone) if expires else "",
        state="",
        content=Markup(one.content),  # noqa: S704 - cleaned when it was stored
        link=f"/@{one.author_username}/{proposal.id}" if one.local else f"/proposals/{proposal.id}",
        doubt=doubt,
    )
