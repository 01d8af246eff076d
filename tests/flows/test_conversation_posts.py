"""Posting by mention: completed by questions, looked at first or open at once, brought up to date,
renewed, taken back."""

from __future__ import annotations

import pytest

from node.actions import agreements as agreeing
from node.actions import drafts as drafting
from node.actions import renewal, topic_choices
from node.actions.changing import change_proposal
from node.aid.agreements import State as Agreed
from node.aid.lifecycle import State
from node.outbox.here import Here
from node.store import agreements, drafts, proposals
from node.store.drafts import Kept
from node.store.transaction import Transaction
from tests.flows.conversing import Scene, scene, street

__all__ = ["scene", "street"]

pytestmark = pytest.mark.asyncio(loop_scope="module")

SHELF = "#demande #bricolage #urgent Qui peut réparer mon étagère ? Elle penche."


async def test_all_in_hashtags_asks_nothing(scene: Scene) -> None:
    """Purpose, topic and urgency stand there: it goes to the mediators with its title and text."""
    await scene.write(SHELF, visibility="unlisted")
    letter = await scene.letter(1)
    assert "C’est urgent." in letter
    assert "relire" in letter
    kept = await _waiting(scene)
    assert (kept.fields["title"], kept.fields["text"]) == (
        "Qui peut réparer mon étagère ?",
        "Elle penche.",
    )
    assert (kept.fields["purpose"], kept.fields["topic"], kept.fields["urgency"]) == (
        "request",
        "services.diy",
        "high",
    )
    assert (kept.source, kept.state) == ("mention", "review")


async def test_what_is_missing_or_double_is_asked_back(scene: Scene) -> None:
    """Offer or request, the topic until it is known, whether it is urgent."""
    await scene.write("#offre #demande Une perceuse", visibility="direct")
    assert "proposez-vous de l’aide" in await scene.letter(1)
    await scene.write("Une demande")
    assert "De quoi s’agit-il" in await scene.letter(2)
    await scene.write("quelque chose qui tourne")
    assert "nous n’avons pas compris votre réponse" in await scene.letter(3)
    await scene.write("outils")
    assert "Est-ce urgent" in await scene.letter(4)
    await scene.write("très urgent")
    assert "C’est très urgent." in await scene.letter(5)
    kept = await _waiting(scene)
    assert (kept.fields["topic"], kept.fields["urgency"]) == ("lending.tools", "critical")


async def test_hidden_topics_are_not_offered(scene: Scene) -> None:
    """What the association does not propose is asked again, without that word."""
    node = scene.node
    await node.store.write(topic_choices.choose, hidden=["services.diy"], first=[])
    try:
        await scene.write(SHELF)
        letter = await scene.letter(1)
        assert "De quoi s’agit-il" in letter
        assert "bricolage" not in letter
    finally:
        await node.store.write(topic_choices.choose, hidden=[], first=[])


async def test_plain_words_to_the_quartier_will_do(scene: Scene) -> None:
    """Who knows no hashtags writes what is needed; a mediator looks at it in any case."""
    await scene.write("Bonjour, je cherche quelqu’un pour promener mon chien le matin.")
    assert "De quoi s’agit-il" in await scene.letter(1)
    await scene.write("ménage")
    assert "Est-ce urgent" in await scene.letter(2)
    await scene.write("non")
    assert "va la relire" in await scene.letter(3)
    assert (await _waiting(scene)).fields["purpose"] == "request"


async def test_private_things_are_warned_of_and_held(scene: Scene) -> None:
    """Phone, address, health: kindly, at once, and with a note for the mediator."""
    await scene.write(
        "#demande #courses #urgent Mes courses, j’ai un cancer. 12 rue de la Soie, 06 12 34 56 78",
        visibility="public",
    )
    letter = await scene.letter(1)
    for what in ("un numéro de téléphone", "une adresse", "un mot sur la santé"):
        assert what in letter
    kept = await _waiting(scene)
    assert "numéro de téléphone" in kept.note
    await scene.node.settled()
    boosts = [one for one in scene.mastodon.activities if one["type"] == "Announce"]
    assert boosts == []


async def test_a_corrected_note_corrects_what_waits(scene: Scene) -> None:
    note = await scene.write(SHELF, visibility="public")
    await scene.letter(1)
    await scene.mastodon.edit(
        scene.mastodon.user, note, "#demande #bricolage Qui peut réparer ma chaise ? Elle boite."
    )
    assert "ma chaise" in await scene.letter(2)
    kept = await _waiting(scene)
    assert kept.fields["title"] == "Qui peut réparer ma chaise ?"
    assert kept.fields["urgency"] == "high"  # as it was told before


async def test_what_a_mediator_decides_is_told(scene: Scene) -> None:
    """Sent back with a word why; corrected, it waits again; taken back, it is gone."""
    node = scene.node
    note = await scene.write(SHELF, visibility="public")
    await scene.letter(1)
    kept = await _waiting(scene)
    await node.store.write(drafting.send_back, node.here, scene.rosa, kept.id, "Dans quelle rue ?")
    assert "Dans quelle rue ?" in await scene.letter(2)
    await scene.mastodon.edit(scene.mastodon.user, note, f"{SHELF} Près de la place.")
    await scene.letter(3)
    assert (await _waiting(scene)).id == kept.id
    await scene.mastodon.delete(scene.mastodon.user, note)
    assert "est retirée" in await scene.letter(4)
    assert await node.store.read(drafts.by_id, kept.id) is None


async def test_a_yes_and_a_no_of_the_mediators_reach_who_asked(scene: Scene) -> None:
    """Published, with its address and whatever words were bettered; or not, and why."""
    node = scene.node
    await scene.write(SHELF, visibility="public")
    await scene.letter(1)
    kept = await _waiting(scene)
    made = await node.store.write(
        drafting.approve, node.here, scene.rosa, kept.id, {"title": "Une étagère à fixer"}
    )
    told = await scene.letter(2)
    assert "Une étagère à fixer" in told
    assert f"/@quartier/{made.id}" in told
    await scene.write(f"{SHELF} Contre 50 euros.", visibility="public")
    await scene.letter(3)
    kept = await _waiting(scene)
    await node.store.write(drafting.remove, node.here, scene.rosa, kept.id, "Rien ne se vend ici.")
    assert "Rien ne se vend ici." in await scene.letter(4)
    assert await node.store.read(drafts.by_id, kept.id) is None


async def test_who_is_known_is_published_at_once(scene: Scene) -> None:
    """After something was done together; with private things in it a mediator looks all the
    same."""
    await _has_helped(scene)
    first = len(scene.mastodon.letters[scene.mastodon.user.id])
    note = await scene.write(SHELF, visibility="public")
    letter = await scene.letter(first + 1)
    assert "publiée" in letter
    assert f"{scene.node.base}/@quartier/" in letter
    number = int(letter.split("/@quartier/")[1].split()[0])
    proposal = await scene.proposal(number)
    assert (proposal.state, proposal.asked_in) == (State.OPEN, note["id"])
    await scene.write(f"{SHELF} 06 12 34 56 78", visibility="public")
    assert "va la relire" in await scene.letter(first + 2)


async def test_stop_renew_and_delete_end_and_prolong_it(scene: Scene) -> None:
    """It ends by itself, « encore » opens it again, « stop » is asked back, a deleted note takes
    it back everywhere."""
    node = scene.node
    note = await scene.write(SHELF, visibility="public")
    await scene.letter(1)
    number = (await _waiting(scene)).id
    await node.store.write(drafting.approve, node.here, scene.rosa, number)
    await scene.letter(2)
    await _age(scene, number)
    assert "est arrivée à son terme" in await scene.letter(3)
    await scene.write("Encore !")
    assert "est prolongée jusqu’au" in await scene.letter(4)
    assert (await scene.proposal(number)).state is State.OPEN
    await scene.write("stop")
    assert "Vous voulez retirer" in await scene.letter(5)
    await scene.write("non")
    assert "rien ne change" in await scene.letter(6)
    assert (await scene.proposal(number)).state is State.OPEN
    await scene.mastodon.delete(scene.mastodon.user, note)
    assert "est retirée" in await scene.letter(7)
    assert (await scene.proposal(number)).state is State.WITHDRAWN


async def test_no_is_said_with_thanks_and_the_post_stays_open(scene: Scene) -> None:
    """The asker decides on each answer; the quartier says it for them."""
    node = scene.node
    await scene.write(SHELF, visibility="public")
    await scene.letter(1)
    number = (await _waiting(scene)).id
    await node.store.write(drafting.approve, node.here, scene.rosa, number)
    await scene.letter(2)
    await node.store.write(agreeing.offer_help, node.here, scene.amina, number, text="Moi !")
    assert "Moi !" in await scene.letter(3)
    await scene.write("Non merci, c’est trop loin")
    assert "reste ouverte" in await scene.letter(4)
    [answer] = await scene.answers(number)
    assert answer.state is Agreed.REFUSED
    assert (await scene.proposal(number)).state is State.OPEN


async def test_contact_details_reach_who_asked_and_go_again(scene: Scene) -> None:
    """The quartier is the author, but the details are for the person who asked."""
    node = scene.node
    await scene.write(SHELF, visibility="public")
    await scene.letter(1)
    number = (await _waiting(scene)).id
    await node.store.write(drafting.approve, node.here, scene.rosa, number)
    await scene.letter(2)
    made = await node.store.write(agreeing.offer_help, node.here, scene.amina, number)
    await scene.letter(3)
    await scene.write("oui")
    await scene.letter(4)
    await node.store.write(
        agreeing.reveal_contact, node.here, scene.amina, made.id, "07 00 00 00 07"
    )
    note = await scene.mastodon.letter(scene.mastodon.user, 5)
    assert "07 00 00 00 07" in note["content"]
    await node.store.write(agreeing.cancel, node.here, scene.amina, made.id)
    assert "a dû annuler" in await scene.letter(6)
    await scene.mastodon.received(
        lambda one: one["type"] == "Delete" and one["object"]["id"] == note["id"]
    )


async def test_who_deletes_their_account_leaves_nothing_open(scene: Scene) -> None:
    """What waited is gone, what was published is withdrawn, and nobody is written to."""
    node, server = scene.node, scene.mastodon
    await scene.write(SHELF, visibility="public")
    await scene.letter(1)
    number = (await _waiting(scene)).id
    await node.store.write(drafting.approve, node.here, scene.rosa, number)
    await scene.letter(2)
    await scene.write("#offre #livres Des romans", visibility="public")
    await scene.letter(3)
    gone = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": f"{server.user.id}#delete",
        "type": "Delete",
        "actor": server.user.id,
        "to": ["https://www.w3.org/ns/activitystreams#Public"],
        "object": server.user.id,
    }
    await server.deliver(server.user, gone, (scene.quartier,))
    await node.settled()
    assert (await scene.proposal(number)).state is State.WITHDRAWN
    kept = await node.store.read(drafts.in_review, most=80)
    assert not any((one.asked_in or "").startswith(server.user.id) for one in kept)
    assert len(server.letters[server.user.id]) == 3


async def test_at_most_five_wait_for_one_person(scene: Scene) -> None:
    for at in range(5):
        await scene.write(f"{SHELF} Numéro {at}", visibility="direct")
        await scene.letter(at + 1)
    await scene.write(SHELF, visibility="direct")
    assert "attendent déjà" in await scene.letter(6)
    await scene.write(SHELF, visibility="direct")
    await scene.node.settled()
    zoe = scene.mastodon.user.id
    assert len(scene.mastodon.letters[zoe]) == 6
    kept = await scene.node.store.read(drafts.in_review, most=80)
    mine = [one for one in kept if (one.asked_in or "").startswith(zoe)]
    assert len(mine) == 5


async def _waiting(scene: Scene) -> Kept:
    """The one draft that Zoé's words made."""
    kept = await scene.node.store.read(drafts.in_review, most=80)
    [mine] = [one for one in kept if (one.asked_in or "").startswith(scene.mastodon.user.id)]
    return mine


async def _has_helped(scene: Scene) -> None:
    """Something was agreed with Zoé, and done."""
    node = scene.node
    uri, number = await scene.publish()
    await scene.answer(uri, "Je viens samedi")
    await scene.letter(1)
    [answer] = await scene.answers(number)
    await node.store.write(agreeing.accept, node.here, scene.amina, answer.id)
    await scene.letter(2)
    await scene.write("fait")
    await scene.letter(3)
    await node.store.write(agreeing.confirm, node.here, scene.amina, answer.id)
    await scene.letter(4)
    [done] = await node.store.read(agreements.of_proposal, number)
    assert done.state is Agreed.CONFIRMED


def _ends(tx: Transaction, here: Here, number: int, at: float) -> None:
    change_proposal(tx, here, number, expires_at=at)


async def _age(scene: Scene, number: int) -> None:
    """Its end has come."""
    node = scene.node
    now = node.here.clock.now()
    await node.store.write(_ends, node.here, number, now - 1)
    await node.store.write(renewal.expire_proposals, node.here)
    stored = await node.store.read(proposals.by_id, number)
    assert stored is not None
    assert stored.proposal.state is State.EXPIRED
