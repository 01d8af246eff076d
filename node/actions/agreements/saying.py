"""What goes to the other side of an agreement, in the form that it reads."""

from __future__ import annotations

from node.actions import telling
from node.actions.agreements.two import Two, agreement_uri
from node.activitypub import render
from node.activitypub.html import from_plain
from node.activitypub.vocabulary import OUR_CONTEXT
from node.aid.agreement_wire import NAMES, agreed, offered, step_document
from node.aid.agreements import Agreement, Channel, Event, Side
from node.ids import new_id
from node.outbox.here import Here
from node.outbox.publish import Document, prove, publish
from node.social.accounts import Actor
from node.store import actors, agreements
from node.store.transaction import Transaction


def say_offer(tx: Transaction, here: Here, agreement: Agreement, two: Two) -> None:
    """Answer a proposal of another node."""
    document = _activity(two.answerer, agreement.offer_uri, "Offer", here)
    document["object"] = offered(agreement, two.proposal)
    document["to"] = [two.author.uri]
    if agreement.text:
        document["content"] = from_plain(agreement.text)
        document["contentMap"] = {agreement.language: document["content"]}
    _send(tx, here, two.answerer, two.author, document, agreement, two)


def say_accepted(tx: Transaction, here: Here, agreement: Agreement, two: Two) -> None:
    document = render.accept(
        activity_id=agreement.accept_uri or here.addresses.activity(new_id()),
        actor=two.author.uri,
        object=_offer(agreement, two),
        to=(two.answerer.uri,),
        published=agreement.updated_at,
        result=_snapshot(tx, here, agreement, two),
    )
    _send(tx, here, two.author, two.answerer, document, agreement, two)


def say_refused(tx: Transaction, here: Here, agreement: Agreement, two: Two) -> None:
    document = render.reject(
        activity_id=here.addresses.activity(new_id()),
        actor=two.author.uri,
        object=_offer(agreement, two),
        to=(two.answerer.uri,),
        published=agreement.updated_at,
        content=from_plain(agreement.reason),
    )
    _send(tx, here, two.author, two.answerer, document, agreement, two)


def say_taken_back(tx: Transaction, here: Here, agreement: Agreement, two: Two, side: Side) -> str:
    """Undo of what this side had said: the Offer, or the Accept. Its id."""
    activity_uri = here.addresses.activity(new_id())
    speaker, other = two.on(side), two.on(_across(side))
    if side is Side.ANSWERER:
        undone: Document = _offer(agreement, two)
    else:
        undone = {
            "id": agreement.accept_uri or f"{agreement_uri(here, agreement)}#accept",
            "type": "Accept",
            "actor": two.author.uri,
            "object": agreement.offer_uri,
        }
    document = render.undo(
        activity_id=activity_uri,
        actor=speaker.uri,
        object=undone,
        to=(other.uri,),
        published=agreement.updated_at,
    )
    if agreement.reason:
        document["content"] = from_plain(agreement.reason)
    _send(tx, here, speaker, other, document, agreement, two)
    return activity_uri


def say_step(
    tx: Transaction,
    here: Here,
    agreement: Agreement,
    two: Two,
    event: Event,
    side: Side,
    words: str,
) -> str:
    """A Document that states a step, as its author signed it. Its id."""
    speaker, other = two.on(side), two.on(_across(side))
    activity_uri = here.addresses.activity(new_id())
    document_uri = f"{activity_uri}#document"
    stated = step_document(
        event,
        uri=document_uri,
        agreement_uri=agreement_uri(here, agreement),
        offer_uri=agreement.offer_uri,
        actor_uri=speaker.uri,
        to=other.uri,
        words=words,
        now=agreement.updated_at,
    )
    document = render.create(
        activity_id=activity_uri,
        actor=speaker.uri,
        object=stated,
        to=(other.uri,),
        published=agreement.updated_at,
    )
    _send(tx, here, speaker, other, document, agreement, two)
    return document_uri


def say_standing(tx: Transaction, here: Here, agreement: Agreement, two: Two) -> None:
    """How the agreement stands now: told by the node of the proposal after every change."""
    document = render.update(
        activity_id=here.addresses.activity(new_id()),
        actor=two.author.uri,
        object=_snapshot(tx, here, agreement, two),
        to=(two.answerer.uri,),
        published=agreement.updated_at,
    )
    _send(tx, here, two.author, two.answerer, document, agreement, two)


def say(
    tx: Transaction,
    here: Here,
    agreement: Agreement,
    two: Two,
    event: Event,
    side: Side | None,
    words: str,
) -> str | None:
    """Tell the other side, wherever it lives, what was done here by `side` (None: a mediator).
    The id under which the node of the proposal will say that it heard it."""
    if two.home:
        _say_as_home(tx, here, agreement, two, event, side, words)
    elif side is Side.ANSWERER and two.answerer.local:
        match event:
            case Event.WITHDRAW | Event.CANCEL:
                return say_taken_back(tx, here, agreement, two, side)
            case _ if event in NAMES:
                return say_step(tx, here, agreement, two, event, side, words)
            case _:
                pass
    return None


def _say_as_home(
    tx: Transaction,
    here: Here,
    agreement: Agreement,
    two: Two,
    event: Event,
    side: Side | None,
    words: str,
) -> None:
    _tell_asker(tx, here, agreement, two, event, side, words)
    if two.answerer.local:
        return
    if agreement.channel is Channel.NOTE:
        by = None if side is None else two.on(side)
        telling.tell_step(tx, here, agreement, event.value, to=two.answerer, by=by, text=words)
        return
    match event:
        case Event.ACCEPT:
            say_accepted(tx, here, agreement, two)
            return
        case Event.REFUSE:
            say_refused(tx, here, agreement, two)
            return
        case Event.CANCEL if side is Side.AUTHOR:
            say_taken_back(tx, here, agreement, two, side)
        case _ if event in NAMES and side is Side.AUTHOR:
            say_step(tx, here, agreement, two, event, side, words)
        case _:
            pass
    if agreement.accepted_at is not None:
        say_standing(tx, here, agreement, two)


def answer_standing(
    tx: Transaction,
    here: Here,
    agreement: Agreement,
    two: Two,
    event: Event,
    side: Side | None,
    words: str,
) -> None:
    """What the other side said was taken up here: how it stands goes back to its node."""
    _tell_asker(tx, here, agreement, two, event, side, words)
    told = agreement.channel is Channel.VF and agreement.accepted_at is not None
    if told and not two.answerer.local:
        say_standing(tx, here, agreement, two)


def _tell_asker(
    tx: Transaction,
    here: Here,
    agreement: Agreement,
    two: Two,
    event: Event,
    side: Side | None,
    words: str,
) -> None:
    """Somebody elsewhere, for whom the quartier published the proposal."""
    if two.proposal.asked_by_id is None or side is Side.AUTHOR:
        return
    asker = actors.by_id(tx, two.proposal.asked_by_id)
    if asker is not None and not asker.local:
        by = None if side is None else two.on(side)
        telling.tell_step(tx, here, agreement, event.value, to=asker, by=by, text=words)


def _across(side: Side) -> Side:
    return Side.ANSWERER if side is Side.AUTHOR else Side.AUTHOR


def _offer(agreement: Agreement, two: Two) -> Document:
    return {
        "id": agreement.offer_uri,
        "type": "Offer",
        "actor": two.answerer.uri,
        "object": offered(agreement, two.proposal),
        "to": [two.author.uri],
    }


def _snapshot(tx: Transaction, here: Here, agreement: Agreement, two: Two) -> Document:
    heard = agreements.words_of(tx, agreement.id, agreement.answerer_id)
    return agreed(
        agreement,
        two.proposal,
        uri=agreement_uri(here, agreement),
        author_uri=two.author.uri,
        answerer_uri=two.answerer.uri,
        heard=[word.activity_uri for word in heard if word.activity_uri != agreement.offer_uri],
    )


def _activity(actor: Actor, uri: str, kind: str, here: Here) -> Document:
    return {
        "@context": OUR_CONTEXT,
        "id": uri,
        "type": kind,
        "actor": actor.uri,
    }


def _send(
    tx: Transaction,
    here: Here,
    speaker: Actor,
    other: Actor,
    document: Document,
    agreement: Agreement,
    two: Two,
) -> None:
    """To the one person, in the order in which it was said."""
    if other.local:
        return
    publish(
        tx,
        here,
        speaker,
        prove(tx, here, speaker, document),
        inboxes=[other.inbox],
        about=agreement.offer_uri,
        urgent=two.urgent,
    )
