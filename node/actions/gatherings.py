"""A gathering's Event goes to the servers that keep calendars, and to nobody else.

Mastodon, and most others, would show it as a second post of the same thing, so it is delivered only
to followers of the quartier that are such servers (`store.gatherings`). Whoever else wants it finds
it at the proposal's address with ``/event`` behind, and in the quartier's outbox. It is not linked
from the Note: an object link there (FEP-e232) is taken for a quote.
"""

from __future__ import annotations

from node.activitypub import render
from node.activitypub.vocabulary import PUBLIC
from node.aid.events import event_uri
from node.ids import new_id
from node.outbox.gatherings import event_document
from node.outbox.here import Here
from node.outbox.publish import Document, prove, publish
from node.store import gatherings, graves, inboxes, outbox
from node.store.transaction import Transaction


def changed(tx: Transaction, here: Here, object_id: int) -> None:
    """A local proposal was published or changed: if it is a gathering, its Event follows."""
    event = event_document(tx, here, object_id)
    if event is None:
        return
    uri = str(event["id"])
    known = gatherings.was_published(tx, uri)
    write = render.update if known else render.create
    _publish(
        tx,
        here,
        write(
            activity_id=here.addresses.activity(new_id()),
            actor=here.quartier.uri,
            object=event,
            to=(PUBLIC,),
            cc=_followers(here),
            published=here.clock.now(),
        ),
        uri,
        public=True,
    )
    if not known:
        # Mobilizon lists what a quartier that its server follows has announced.
        _publish(
            tx,
            here,
            render.announce(
                activity_id=here.addresses.activity(new_id()),
                actor=here.quartier.uri,
                object=uri,
                to=(PUBLIC,),
                cc=_followers(here),
                published=here.clock.now(),
            ),
            uri,
            public=False,
        )


def removed(tx: Transaction, here: Here, object_id: int, object_uri: str) -> None:
    """A local object is deleted: so is its Event, where it had one."""
    uri = event_uri(object_uri)
    if not gatherings.was_published(tx, uri):
        return
    now = here.clock.now()
    outbox.unlist_object(tx, uri)
    graves.bury(tx, uri, by=here.quartier.uri, now=now, type="Event", local_id=object_id)
    deletion = render.delete(
        activity_id=here.addresses.activity(new_id()),
        actor=here.quartier.uri,
        # Gancio deletes an Event only when it is called one; whoever asks finds a Tombstone.
        object={"id": uri, "type": "Event"},
        to=(PUBLIC,),
        cc=_followers(here),
        published=now,
    )
    _publish(tx, here, deletion, uri, public=False)


def _publish(tx: Transaction, here: Here, activity: Document, uri: str, *, public: bool) -> None:
    publish(
        tx,
        here,
        here.quartier,
        prove(tx, here, here.quartier, activity),
        inboxes=[
            *gatherings.calendar_inboxes(tx, here.quartier.id),
            *inboxes.told_of(tx, uri),
        ],
        about=uri,
        public=public,
    )


def _followers(here: Here) -> tuple[str, ...]:
    return (here.addresses.followers_of(here.quartier.uri),)
