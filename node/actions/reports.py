"""Reports: somebody says that something is wrong, mediators look, and say what they did."""

from __future__ import annotations

from collections.abc import Sequence

from node.actions import audit
from node.actions.notices import tell, tell_roles
from node.activitypub import render
from node.errors import Conflict, Invalid, NotFound
from node.ids import new_id
from node.moderation.reports import OBJECTS_MAX, URGENT, Category, Outcome, check_words
from node.outbox.here import Here
from node.outbox.publish import publish
from node.social.accounts import Actor
from node.social.notifications import Kind
from node.social.statuses import Status
from node.store import actors, mediator_notes, objects, reports
from node.store.reports import Report
from node.store.transaction import Transaction


def report(
    tx: Transaction,
    here: Here,
    reporter: Actor,
    *,
    target: Actor,
    object_ids: Sequence[int] = (),
    content: str = "",
    category: Category = Category.OTHER,
    forward: bool = False,
) -> Report:
    """One of ours reports somebody, and perhaps what they published.

    `forward` sends it to the target's server too, in the node's name: who reports is not told.
    Raises NotFound for what the reporter cannot see, Invalid and Conflict.
    """
    words = check_words(content)
    if target.id == reporter.id:
        raise Conflict("On ne peut pas se signaler soi-même.")
    if len(object_ids) > OBJECTS_MAX:
        raise Invalid(f"Au plus {OBJECTS_MAX} messages dans un signalement.")
    named = [_seen_by(tx, reporter, target, one) for one in dict.fromkeys(object_ids)]
    forwarded = forward and not target.local
    identifier = reports.add(
        tx,
        activity_uri=None,
        reporter_id=reporter.id,
        target_id=target.id,
        objects=[status.uri for status in named],
        content=words,
        category=category.value,
        forwarded=forwarded,
        now=here.clock.now(),
    )
    found = reports.by_id(tx, identifier) if identifier is not None else None
    if found is None:
        raise Conflict("Ce signalement est déjà là.")
    if forwarded:
        _forward(tx, here, target, [status.uri for status in named], words)
    tell_mediators(tx, here, found)
    return found


def tell_mediators(tx: Transaction, here: Here, found: Report) -> None:
    """All of them, those too who blocked the one who reports: hence no `by`."""
    tell_roles(
        tx,
        here,
        Kind.REPORT,
        dedupe=str(found.id),
        data={"report": str(found.id), "category": found.category},
        urgent=found.category in URGENT,
    )


def settle(
    tx: Transaction,
    here: Here,
    who: Actor | None,
    report_id: int,
    *,
    outcome: Outcome,
    note: str = "",
) -> Report:
    """It was looked at. `note` is for the mediators; who reported learns only that it is settled.
    Raises NotFound and Conflict."""
    found = by_id(tx, report_id)
    if found.state == reports.SETTLED:
        raise Conflict("Ce signalement est réglé déjà : rouvrez-le s’il faut y revenir.")
    now = here.clock.now()
    reports.settle(tx, report_id, by=who.id if who else None, outcome=outcome.value, now=now)
    if note.strip():
        mediator_notes.add(
            tx,
            about="report",
            about_id=report_id,
            author_id=who.id if who else None,
            text=check_words(note),
            now=now,
        )
    audit.record(tx, here, who, "report.settle", f"report {report_id}", outcome.value)
    reporter = actors.by_id(tx, found.reporter_id)
    if reporter is not None:
        tell(
            tx,
            here,
            reporter,
            Kind.REPORT_SETTLED,
            dedupe=f"{report_id} {int(now)}",
            data={"report": str(report_id)},
        )
    return by_id(tx, report_id)


def forward(tx: Transaction, here: Here, who: Actor | None, report_id: int, words: str) -> Report:
    """Tell the server of who is reported, in the node's name and in the mediators' words: neither
    who reported nor what they wrote goes there. Raises NotFound, Invalid, and Conflict for one of
    ours and for what was forwarded already."""
    found = by_id(tx, report_id)
    target = actors.by_id(tx, found.target_id) if found.target_id is not None else None
    if target is None or target.local:
        raise Conflict("Cette personne est d’ici : il n’y a personne à qui le transmettre.")
    if found.forwarded:
        raise Conflict("Ce signalement est transmis déjà.")
    told = check_words(words)
    if not told:
        raise Invalid("Écrivez ce que l’autre quartier doit savoir.")
    reports.forwarded(tx, report_id)
    _forward(tx, here, target, found.objects, told)
    audit.record(tx, here, who, "report.forward", f"report {report_id}", target.domain)
    return by_id(tx, report_id)


def reopen(tx: Transaction, here: Here, who: Actor | None, report_id: int) -> Report:
    """Raises NotFound, and Conflict when it is open."""
    if by_id(tx, report_id).state == reports.OPEN:
        raise Conflict("Ce signalement est ouvert déjà.")
    reports.reopen(tx, report_id)
    audit.record(tx, here, who, "report.reopen", f"report {report_id}")
    return by_id(tx, report_id)


def by_id(tx: Transaction, report_id: int) -> Report:
    found = reports.by_id(tx, report_id)
    if found is None:
        raise NotFound("Il n’y a pas de signalement de ce numéro.")
    return found


def _seen_by(tx: Transaction, reporter: Actor, target: Actor, object_id: int) -> Status:
    """A status of the target that the reporter may see; "not theirs" and "not there" are one."""
    status = objects.by_id(tx, object_id)
    visible = status is not None and (
        status.visibility.open or reporter.uri in objects.recipients_of(tx, object_id)
    )
    if status is None or not visible or status.author_id != target.id:
        raise NotFound(f"Il n’y a pas de message {object_id} de cette personne ici.")
    return status


def _forward(tx: Transaction, here: Here, target: Actor, uris: Sequence[str], words: str) -> None:
    flag = render.flag(
        activity_id=here.addresses.activity(new_id()),
        actor=here.node.uri,
        objects=(target.uri, *uris),
        content=words,
        to=(target.uri,),
        published=here.clock.now(),
    )
    publish(tx, here, here.node, flag, inboxes=[target.inbox], about=str(flag["id"]))
