"""Flag: another server reports one of ours.

Who may: anybody, but servers of which our mediators said that they do not look at their reports.
"""

from __future__ import annotations

from node.actions.reports import tell_mediators
from node.activitypub.documents import Flag
from node.activitypub.html import plain_text
from node.activitypub.readers import string
from node.inbox.received import Applied, Ignored, Outcome, Received
from node.moderation.reports import OBJECTS_MAX, WORDS_MAX
from node.outbox.here import Here
from node.store import actors, moderation, objects, reports
from node.store.transaction import Transaction


def apply(tx: Transaction, here: Here, activity: Flag, received: Received) -> Outcome:
    domain = received.actor.domain
    if moderation.blocks_covering(tx, [domain]).rejects_reports(domain):
        return Ignored("reports from there are not looked at")
    named = [thing.iri for thing in activity.objects if thing.iri and here.is_ours(thing.iri)]
    if not named:
        return Ignored("nothing of ours is reported")
    people = [actor for uri, actor in actors.by_uris(tx, named).items() if actor.local]
    authors = objects.authors_of(tx, named)
    target = people[0].id if people else next(iter(authors.values()), None)
    if target is None:
        return Ignored("nothing of ours is reported")
    report_id = reports.add(
        tx,
        activity_uri=activity.id,
        reporter_id=received.actor.id,
        target_id=target,
        objects=[uri for uri in named if uri in authors][:OBJECTS_MAX],
        content=_words(activity),
        now=received.now,
    )
    found = reports.by_id(tx, report_id) if report_id is not None else None
    if found is None:
        return Ignored("it was reported before")
    tell_mediators(tx, here, found)
    return Applied("report")


def _words(activity: Flag) -> str:
    """What the reporter says; Lemmy says it in ``summary``."""
    told = activity.content or string(activity.document.get("summary"), WORDS_MAX) or ""
    return plain_text(told)[:WORDS_MAX]
