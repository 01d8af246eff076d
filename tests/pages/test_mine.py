"""What one has to do, and does: from an answer to the thanks, by the pages alone."""

from __future__ import annotations

import pytest

from node.actions import blocking
from node.actions.posts import write_to
from node.store import agreements, reveals
from tests.pages.mine import answered, node, person
from tests.pages.reading import reader
from tests.serving import Serving

__all__ = ["node"]

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_from_an_answer_to_the_thanks(node: Serving) -> None:
    """Accept, reveal, see, done, thanked: each is one button of the page or one link to it."""
    made = await answered(node, text="")
    who = made.answerer.name
    async with reader(node, made.author) as a, reader(node, made.answerer) as b:
        page = await a.get("/me")
        assert page.h1 == "Mon entraide"
        assert "Je peux mardi matin." in page.text
        page = await a.press(page, "Accepter")
        assert page.status == 200
        assert page.path == made.path
        assert "C’est accepté" in page.notice
        assert f"C’est convenu avec {who}." in page.text

        page = await a.get((await a.get("/me")).links[f"Montrer mes coordonnées à {who}"])
        page = await a.submit(page, f"{made.path}/contact", contact="07 11 22 33 44\nle matin")
        assert "Vos coordonnées sont montrées." in page.notice
        page = await b.get(made.path)
        assert page.links["07 11 22 33 44"] == "tel:0711223344"

        # The next time it stands there, to be shown as it is.
        again = await answered(node, accepted=True)
        async with reader(node, again.author) as other:
            assert "07 11" not in (await other.get(again.path)).text

        page = await a.get("/me")
        page = await a.get(page.links["C’est fait"])
        page = await a.submit(page, f"{made.path}/confirm", words="Merci, vraiment !")
        assert page.notice == "C’est noté. Merci !"
        page = await b.get(made.path)
        assert "Merci, vraiment !" in page.text
        page = await b.submit(page, f"{made.path}/confirm")
        assert "C’est fait. Merci !" in page.text
        assert "07 11" not in page.text  # gone with the end
        page = await b.get("/me")
        assert "Rien à faire pour le moment." in page.text


async def test_what_is_kept_is_shown_as_it_will_be_seen(node: Serving) -> None:
    """Who wrote how to be reached shows it by one button, reads who sees it, and hides it again."""
    made = await answered(node, accepted=True)
    async with reader(node, made.author) as a, reader(node, made.answerer) as b:
        page = await a.get("/me/settings")
        page = await a.submit(
            page, "/me/settings/contact", contact="zoe@example.org, ou 04 78 00 00 00"
        )
        page = await a.get(made.path)
        assert f"{made.answerer.name} verra ceci, et personne d’autre" in page.text
        page = await a.press(page, f"Montrer mes coordonnées à {made.answerer.name}")
        assert f"{made.answerer.name} voit ceci, et personne d’autre" in page.text
        links = (await b.get(made.path)).links
        assert links["zoe@example.org"] == "mailto:zoe@example.org"
        assert links["04 78 00 00 00"] == "tel:0478000000"
        page = await a.press(page, "Ne plus les montrer")
        assert "ne sont plus montrées" in page.notice
        assert await node.store.read(reveals.revealed, made.agreement.id) == []
        page = await a.submit(page, f"{made.path}/contact", contact=" ")
        assert page.status == 422
        assert page.problems == [
            "Écrivez comment on peut vous joindre : un téléphone, une adresse…"
        ]


async def test_the_wrong_moment_says_what_happened_meanwhile(node: Serving) -> None:
    """Both have the page open; one of them is late."""
    made = await answered(node)
    async with reader(node, made.author) as a, reader(node, made.answerer) as b:
        old = await a.get(made.path)
        page = await b.press(await b.get(made.path), "Reprendre ma réponse")
        assert "Vous avez repris votre réponse." in page.text
        page = await a.press(old, "Accepter")
        assert page.status == 409
        assert "Entre-temps, quelque chose a changé" in page.text
        assert f"{made.answerer.name} a repris sa réponse." in page.text
        assert "Accepter" not in page.buttons


async def test_a_loan_goes_out_and_comes_back(node: Serving) -> None:
    """Handed over, given back, confirmed by both; each side reads it in its own words."""
    made = await answered(
        node, accepted=True, purpose="offer", topic="lending.tools", mode="loan",
        title="Perceuse", expires="30d",
    )  # fmt: skip
    async with reader(node, made.author) as a, reader(node, made.answerer) as b:
        page = await a.get(made.path)
        assert {"Je l’ai remis"} <= set(page.buttons)
        assert "C’est fait" not in page.buttons
        page = await a.press(page, "Je l’ai remis")
        assert "C’est prêté." in page.text
        page = await b.press(await b.get("/me"), "Je l’ai rendu")
        assert "C’est rendu." in page.text
        for one, path in ((a, made.path), (b, made.path)):
            page = await one.submit(await one.get(path), f"{path}/confirm")
        assert "C’est fait. Merci !" in page.text


async def test_reasons_reach_the_other_side_and_the_mediators(node: Serving) -> None:
    """Refused, cancelled, nobody came, a dispute: with a word, in the history of both."""
    steps = {
        "refuse": ("Trop loin pour moi", "n’a pas donné suite", False),
        "cancel": ("Je suis malade", "a annulé", True),
        "no-show": ("J’ai attendu une heure", "la rencontre n’a pas eu lieu", True),
        "dispute": ("Nous ne sommes pas d’accord", "a demandé l’aide de la médiation", True),
    }
    for step, (words, said, accepted) in steps.items():
        made = await answered(node, accepted=accepted)
        async with reader(node, made.author) as a, reader(node, made.answerer) as b:
            page = await a.submit(await a.get(made.path), f"{made.path}/{step}", words=words)
            assert page.status == 200
            assert page.notice
            page = await b.get(made.path)
            assert words in page.text
            assert said in page.text


async def test_the_two_write_to_each_other(node: Serving) -> None:
    """Below the agreement, the same messages as in apps; sent once however often it is pressed."""
    made = await answered(node, accepted=True)
    async with reader(node, made.author) as a, reader(node, made.answerer) as b:
        form = await a.get(made.path)
        page = await a.submit(
            form, f"{made.path}/message", text="À dix heures, ça va ?\n\n<b>Oui ?</b>"
        )
        assert "Votre message est parti." in page.notice
        await a.submit(form, f"{made.path}/message", text="À dix heures, ça va ?\n\n<b>Oui ?</b>")
        page = await b.get(made.path)
        assert page.text.count("À dix heures") == 1
        assert "<b>Oui ?</b>" in page.text
        page = await b.submit(page, f"{made.path}/message", text="Très bien.")
        page = await a.get("/me/messages")
        assert "Très bien." in page.text
        page = await a.get(page.links[made.answerer.name])
        assert page.h1 == f"Messages avec {made.answerer.name}"
        page = await a.submit(page, button="Envoyer", text="Merci.")
        assert "Merci." in (await b.get(made.path)).text
        page = await a.submit(page, button="Envoyer", text="  ")
        assert page.status == 422
        await node.store.write(blocking.block, node.here, made.answerer, made.author)
        page = await a.submit(page, button="Envoyer", text="Encore là ?")
        assert page.status == 404


async def test_nobody_else_s(node: Serving) -> None:
    """An agreement, a thread, an announcement of others are not there."""
    made = await answered(node)
    await node.store.write(
        write_to, node.here, made.author, [made.answerer], "Bonjour", language="fr"
    )
    stranger = await person(node)
    async with reader(node, stranger) as s, reader(node, made.answerer) as b, reader(node) as out:
        threads = await b.get("/me/messages")
        thread = next(path for path in threads.links.values() if path.startswith("/me/messages/"))
        form = await s.get("/me")
        for path in (made.path, thread, f"/me/news/{made.agreement.id}", "/me/agreements/999"):
            assert (await s.get(path)).status == 404
        for path in (
            f"{made.path}/accept",
            f"{made.path}/hide",
            thread,
            f"/me/renew/{made.proposal}",
        ):
            mark = form.form(button="Se déconnecter").select_one("[name=_form]")
            assert mark is not None
            sent = await s.post(path, {"_form": mark["value"], "text": "x"})
            assert sent.status == 404, path
            assert (await s.post(path, {"text": "x"})).status == 403
        assert (await out.get(made.path)).path.startswith("/signin")
    found = await node.store.read(agreements.by_id, made.agreement.id)
    assert found is not None
    assert found.state == "proposed"
