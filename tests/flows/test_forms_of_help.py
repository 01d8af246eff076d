"""Every form of help of the founding article, from asking to thanks: published in one quartier,
answered from the next, accepted, done, and thanked; and what somebody on Mastodon saw of it.

The table is `tests/flows/forms_of_help.py`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from node.actions import agreements
from node.actions.neighbours import answer_neighbour, ask_neighbour
from node.activitypub.html import plain_text
from node.aid.agreements import State as Agreed
from node.aid.lifecycle import State
from node.aid.neighbours import Event
from node.aid.topics import MODES, TOPICS
from node.social.accounts import KINDS, Actor
from node.store import agreements as agreements_store
from node.store import neighbours, objects, proposals
from tests.flows.forms_of_help import FORMS, OFFER, Form
from tests.flows.neighbourhood import until
from tests.peers.peer import Peer
from tests.serving import Serving, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class Street:
    """Two quartiers side by side, people of every kind, and somebody who follows from Mastodon."""

    here: Serving
    next: Serving
    people: dict[str, Actor]
    bea: Actor
    """Of the next quartier: she answers."""
    zoe: Peer


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def street(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Street]:
    one, two = (tmp_path_factory.mktemp(name) for name in ("croix-rousse", "presquile"))
    async with (
        serving(_database(one), one) as here,
        serving(
            _database(two),
            two,
            node={"name": "Presqu’île", "latitude": 45.760, "longitude": 4.834},
        ) as beside,
        Peer("cavage", users=("zoe",)) as zoe,
    ):
        await ask_neighbour(here.store, here.here, here.node.remote, beside.base)
        await beside.settled()
        await until(lambda: _links(beside), ["asked"])
        await answer_neighbour(beside.store, beside.here, here.domain, Event.WE_ACCEPT)
        await until(lambda: _links(here), ["joined"])
        people = {kind: await here.account(kind.replace("-", "_"), kind=kind) for kind in KINDS}
        bea = await beside.account("bea")
        await zoe.follow(here.here.quartier.uri)
        yield Street(here, beside, people, bea, zoe)


def _database(directory: Path) -> str:
    return f"sqlite:///{directory / 'entraide.sqlite3'}"


async def _links(node: Serving) -> list[str]:
    return [row.state for row in await node.store.read(neighbours.every)]


async def test_the_table_has_every_word_of_the_article() -> None:
    """No phrase of the article is without its line, and no topic of ours either."""
    said = {(topic.slug, topic.answers) for topic in TOPICS.values()}
    assert {(form.topic, form.article) for form in FORMS} == said
    assert {form.mode for form in FORMS} == set(MODES)
    assert {form.kind for form in FORMS} == set(KINDS)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
async def test_help_from_asking_to_thanks(form: Form, street: Street) -> None:
    """It is published here, answered from next door, accepted, done by both, and thanked."""
    author, here, beside = street.people[form.kind], street.here, street.next
    uri = await here.publish(
        author,
        purpose=form.purpose,
        topic=form.topic,
        mode=form.mode,
        title=form.title,
        **form.more,
    )
    number = await _number(here, uri)
    await until(lambda: _shown(beside, uri), True)
    await _seen_from_mastodon(street, form, uri)

    copy = await _number(beside, uri)
    answer = await beside.store.write(
        agreements.offer_help, beside.here, street.bea, copy, text=form.answer
    )
    await until(lambda: _answers(here, number), [Agreed.PROPOSED])
    [asked] = await here.store.read(agreements_store.of_proposal, number)
    assert asked.text == form.answer
    await here.store.write(agreements.accept, here.here, author, asked.id)
    await until(lambda: _agreed(beside, answer.id), Agreed.ACCEPTED)

    giver, taker = (author, street.bea) if form.purpose == OFFER else (street.bea, author)
    if form.mode == "loan":
        await _step(street, agreements.hand_over, giver, asked.id, answer.id)
        await until(lambda: _agreed(beside, answer.id), Agreed.HANDED_OVER)
        await until(lambda: _agreed(here, asked.id), Agreed.HANDED_OVER)
        await _step(street, agreements.give_back, giver, asked.id, answer.id)
        await until(lambda: _agreed(beside, answer.id), Agreed.RETURNED)
        await until(lambda: _agreed(here, asked.id), Agreed.RETURNED)
    for person, thanks in ((giver, ""), (taker, "Merci infiniment !")):
        node, which = (
            (here, asked.id)
            if person.local and person.id == author.id
            else (
                beside,
                answer.id,
            )
        )
        await node.store.write(agreements.confirm, node.here, person, which, thanks=thanks)
    await until(lambda: _agreed(here, asked.id), Agreed.CONFIRMED)
    await until(lambda: _agreed(beside, answer.id), Agreed.CONFIRMED)
    await _what_is_left(street, form, number, uri)


async def _what_is_left(street: Street, form: Form, number: int, uri: str) -> None:
    """The last one taken settles it, everywhere; else what is left is counted, everywhere."""
    stored = await street.here.store.read(proposals.by_id, number)
    assert stored is not None
    whole = form.more.get("quantity", "1")
    if whole == "1":
        assert stored.proposal.state is State.DONE
        await until(lambda: _shown(street.next, uri), False)
        note = await street.zoe.get(uri)
        assert "c’est réglé" in plain_text(note["content"])
    else:
        assert stored.proposal.state is State.PARTLY_MATCHED
        left = str(int(whole) - 1)
        assert stored.proposal.available == left
        await until(lambda: _available(street.next, uri), left)
        note = await street.zoe.get(uri)
        assert note["publishes"]["availableQuantity"]["hasNumericalValue"] == left


async def _seen_from_mastodon(street: Street, form: Form, uri: str) -> None:
    """A boost by the quartier, of a note that says all that a stranger needs to know."""
    await street.zoe.received(lambda one: one["type"] == "Announce" and one["object"] == uri)
    note = await street.zoe.get(uri)
    text = plain_text(note["content"])
    topic = TOPICS[form.topic]
    kind = "Offre" if form.purpose == OFFER else "Demande"
    assert note["type"] == "Note"
    assert f"{kind}\N{NO-BREAK SPACE}: {form.title}" in text
    assert topic.fr in text
    assert f"#{topic.hashtag_fr}" in text
    assert "répondez à ce message en privé" in text
    assert "Croix-Rousse" in text
    assert ("urgent" in text) == (form.more.get("urgency") in ("high", "critical"))


async def _step(street: Street, step: object, giver: Actor, ours: int, theirs: int) -> None:
    here = giver.domain == street.here.domain
    node, which = (street.here, ours) if here else (street.next, theirs)
    await node.store.write(step, node.here, giver, which)  # type: ignore[arg-type]


async def _number(node: Serving, uri: str) -> int:
    status = await node.store.read(objects.by_uri, uri)
    assert status is not None
    return status.id


async def _shown(node: Serving, uri: str) -> bool:
    found = await node.store.read(proposals.listed, now=node.here.clock.now(), most=80)
    return uri in [one.proposal.uri for one in found]


async def _available(node: Serving, uri: str) -> str:
    stored = await node.store.read(proposals.by_id, await _number(node, uri))
    assert stored is not None
    return stored.proposal.available


async def _answers(node: Serving, proposal_id: int) -> list[Agreed]:
    found = await node.store.read(agreements_store.of_proposal, proposal_id)
    return [one.state for one in found]


async def _agreed(node: Serving, agreement_id: int) -> Agreed:
    found = await node.store.read(agreements_store.by_id, agreement_id)
    assert found is not None
    return found.state
