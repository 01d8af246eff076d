"""What is written and not published yet: kept for its author, looked at by a mediator first where
the quartier wishes so. Nobody else sees any of it, here or elsewhere."""

from __future__ import annotations

from collections.abc import Mapping

from node.actions import audit
from node.actions.newcomers import NOT_YET, needs_review
from node.actions.notices import tell, tell_roles
from node.actions.publishing import attach_pictures, check_unnamed, publish_proposal
from node.actions.series import create_series
from node.aid import draft_checks
from node.aid.drafts import FIELDS, check_draft, check_timely, unfinished
from node.aid.proposals import Draft, Proposal
from node.aid.repeating import Repeats, check_repeats, rule_of
from node.errors import Conflict, Invalid, NotFound
from node.ids import new_id
from node.moderation.reports import check_reason
from node.outbox.here import Here
from node.social.accounts import Actor
from node.social.notifications import Kind
from node.store import actors, drafts, on_behalf, pictures
from node.store.drafts import Kept
from node.store.transaction import Transaction

PAGES = "pages"
"""Where a draft comes from that is written in the steps of a page."""
KEPT_MOST = 100
"""Drafts of one person."""


def save(
    tx: Transaction,
    here: Here,
    author: Actor,
    fields: Mapping[str, object],
    *,
    draft_id: int | None = None,
    source: str = "api",
    asked_by_id: int | None = None,
    asked_in: str | None = None,
) -> Kept:
    """Keep a draft, finished or not, in place of what it was. Raises Invalid, NotFound, and
    Conflict while a mediator looks at it."""
    kept = unfinished(fields)
    now = here.clock.now()
    if draft_id is None:
        if drafts.count_of(tx, author.id) >= KEPT_MOST and author.id != here.quartier.id:
            raise Conflict("Vous avez trop de brouillons : publiez ou supprimez-en d’abord.")
        draft_id = new_id()
        drafts.insert(
            tx,
            Kept(
                id=draft_id,
                author_id=author.id,
                state="draft",
                fields=kept,
                source=source,
                asked_by_id=asked_by_id,
                asked_in=asked_in,
                note="",
                created_at=now,
                updated_at=now,
            ),
        )
    else:
        _writable(of_author(tx, author, draft_id))
        drafts.change(tx, draft_id, fields=kept, now=now)
    if "pictures" in kept:
        attach_pictures(tx, author, draft_id, draft_checks.pictures(kept["pictures"]))
    return of_author(tx, author, draft_id)


def submit(
    tx: Transaction,
    here: Here,
    author: Actor,
    fields: Mapping[str, object],
    *,
    source: str = "api",
    asked_by_id: int | None = None,
    asked_in: str | None = None,
    review: bool | None = None,
    in_scope_of: str | None = None,
) -> int:
    """Publish, or hand to the mediators: as `review` says, by default for newcomers where the
    quartier wishes so. The id, which a draft and its proposal share. Raises Invalid with what to
    do."""
    draft = _checked(here, author, fields)
    if not (needs_review(tx, here, author) if review is None else review):
        made = publish_proposal(
            tx,
            here,
            author,
            draft,
            asked_by_id=asked_by_id,
            asked_in=asked_in,
            in_scope_of=in_scope_of,
        )
        return made.id
    kept = save(tx, here, author, fields, source=source, asked_by_id=asked_by_id, asked_in=asked_in)
    _to_review(tx, here, author, kept)
    return kept.id


def send(
    tx: Transaction, here: Here, author: Actor, draft_id: int, *, review: bool | None = None
) -> int:
    """A draft that was kept is sent, as with `submit`; one that repeats becomes a series of the
    same number. Raises NotFound, Invalid, Conflict."""
    kept = _writable(of_author(tx, author, draft_id))
    draft = _checked(here, author, kept.fields)
    repeats = check_repeats(kept.fields.get("repeats"))
    if needs_review(tx, here, author) if review is None else review:
        if repeats is not None:
            raise Invalid(NOT_YET)
        _to_review(tx, here, author, kept)
        return kept.id
    if repeats is not None:
        return _repeat(tx, here, author, kept, draft, repeats)
    return _publish(tx, here, author, kept, draft).id


def approve(
    tx: Transaction,
    here: Here,
    mediator: Actor,
    draft_id: int,
    changes: Mapping[str, object] | None = None,
) -> Proposal:
    """A mediator publishes it, with other words where they are better. Raises NotFound, Invalid."""
    kept, author = _waiting(tx, draft_id)
    fields = {**kept.fields, **unfinished(changes or {})}
    fields["pictures"] = kept.fields.get("pictures")  # they are the author's
    made = _publish(tx, here, author, kept, _checked(here, author, fields))
    audit.record(tx, here, mediator, "draft.approve", made.uri)
    tell(
        tx,
        here,
        author,
        Kind.PROPOSAL_PUBLISHED,
        dedupe=str(made.id),
        by=mediator,
        object_id=made.id,
        data={"title": made.title},
    )
    return made


def send_back(tx: Transaction, here: Here, mediator: Actor, draft_id: int, note: str) -> Kept:
    """To its author, with a word why. Raises NotFound, Invalid without one."""
    kept, author = _waiting(tx, draft_id)
    why = check_reason(note)
    drafts.change(tx, kept.id, state="draft", note=why, now=here.clock.now())
    audit.record(tx, here, mediator, "draft.send-back", f"draft {kept.id}", why)
    tell(
        tx,
        here,
        author,
        Kind.PROPOSAL_RETURNED,
        dedupe=f"{kept.id} {int(kept.updated_at)}",
        by=mediator,
        data={"draft": str(kept.id), "title": str(kept.fields.get("title", "")), "reason": why},
    )
    return of_author(tx, author, kept.id)


def remove(tx: Transaction, here: Here, mediator: Actor, draft_id: int, reason: str) -> None:
    """A mediator does not publish it at all. Raises NotFound, Invalid without a reason."""
    kept, author = _waiting(tx, draft_id)
    why = check_reason(reason)
    _forget(tx, kept)
    audit.record(tx, here, mediator, "draft.remove", f"draft {kept.id}", why)
    tell(
        tx,
        here,
        author,
        Kind.PROPOSAL_REMOVED,
        dedupe=str(kept.id),
        by=mediator,
        data={"draft": str(kept.id), "title": str(kept.fields.get("title", "")), "reason": why},
    )


def discard(tx: Transaction, author: Actor, draft_id: int) -> None:
    """Its author does not want it any more. Raises NotFound."""
    _forget(tx, of_author(tx, author, draft_id))


def of_author(tx: Transaction, author: Actor, draft_id: int) -> Kept:
    """Raises NotFound for another's as for none."""
    kept = drafts.by_id(tx, draft_id)
    if kept is None or kept.author_id != author.id:
        raise NotFound("Vous n’avez pas de brouillon de ce numéro.")
    return kept


def _checked(here: Here, author: Actor, fields: Mapping[str, object]) -> Draft:
    draft = check_draft({**fields, "author": author.username}, zone=here.settings.node.time_zone)
    check_timely(draft, here.clock.now())
    return draft


def _to_review(tx: Transaction, here: Here, author: Actor, kept: Kept) -> None:
    drafts.change(tx, kept.id, state="review", note="", now=here.clock.now())
    tell_roles(
        tx,
        here,
        Kind.REVIEW_WAITING,
        dedupe=f"{kept.id} {int(here.clock.now())}",
        by=author if author.id != here.quartier.id else None,
        data={"draft": str(kept.id), "title": str(kept.fields.get("title", ""))},
        urgent=kept.fields.get("urgency") in ("high", "critical"),
    )


def _publish(tx: Transaction, here: Here, author: Actor, kept: Kept, draft: Draft) -> Proposal:
    drafts.delete(tx, kept.id)
    made = publish_proposal(
        tx,
        here,
        author,
        draft,
        identifier=kept.id,
        asked_by_id=kept.asked_by_id,
        asked_in=kept.asked_in,
    )
    check_unnamed(tx, made)
    return made


def _repeat(
    tx: Transaction, here: Here, author: Actor, kept: Kept, draft: Draft, repeats: Repeats
) -> int:
    """The number, which the series has from the draft. Raises Invalid."""
    if draft.starts is None or draft.ends is None:
        raise Invalid("Pour ce qui se répète, dites quand la première fois commence et finit.")
    if on_behalf.of(tx, kept.id) is not None:
        raise Invalid(
            "Ce qui est écrit pour quelqu’un d’autre ne se répète pas : publiez chaque fois à part."
        )
    zone = here.settings.node.time_zone
    drafts.delete(tx, kept.id)
    made = create_series(
        tx,
        here,
        author,
        {name: value for name, value in kept.fields.items() if name in FIELDS},
        rule=rule_of(repeats, draft.starts, zone),
        starts=draft.starts,
        lasts_s=draft.ends - draft.starts,
        zone=zone,
        identifier=kept.id,
    )
    return made.id


def _waiting(tx: Transaction, draft_id: int) -> tuple[Kept, Actor]:
    """What waits for a mediator, and whose it is. Raises NotFound."""
    kept = drafts.by_id(tx, draft_id)
    author = actors.by_id(tx, kept.author_id) if kept is not None else None
    if kept is None or author is None or kept.state != "review":
        raise NotFound("Il n’y a pas d’annonce à relire de ce numéro.")
    return kept, author


def _writable(kept: Kept) -> Kept:
    if kept.state != "draft":
        raise Conflict("La médiation relit cette annonce : attendez sa réponse, ou supprimez-la.")
    return kept


def _forget(tx: Transaction, kept: Kept) -> None:
    pictures.remove_of_object(tx, kept.id)
    on_behalf.purge(tx, kept.id)
    drafts.delete(tx, kept.id)
