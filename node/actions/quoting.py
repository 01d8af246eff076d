"""Quotes with consent (FEP-044f): asked for, given, refused, taken back.

A quote of one of ours is decided by its policy at once. For one elsewhere its author's server is
asked; what it answers with is a proof, at its own address, that everybody can look at.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from node.actions.restating import restate
from node.actions.seeing import own, seen
from node.activitypub import render
from node.activitypub.documents import ObjectDocument
from node.activitypub.readers import one_id, same_origin, types
from node.activitypub.vocabulary import OUR_CONTEXT, PUBLIC
from node.errors import Invalid, NotFound
from node.ids import new_id
from node.outbox.here import Here
from node.outbox.publish import Document, publish
from node.social.accounts import Actor
from node.social.posts import QuotePolicy
from node.social.statuses import Status
from node.social.visibility import Visibility
from node.store import actors, blocks, follows, inboxes, objects, quotes
from node.store.quotes import ACCEPTED, PENDING, REJECTED, REVOKED, Quote
from node.store.transaction import Transaction

MISSING = "Record not found"


# ── ours ─────────────────────────────────────────────────────────────────────────────────────


def quoted_of(tx: Transaction, author: Actor, identifier: int | None) -> Status | None:
    """What a post quotes. Raises NotFound for what may not be seen, Invalid for what may not be
    quoted."""
    if identifier is None:
        return None
    try:
        status, whose = seen(tx, author, identifier)
    except NotFound:
        raise NotFound("The post you are trying to quote does not appear to exist") from None
    if not status.visibility.open and whose.id != author.id:
        raise Invalid("Ce message n’est pas public : il ne peut pas être cité.")
    if status.visibility is Visibility.DIRECT:
        raise Invalid("Un message privé ne peut pas être cité.")
    if status.local and not may_quote(tx, status, whose, author):
        raise Invalid("La personne qui a écrit ce message ne souhaite pas qu’il soit cité.")
    return status


def may_quote(tx: Transaction, status: Status, whose: Actor, who: Actor) -> bool:
    """By the policy of one of ours."""
    if who.id == whose.id:
        return True
    if blocks.between(tx, whose.id, who.id) or not status.visibility.open:
        return False
    match quotes.policy(tx, status.id):
        case "public":
            return True
        case "followers":
            follow = follows.between(tx, who.id, whose.id)
            return follow is not None and follow.state == follows.ACCEPTED
        case _:
            return False


def begin(here: Here, identifier: int, quoted: Status) -> Quote:
    """The quote of a new post of ours: agreed on at once where what it quotes is ours."""
    return Quote(
        object_id=identifier,
        quoted_uri=quoted.uri,
        quoted_id=quoted.id,
        state=ACCEPTED if quoted.local else PENDING,
        authorization_uri=authorization(quoted.uri) if quoted.local else None,
        request_uri=None if quoted.local else here.addresses.activity(new_id()),
    )


def authorization(quoted_uri: str) -> str:
    return f"{quoted_uri}/quotes/{new_id()}"


def document(quote: Quote) -> Document:
    """What a Note says of what it quotes, in the words of all who read quotes."""
    made: Document = {
        "quote": quote.quoted_uri,
        "quoteUrl": quote.quoted_uri,
        "quoteUri": quote.quoted_uri,
        "_misskey_quote": quote.quoted_uri,
    }
    if quote.authorization_uri is not None and quote.state == ACCEPTED:
        made["quoteAuthorization"] = quote.authorization_uri
    return made


def ask(tx: Transaction, here: Here, author: Actor, quote: Quote, note: Document) -> None:
    """Of the author of what lives elsewhere."""
    status = objects.by_id(tx, quote.quoted_id or 0)
    whose = actors.by_id(tx, status.author_id) if status is not None else None
    if status is None or whose is None or whose.local or quote.request_uri is None:
        return
    publish(
        tx,
        here,
        author,
        {
            "@context": OUR_CONTEXT,
            "id": quote.request_uri,
            "type": "QuoteRequest",
            "actor": author.uri,
            "to": [whose.uri],
            "object": quote.quoted_uri,
            "instrument": note,
        },
        inboxes=[whose.inbox],
        about=str(note["id"]),
    )


def policy_document(here: Here, author: Actor, policy: QuotePolicy) -> Document:
    allowed = {
        "public": [PUBLIC],
        "followers": [here.addresses.followers_of(author.uri)],
        "nobody": [author.uri],
    }[policy]
    return {"canQuote": {"automaticApproval": allowed}}


def set_policy(
    tx: Transaction, here: Here, author: Actor, identifier: int, policy: QuotePolicy
) -> Status:
    """Who may quote it from now on. Raises NotFound for another's."""
    status = own(tx, author, identifier)
    wanted = policy if status.visibility.open else "nobody"
    quotes.set_policy(tx, status.id, wanted)
    restate(tx, here, author, status, interactionPolicy=policy_document(here, author, wanted))
    return own(tx, author, identifier)


def revoke(tx: Transaction, here: Here, author: Actor, identifier: int, quoting: int) -> Status:
    """One of ours is no longer quoted there. Raises NotFound."""
    status = own(tx, author, identifier)
    quote = quotes.by_object(tx, quoting)
    other = objects.by_id(tx, quoting)
    whose = actors.by_id(tx, other.author_id) if other is not None else None
    if quote is None or quote.quoted_id != status.id or other is None or whose is None:
        raise NotFound(MISSING)
    if quote.state == REVOKED:
        return other
    quotes.put(tx, replace(quote, state=REVOKED))
    if not whose.local and quote.authorization_uri is not None:
        publish(
            tx,
            here,
            author,
            render.delete(
                activity_id=here.addresses.activity(new_id()),
                actor=author.uri,
                object=quote.authorization_uri,
                to=(PUBLIC,),
                cc=(whose.uri,),
                published=here.clock.now(),
            ),
            inboxes=[*inboxes.of_followers(tx, author.id), whose.inbox],
            about=status.uri,
        )
    return other


# ── others' ──────────────────────────────────────────────────────────────────────────────────


def requested(
    tx: Transaction, here: Here, who: Actor, quoting: Status, quoted: Status, request: Document
) -> bool:
    """Somebody elsewhere asks to quote one of ours: answered by its policy. Whether they may."""
    whose = actors.by_id(tx, quoted.author_id)
    if whose is None or not whose.local:
        return False
    allowed = may_quote(tx, quoted, whose, who)
    uri = authorization(quoted.uri)
    quotes.put(
        tx,
        Quote(
            quoting.id,
            quoted.uri,
            quoted.id,
            ACCEPTED if allowed else REJECTED,
            uri if allowed else None,
            one_id(request.get("id")),
        ),
    )
    told = {
        "id": request.get("id"),
        "type": "QuoteRequest",
        "actor": who.uri,
        "object": quoted.uri,
        "instrument": quoting.uri,
    }
    activity_id, now = here.addresses.activity(new_id()), here.clock.now()
    answer = (
        render.accept(
            activity_id=activity_id,
            actor=whose.uri,
            object=told,
            to=(who.uri,),
            published=now,
            result=uri,
        )
        if allowed
        else render.reject(
            activity_id=activity_id, actor=whose.uri, object=told, to=(who.uri,), published=now
        )
    )
    publish(tx, here, whose, answer, inboxes=[who.inbox], about=quoting.uri)
    return allowed


def answered(
    tx: Transaction, here: Here, by: Actor, request_uri: str, proof_uri: str | None
) -> bool:
    """The answer to what we asked: with a proof, or without one refused. False when we asked for
    nothing of the kind."""
    quote = quotes.by_request(tx, request_uri)
    status = objects.by_id(tx, quote.object_id) if quote is not None else None
    author = actors.by_id(tx, status.author_id) if status is not None else None
    if quote is None or status is None or author is None or not status.local:
        return False
    quoted = objects.by_id(tx, quote.quoted_id or 0)
    if quoted is None or quoted.author_id != by.id:
        return False
    if proof_uri is None:
        quotes.put(tx, replace(quote, state=REJECTED))
        return True
    if quote.state != PENDING or not same_origin(proof_uri, by.uri):
        return True
    quotes.put(tx, replace(quote, state=ACCEPTED, authorization_uri=proof_uri))
    restate(tx, here, author, status, quoteAuthorization=proof_uri)
    return True


def read_quote(tx: Transaction, status: Status, document: ObjectDocument) -> None:
    """What a status from elsewhere quotes. What shows a proof waits until it was looked at; of
    one's own words nobody needs one."""
    if document.quote is None or document.quote == status.uri:
        return
    quoted = objects.by_uri(tx, document.quote)
    shown = one_id(document.document.get("quoteAuthorization"))
    known = quotes.by_object(tx, status.id)
    if known is not None and known.quoted_uri == document.quote and known.state != PENDING:
        return
    mine = quoted is not None and quoted.author_id == status.author_id
    fits = shown is not None and same_origin(shown, document.quote)
    quotes.put(
        tx,
        Quote(
            status.id,
            document.quote,
            quoted.id if quoted is not None else None,
            ACCEPTED if mine else PENDING,
            shown if fits and (quoted is None or not quoted.local) else None,
            known.request_uri if known is not None else None,
        ),
    )


def verified(
    tx: Transaction, object_id: int, found: dict[str, Any] | None, quoted: Status | None
) -> None:
    """What stands at the address of a proof; None when nothing does."""
    quote, status = quotes.by_object(tx, object_id), objects.by_id(tx, object_id)
    if quote is None or status is None or quote.state != PENDING:
        return
    author = actors.by_id(tx, quoted.author_id) if quoted is not None else None
    holds = (
        found is not None
        and author is not None
        and "QuoteAuthorization" in types(found)
        and one_id(found.get("attributedTo")) == author.uri
        and one_id(found.get("interactingObject")) == status.uri
        and one_id(found.get("interactionTarget")) == quote.quoted_uri
    )
    quotes.put(
        tx,
        replace(
            quote,
            quoted_id=quoted.id if quoted is not None else quote.quoted_id,
            state=ACCEPTED if holds else REJECTED,
        ),
    )


def withdrawn(tx: Transaction, uri: str, by: Actor) -> bool:
    """A proof was deleted by who gave it."""
    quote = quotes.by_authorization(tx, uri)
    quoted = objects.by_id(tx, quote.quoted_id or 0) if quote is not None else None
    if quote is None or quoted is None or quoted.author_id != by.id:
        return False
    quotes.put(tx, replace(quote, state=REVOKED))
    return True
