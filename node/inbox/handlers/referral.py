"""What quartiers hand to each other: a request that is referred, a neighbour that is introduced.

Who may: only the Group of a quartier with which we are joined. It refers what is of its own origin
and nothing else; what it referred it takes back. Only the Group to which we handed a request
accepts or declines it. Each function answers None when an activity is about neither of the two.
"""

from __future__ import annotations

from node.actions import introductions as introducing
from node.actions import referrals as referring
from node.actions.keeping import store_object
from node.activitypub.documents import Accept, Offer, Reject, Undo
from node.activitypub.html import plain_text
from node.aid.neighbours import Link
from node.aid.referral_wire import Introduced, Referred, read_offer
from node.aid.referrals import Direction, Event
from node.inbox.received import Applied, Ignored, Missing, Outcome, Received
from node.outbox.here import Here
from node.store import graves, introductions, neighbours, objects, proposals, referrals
from node.store.transaction import Transaction


def offered(tx: Transaction, here: Here, activity: Offer, received: Received) -> Outcome | None:
    if received.actor.type != "Group":
        return None
    read = read_offer(
        actor=received.actor.uri,
        object=activity.object.iri,
        target=activity.target.iri if activity.target else None,
        ours=here.quartier.uri,
    )
    if read is None:
        return None
    row = neighbours.by_actor(tx, received.actor.id)
    if row is None or row.state != Link.JOINED.value:
        return Ignored("only a quartier with which we are joined hands over or introduces")
    if activity.id is None:
        return Ignored("an Offer without an id cannot be answered")
    match read:
        case Referred(proposal=uri):
            return _referred(tx, here, uri, activity.id, received)
        case Introduced(group=uri):
            return _introduced(tx, here, uri, activity.id, received)


def _referred(
    tx: Transaction, here: Here, uri: str, activity_uri: str, received: Received
) -> Outcome:
    if referrals.by_activity(tx, activity_uri) is not None:
        return Ignored("known already")
    if graves.buried_by(tx, uri):
        return Ignored("it was deleted, or our mediators removed it")
    status = objects.by_uri(tx, uri)
    if status is None:
        if uri in received.found.gone:
            return Ignored("there is no such proposal")
        if uri in received.found.refused:
            return Ignored(received.found.refused[uri])
        fetched = received.found.objects.get(uri)
        if fetched is None:
            return Missing(objects=(uri,))
        store_object(tx, fetched.document, fetched.author, fetched.text, now=received.now)
        status = objects.by_uri(tx, uri)
    stored = proposals.by_id(tx, status.id) if status is not None else None
    if status is None or stored is None or not status.visibility.open:
        return Ignored("no public proposal")
    made = referring.receive(tx, here, received.actor, stored, activity_uri)
    return Applied("a request is handed to us") if made else Ignored("too many of theirs wait")


def _introduced(
    tx: Transaction, here: Here, uri: str, activity_uri: str, received: Received
) -> Outcome:
    reason = introducing.why_not(tx, here, received.actor, uri)
    if reason is not None:
        return Ignored(reason)
    found = received.found
    if uri in found.gone or uri in found.refused:
        return Ignored(found.refused.get(uri, "there is no such quartier"))
    # Who it is it says itself: what others say of its name and territory does not count.
    if uri not in found.actors:
        return Missing(actors=(uri,))
    group = found.actors[uri]
    if group.type != "Group" or group.uri != uri or group.suspended:
        return Ignored("not the Group of a quartier")
    told = introducing.hear(tx, here, received.actor, group, activity_uri)
    return Applied("a quartier is introduced to us") if told else Ignored("known already")


def accepted(tx: Transaction, here: Here, activity: Accept, received: Received) -> Outcome | None:
    return _answered(tx, here, activity, received, Event.THEY_ACCEPT)


def rejected(tx: Transaction, here: Here, activity: Reject, received: Received) -> Outcome | None:
    return _answered(tx, here, activity, received, Event.THEY_DECLINE)


def _answered(
    tx: Transaction, here: Here, activity: Accept | Reject, received: Received, event: Event
) -> Outcome | None:
    uri = activity.object.iri
    found = referrals.by_activity(tx, uri) if uri is not None else None
    if found is None or found.direction is not Direction.TO:
        return None
    if found.neighbour_id != received.actor.id:
        return Ignored("it was not handed to them")
    reason = plain_text(activity.content or "") if event is Event.THEY_DECLINE else ""
    moved = referring.answered(tx, here, found, event, reason=reason)
    return Applied(event.value) if moved else Ignored("it was not theirs to answer any more")


def undone(tx: Transaction, here: Here, activity: Undo, received: Received) -> Outcome | None:
    uri = activity.object.iri
    if uri is None:
        return None
    referred = referrals.by_activity(tx, uri)
    if referred is not None and referred.direction is Direction.FROM:
        if referred.neighbour_id != received.actor.id:
            return Ignored("somebody else handed it over")
        moved = referring.taken_back(tx, here, referred)
        return Applied("a request is taken back") if moved else Applied("it was over already")
    introduced = introductions.by_activity(tx, uri)
    if introduced is not None and introduced.state != "told":
        if introduced.by_id != received.actor.id:
            return Ignored("somebody else introduced it")
        gone = introducing.taken_back(tx, introduced)
        return Applied("an introduction is taken back" if gone else "it was answered already")
    return None
