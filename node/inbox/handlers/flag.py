"""Flag: another server reports one of ours. Who may: anybody; a mediator looks at it."""

from __future__ import annotations

from node.activitypub.documents import Flag
from node.activitypub.html import plain_text
from node.activitypub.readers import string
from node.inbox.received import Applied, Ignored, Outcome, Received
from node.outbox.here import Here
from node.store import actors, moderation, objects
from node.store.transaction import Transaction

WORDS = 5_000


def apply(tx: Transaction, here: Here, activity: Flag, received: Received) -> Outcome:
    named = [thing.iri for thing in activity.objects if thing.iri and here.is_ours(thing.iri)]
    if not named:
        return Ignored("nothing of ours is reported")
    people = [actor for uri, actor in actors.by_uris(tx, named).items() if actor.local]
    authors = objects.authors_of(tx, named)
    target = people[0].id if people else next(iter(authors.values()), None)
    if target is None:
        return Ignored("nothing of ours is reported")
    moderation.add_report(
        tx,
        activity_uri=activity.id,
        reporter_id=received.actor.id,
        target_id=target,
        objects=[uri for uri in named if uri in authors],
        content=_words(activity),
        now=received.now,
    )
    return Applied("report")


def _words(activity: Flag) -> str:
    """What the reporter says; Lemmy says it in ``summary``."""
    told = activity.content or string(activity.document.get("summary"), WORDS) or ""
    return plain_text(told)[:WORDS]
