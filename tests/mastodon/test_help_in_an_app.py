"""Help by app alone: a post asks, a direct reply answers, short words go on with it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from node.activitypub.html import plain_text
from node.aid.agreements import Agreement, State
from node.aid.lifecycle import State as Open
from node.aid.proposals import Urgency
from node.store import agreements, drafts, objects, proposals
from node.store.proposals import Stored
from node.store.transaction import Transaction
from tests.mastodon.signing_in import App, Town

pytestmark = pytest.mark.asyncio(loop_scope="module")

ASK = "Il me faut une perceuse samedi. Un mur en béton. #demande #outils"


async def proposal(here: Town, status: dict[str, Any]) -> Stored:
    found = await here.node.store.read(proposals.by_id, int(status["id"]))
    assert found is not None
    return found


async def only_agreement(here: Town, status: dict[str, Any]) -> Agreement:
    found = await here.node.store.read(agreements.of_proposal, int(status["id"]))
    assert len(found) == 1
    return found[0]


def _letters(tx: Transaction, author_id: int, uri: str) -> list[tuple[int, str]]:
    return [
        (one.id, plain_text(one.content))
        for one in objects.latest(tx, author_id=author_id, public_only=False, most=100)
        if uri in objects.recipients_of(tx, one.id)
    ]


async def last_letter(here: Town, name: str) -> tuple[int, str]:
    """The last note of the quartier to somebody: its id, its text."""
    node = here.node
    uri = node.here.addresses.user(name)
    found = await node.store.read(_letters, node.here.quartier.id, uri)
    assert found
    return found[0]


async def say(app: App, words: str, to: tuple[int, str]) -> dict[str, Any]:
    told: dict[str, Any] = await app.post(
        "/api/v1/statuses",
        status=f"@quartier {words}",
        in_reply_to_id=str(to[0]),
        visibility="direct",
    )
    return told


async def test_an_app_in_english_asks_in_the_words_of_its_person(shared: Town) -> None:
    amina = await shared.app("amina")
    told = await amina.post("/api/v1/statuses", status="Une rallonge. #demande", language="en")
    assert told["language"] == "fr"
    assert plain_text(told["content"]).startswith("Demande\N{NO-BREAK SPACE}: Une rallonge")
    assert (await proposal(shared, told)).proposal.language == "fr"


async def test_a_post_asks_and_a_reply_answers(shared: Town) -> None:
    amina, benoit = await shared.app("amina"), await shared.app("benoit")
    status = await amina.post("/api/v1/statuses", status=ASK)
    asked = (await proposal(shared, status)).proposal
    assert (asked.title, asked.text) == ("Il me faut une perceuse samedi", "Un mur en béton.")
    assert (asked.topic, str(asked.purpose)) == ("lending.tools", "request")
    assert asked.urgency is Urgency.NORMAL
    assert asked.author_uri.endswith("/users/amina")

    reply = await benoit.post(
        "/api/v1/statuses",
        status="@amina J’ai ça chez moi !",
        in_reply_to_id=status["id"],
        visibility="direct",
    )
    agreement = await only_agreement(shared, status)
    assert agreement.state is State.PROPOSED
    assert agreement.text == "J’ai ça chez moi !"
    assert int(reply["id"]) != asked.id
    letter = await last_letter(shared, "amina")
    assert "Benoit répond à votre annonce" in letter[1]

    await say(amina, "Oui, merci", letter)
    assert (await only_agreement(shared, status)).state is State.ACCEPTED
    letter = await last_letter(shared, "benoit")
    assert "Amina vous dit oui" in letter[1]
    while (agreement := await only_agreement(shared, status)).state is not State.CONFIRMED:
        before = agreement
        await say(benoit, "fait", await last_letter(shared, "benoit"))
        await say(amina, "fait", await last_letter(shared, "amina"))
        agreement = await only_agreement(shared, status)
        assert agreement.version > before.version


async def test_the_other_one_is_answered_directly(shared: Town) -> None:
    """« oui » under the answer itself, not under the letter about it."""
    amina, benoit = await shared.app("amina"), await shared.app("benoit")
    status = await amina.post("/api/v1/statuses", status="Qui m’aide à porter un lit ? #demande")
    assert (await proposal(shared, status)).proposal.topic
    reply = await benoit.post(
        "/api/v1/statuses",
        status="@amina Moi, à 14 h",
        in_reply_to_id=status["id"],
        visibility="direct",
    )
    await amina.post(
        "/api/v1/statuses",
        status="@benoit non, désolée",
        in_reply_to_id=reply["id"],
        visibility="direct",
    )
    assert (await only_agreement(shared, status)).state is State.REFUSED


async def test_a_proposal_is_changed_and_deleted_as_a_post(shared: Town) -> None:
    amina = await shared.app("amina")
    status = await amina.post("/api/v1/statuses", status="Je donne un vélo d’enfant. #offre #velo")
    one = f"/api/v1/statuses/{status['id']}"
    changed = await amina.ask(
        "PUT", one, json={"status": "Je donne deux vélos d’enfants. En bon état. #offre"}
    )
    assert changed.status == 200
    now = (await proposal(shared, status)).proposal
    assert (now.title, now.text) == ("Je donne deux vélos d’enfants", "En bon état.")
    assert now.state is Open.OPEN
    gone = await amina.ask("DELETE", one)
    assert gone.status == 200
    assert gone.body["text"] == "Je donne deux vélos d’enfants. En bon état. #offre"
    assert await shared.node.store.read(proposals.by_id, int(status["id"])) is None
    assert (await amina.ask("DELETE", one)).status == 404


async def test_what_is_no_proposal(shared: Town) -> None:
    amina = await shared.app("amina")
    both = await amina.ask("POST", "/api/v1/statuses", json={"status": "Un #demande et #offre"})
    assert both.status == 422
    assert "l’un des deux" in both.body["error"]
    bare = await amina.ask("POST", "/api/v1/statuses", json={"status": "#demande"})
    assert bare.status == 422
    for fields in ({"visibility": "private"}, {"visibility": "direct"}):
        told = await amina.post("/api/v1/statuses", status="Mon #demande à moi", **fields)
        assert await shared.node.store.read(proposals.by_id, int(told["id"])) is None


async def test_a_phone_number_waits_for_a_mediator(shared: Town) -> None:
    amina = await shared.app("amina")
    status = await amina.post(
        "/api/v1/statuses", status="Je cherche une échelle, 06 12 34 56 78. #demande #outils"
    )
    kept = await shared.node.store.read(objects.by_id, int(status["id"]))
    assert kept is not None
    assert kept.visibility == "direct"
    waiting = await shared.node.store.read(drafts.in_review, most=10)
    assert [one.asked_in for one in waiting] == [kept.uri]
    assert re.search(r"numéro de téléphone", (await last_letter(shared, "amina"))[1])
    await amina.ask(
        "PUT",
        f"/api/v1/statuses/{status['id']}",
        json={"status": "Je cherche une échelle pour lundi. #demande #outils"},
    )
    waiting = await shared.node.store.read(drafts.in_review, most=10)
    assert waiting[0].fields["title"] == "Je cherche une échelle pour lundi"
    assert (await amina.ask("DELETE", f"/api/v1/statuses/{status['id']}")).status == 200
    assert await shared.node.store.read(drafts.in_review, most=10) == []
