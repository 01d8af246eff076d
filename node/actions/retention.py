"""What goes when its purpose does (aid.md §3), in bounded steps.

A closed proposal is deleted as its author would delete it, with a Tombstone and a Delete to
everybody who may hold it: were only its text blanked here, the neighbours' copies would keep it.
Copies that we hold of others' go without a word, since their own node speaks for them. For whom
somebody wrote goes sooner, by `node.jobs.leftovers`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from node.actions.drafts import PAGES
from node.actions.proposals import remove_status
from node.outbox.here import Here
from node.store import (
    actors,
    dialogues,
    drafts,
    mail_keys,
    objects,
    on_behalf,
    personal,
    pictures,
    proposals,
    retention,
)
from node.store.transaction import Transaction

DAY_S: Final = 86_400.0
STEP: Final = 100
"""Rows, or proposals, in one transaction: nobody waits long behind it."""

Step = Callable[[Transaction, Here], int]


def _before(here: Here, days: int) -> float:
    return here.clock.now() - days * DAY_S


def closed_proposals(tx: Transaction, here: Here) -> int:
    """Closed for so long, or made for a crisis and closed for a shorter while: with their
    answers, pictures, and all that was sent of them."""
    keep = here.settings.retention
    over = retention.closed_proposals(
        tx,
        before=_before(here, keep.closed_proposals_days),
        crisis_before=_before(here, keep.crisis_days),
        most=STEP,
    )
    for object_id in over:
        status = objects.by_id(tx, object_id)
        author = actors.by_id(tx, status.author_id) if status else None
        if status is None or author is None:
            continue
        personal.forget_activities(tx, [status.uri])
        pictures.remove_of_object(tx, object_id)
        on_behalf.purge(tx, object_id)
        if author.local:
            remove_status(tx, here, author, status, proposals.by_id(tx, object_id))
        else:
            retention.drop_copy(tx, object_id)
    return len(over)


def contacts(tx: Transaction, here: Here) -> int:
    """Contact details of agreements that ended: they go at once, this is for what slipped by."""
    return retention.drop_ended_reveals(tx, most=STEP)


def unattached_pictures(tx: Transaction, here: Here) -> int:
    days = here.settings.retention.pictures_days
    return pictures.remove_unattached(tx, before=_before(here, days), most=STEP)


def unfinished_drafts(tx: Transaction, here: Here) -> int:
    """What somebody began on the pages and left lying, with its pictures and for whom it is."""
    before = _before(here, here.settings.retention.drafts_days)
    left = drafts.left(tx, source=PAGES, before=before, most=STEP)
    for kept in left:
        pictures.remove_of_object(tx, kept.id)
        on_behalf.purge(tx, kept.id)
        drafts.delete(tx, kept.id)
    return len(left)


def old_notifications(tx: Transaction, here: Here) -> int:
    keep = here.settings.retention
    return retention.drop_notifications(
        tx,
        read_before=_before(here, keep.read_notifications_days),
        made_before=_before(here, keep.notifications_days),
        most=STEP,
    )


def dead_mails(tx: Transaction, here: Here) -> int:
    days = here.settings.retention.dead_mails_days
    return retention.drop_dead_mails(
        tx, before=_before(here, days), sent_before=_before(here, 1), most=STEP
    )


def decided_requests(tx: Transaction, here: Here) -> int:
    days = here.settings.retention.join_requests_days
    return retention.drop_decided_requests(tx, before=_before(here, days), most=STEP)


def old_invitations(tx: Transaction, here: Here) -> int:
    days = here.settings.retention.invitations_days
    return retention.drop_invitations(tx, before=_before(here, days), most=STEP)


def old_keys(tx: Transaction, here: Here) -> int:
    """Keys that went by mail and were not used; all at once, they are few."""
    mail_keys.drop_expired(tx, now=here.clock.now())
    return 0


def old_dialogues(tx: Transaction, here: Here) -> int:
    """What was said with people elsewhere, when it is as old as a closed proposal may be."""
    before = _before(here, here.settings.retention.closed_proposals_days)
    letters = dialogues.forget_letters(
        tx,
        quartier_id=here.quartier.id,
        quartier_uri=here.quartier.uri,
        before=before,
        most=STEP,
    )
    return max(letters, dialogues.forget_old(tx, before=before, most=STEP))


STEPS: Final[tuple[Step, ...]] = (
    closed_proposals,
    contacts,
    unattached_pictures,
    unfinished_drafts,
    old_notifications,
    dead_mails,
    decided_requests,
    old_invitations,
    old_keys,
    old_dialogues,
)
"""Each is repeated until it finds fewer than `STEP`."""
