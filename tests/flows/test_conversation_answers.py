"""Answers by direct note: corrected, taken back, said twice, refused, in every order; and what is
only a comment or a message."""

from __future__ import annotations

import pytest

from node.actions import agreements as agreeing
from node.actions.proposals import close_proposal
from node.aid.agreements import State
from node.social.notifications import Kind
from node.store import objects
from tests.flows.conversing import Scene, scene, street
from tests.peers.mastodonlike import create

__all__ = ["scene", "street"]

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_the_same_note_twice_is_one_answer(scene: Scene) -> None:
    """Mastodon delivers again when it is not sure; nobody is asked or told twice."""
    uri, number = await scene.publish()
    note = await scene.answer(uri, "Je viens samedi")
    await scene.letter(1)
    zoe, server = scene.mastodon.user, scene.mastodon
    await server.deliver(zoe, create(note), (scene.amina.uri,))
    again = create(note) | {"id": f"{note['id']}/activity#again"}
    await server.deliver(zoe, again, (scene.amina.uri,))
    await scene.node.settled()
    assert [one.text for one in await scene.answers(number)] == ["Je viens samedi"]
    assert len(server.letters[zoe.id]) == 1


async def test_an_answer_is_corrected(scene: Scene) -> None:
    """Its author reads the new words, and whoever wrote them sees what we understood."""
    uri, number = await scene.publish()
    note = await scene.answer(uri, "Je viens samdi")
    await scene.letter(1)
    await scene.mastodon.edit(scene.mastodon.user, note, "Je viens dimanche")
    letter = await scene.letter(2)
    assert "votre correction" in letter
    assert (
        "« Je viens dimanche »".replace(" ", "\u00a0").replace("\u00a0viens\u00a0", " viens ")
        in letter
    )
    [answer] = await scene.answers(number)
    assert (answer.text, answer.state) == ("Je viens dimanche", State.PROPOSED)
    assert len(await scene.told(scene.amina, Kind.AGREEMENT_PROPOSED)) == 2


async def test_a_deleted_answer_is_taken_back(scene: Scene) -> None:
    """While it waits; what is agreed stays agreed, for many let their server tidy up."""
    uri, number = await scene.publish(quantity="2")
    note = await scene.answer(uri, "Je viens samedi")
    await scene.letter(1)
    await scene.mastodon.delete(scene.mastodon.user, note)
    assert "est retirée" in await scene.letter(2)
    assert [one.state for one in await scene.answers(number)] == [State.WITHDRAWN]

    note = await scene.answer(uri, "Finalement, je viens")
    await scene.letter(3)
    second = (await scene.answers(number))[-1]
    await scene.node.store.write(agreeing.accept, scene.node.here, scene.amina, second.id)
    await scene.letter(4)
    await scene.mastodon.delete(scene.mastodon.user, note)
    await scene.node.settled()
    assert (await scene.answers(number))[-1].state is State.ACCEPTED


async def test_no_takes_an_answer_back(scene: Scene) -> None:
    """« Est-ce bien cela ? » — « Non »."""
    uri, number = await scene.publish()
    await scene.answer(uri, "C’est combien ?")
    await scene.letter(1)
    await scene.write("Non, je demandais seulement.")
    assert "est retirée" in await scene.letter(2)
    assert [one.state for one in await scene.answers(number)] == [State.WITHDRAWN]
    assert len(await scene.told(scene.amina, Kind.AGREEMENT_WITHDRAWN)) == 1


async def test_how_many_is_understood_and_corrected(scene: Scene) -> None:
    """« Nous serons deux », then « 3 »."""
    uri, number = await scene.publish(
        "Grande tablée", purpose="offer", topic="collective.meal", mode="together", quantity="5"
    )
    await scene.answer(uri, "Nous serons deux, avec une tarte")
    assert "Pour 2 places." in await scene.letter(1)
    assert [one.quantity for one in await scene.answers(number)] == ["2"]
    await scene.write("plutôt 3")
    assert "Pour 3 places." in await scene.letter(2)
    assert [one.quantity for one in await scene.answers(number)] == ["3"]


async def test_stop_is_asked_back_before_it_ends_what_is_agreed(scene: Scene) -> None:
    """A second thought is free: « non » changes nothing, « oui » cancels."""
    uri, number = await scene.publish()
    await scene.answer(uri, "Je viens samedi")
    await scene.letter(1)
    [answer] = await scene.answers(number)
    await scene.node.store.write(agreeing.accept, scene.node.here, scene.amina, answer.id)
    await scene.letter(2)
    await scene.write("Stop")
    assert "Vous voulez annuler" in await scene.letter(3)
    await scene.write("non")
    assert "rien ne change" in await scene.letter(4)
    assert (await scene.answers(number))[0].state is State.ACCEPTED
    await scene.write("J’ai un empêchement")
    await scene.letter(5)
    await scene.write("oui")
    assert "est annulé" in await scene.letter(6)
    assert (await scene.answers(number))[0].state is State.CANCELLED
    assert len(await scene.told(scene.amina, Kind.AGREEMENT_CANCELLED)) == 1


async def test_a_loan_goes_and_comes_back(scene: Scene) -> None:
    """« Fait » is each time the next step."""
    uri, number = await scene.publish(
        "Une perceuse", purpose="offer", topic="lending.tools", mode="loan"
    )
    await scene.answer(uri, "Elle me dépannerait bien")
    await scene.letter(1)
    [answer] = await scene.answers(number)
    await scene.node.store.write(agreeing.accept, scene.node.here, scene.amina, answer.id)
    assert "Quand l’objet aura changé de mains" in await scene.letter(2)
    for letter, state in ((3, State.HANDED_OVER), (4, State.RETURNED)):
        await scene.write("fait")
        await scene.letter(letter)
        assert (await scene.answers(number))[0].state is state
    await scene.write("Fait. Merci pour la perceuse !")
    assert "Merci pour la perceuse !" in await scene.letter(5)
    await scene.node.store.write(agreeing.confirm, scene.node.here, scene.amina, answer.id)
    assert "Tout est terminé" in await scene.letter(6)


async def test_an_answer_that_comes_too_late_is_refused_kindly(scene: Scene) -> None:
    uri, number = await scene.publish()
    await scene.node.store.write(close_proposal, scene.node.here, number)
    await scene.answer(uri, "Je viens samedi")
    letter = await scene.letter(1)
    assert "Merci d’avoir répondu" in letter
    assert [one.state for one in await scene.answers(number)] == [State.REFUSED]


async def test_a_mediator_is_called_and_hears(scene: Scene) -> None:
    """« Médiation », in the words of the person; what they add goes to the mediators, too."""
    uri, number = await scene.publish()
    await scene.answer(uri, "Je viens samedi")
    await scene.letter(1)
    [answer] = await scene.answers(number)
    await scene.node.store.write(agreeing.accept, scene.node.here, scene.amina, answer.id)
    await scene.letter(2)
    await scene.write("Médiation, la porte est restée fermée")
    assert "écouter chacun de vous" in await scene.letter(3)
    assert (await scene.answers(number))[0].state is State.DISPUTED
    await scene.write("J’ai attendu une heure dans la rue")
    assert "transmis" in await scene.letter(4)
    assert len(await scene.told(scene.rosa, Kind.DISPUTE)) == 2


async def test_a_public_reply_is_a_comment(scene: Scene) -> None:
    """It stays what it is: shown, told to whose proposal it is, and no answer."""
    uri, number = await scene.publish()
    note = await scene.answer(uri, "Belle idée, je viens !", visibility="public")
    await scene.node.settled()
    assert await scene.answers(number) == []
    assert len(await scene.told(scene.amina, Kind.COMMENT)) == 1
    assert await scene.node.store.read(objects.by_uri, note["id"]) is not None
    assert scene.mastodon.letters == {}


async def test_a_direct_note_to_a_person_is_a_message(scene: Scene) -> None:
    """Between two who have agreed it is told each time; the quartier does not meddle."""
    uri, number = await scene.publish()
    await scene.answer(uri, "Je viens samedi")
    await scene.letter(1)
    [answer] = await scene.answers(number)
    await scene.node.store.write(agreeing.accept, scene.node.here, scene.amina, answer.id)
    await scene.letter(2)
    for text in ("À dix heures ?", "Oui, ou plutôt onze."):
        note = await scene.write(text, to=(scene.amina.uri,))
        await scene.node.settled()
        stored = await scene.node.store.read(objects.by_uri, note["id"])
        assert stored is not None
        assert stored.visibility == "direct"
    assert len(await scene.told(scene.amina, Kind.MESSAGE)) == 2
    assert len(scene.mastodon.letters[scene.mastodon.user.id]) == 2


async def test_the_language_is_the_notes_else_its_words(scene: Scene) -> None:
    """`und` says nothing: what is written does; a language that we do not speak counts as none."""
    uri, number = await scene.publish()
    await scene.answer(uri, "I can come on Saturday, the shop is near me", language="und")
    assert "Your answer has arrived" in await scene.letter(1)
    await scene.write("No", language="es")
    assert "taken back" in await scene.letter(2)
    await scene.answer(uri, "Puedo ir", language="es")
    assert "bien arrivée" in await scene.letter(3)
    assert [one.language for one in await scene.answers(number)] == ["en", "fr"]
