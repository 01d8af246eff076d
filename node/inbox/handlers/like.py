"""Like and EmojiReact: a kind word about a status.

Who may: whoever may see the status. No count of them is ever shown on help (aid.md).
"""

from __future__ import annotations

from node.activitypub.documents import EmojiReact, Like
from node.inbox.received import Applied, Ignored, Outcome, Received
from node.outbox.here import Here
from node.social.visibility import may_see
from node.store import actors, blocks, follows, objects, reactions
from node.store.transaction import Transaction


def apply(tx: Transaction, here: Here, activity: Like | EmojiReact, received: Received) -> Outcome:
    uri = activity.object.iri
    status = objects.by_uri(tx, uri) if uri else None
    if status is None:
        return Ignored("not a status that is here")
    author = actors.by_id(tx, status.author_id)
    if author is None or blocks.stands(tx, actor_id=author.id, target_id=received.actor.id):
        return Ignored("not a status that is here")
    if not may_see(
        status.visibility,
        author=author.uri,
        viewer=received.actor.uri,
        follows=_follows(tx, received.actor.id, author.id),
        addressed=received.actor.uri in objects.recipients_of(tx, status.id),
    ):
        return Ignored("not a status that is here")
    reactions.add(
        tx,
        object_id=status.id,
        actor_id=received.actor.id,
        emoji=activity.emoji if isinstance(activity, EmojiReact) else "",
        activity_uri=activity.id or f"{received.actor.uri}#likes/{status.id}",
    )
    return Applied("reaction")


def _follows(tx: Transaction, follower_id: int, target_id: int) -> bool:
    follow = follows.between(tx, follower_id, target_id)
    return follow is not None and follow.state == follows.ACCEPTED
