"""Answering an announcement, commenting and reporting it: by pages alone."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from node.actions import agreements as agreeing
from node.actions.neighbours import answer_neighbour, ask_neighbour
from node.actions.proposals import close_proposal
from node.actions.vouching import vouch
from node.aid.neighbours import Event
from node.social.accounts import Actor
from node.store import agreements, objects, reports
from tests.databases import new_sqlite
from tests.flows.neighbourhood import until
from tests.nodes.quartiers import link, shows
from tests.pages.reading import reader
from tests.serving import Serving, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")
_NAMES = (f"{name}{n}" for n in itertools.count(1) for name in ("amina", "benoit", "claire"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def node(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Serving]:
    directory: Path = tmp_path_factory.mktemp("answering")
    contact = {"node": {"name": "Croix-Rousse", "contact_email": "bonjour@asso.example"}}
    async with serving(new_sqlite(directory), directory, **contact) as serving_node:
        yield serving_node


async def somebody(node: Serving, role: str = "member") -> Actor:
    return await node.account(next(_NAMES), role=role)


def number_of(uri: str) -> int:
    return int(uri.rsplit("/", 1)[1])


async def test_one_screen_answers(node: Serving) -> None:
    """What happens next and who reads it is said; the answer is there, with its words."""
    author, answerer = await somebody(node), await somebody(node)
    number = number_of(await node.publish(author, title="Des courses"))
    async with reader(node, answerer) as b:
        page = await b.get(f"/@{author.username}/{number}")
        page = await b.get(page.links["Je peux aider"])
        assert page.h1 == "Vous pouvez aider ?"
        assert f"{author.name} lira votre réponse, et personne d’autre." in page.text
        assert page.soup.select("[name=quantity]") == []
        form = page
        page = await b.press(form, "Envoyer ma réponse", text="Jeudi matin, ça va ?")
        (made,) = await node.store.read(agreements.of_proposal, number)
        assert (made.answerer_id, made.text) == (answerer.id, "Jeudi matin, ça va ?")
        assert page.path == f"/me/agreements/{made.id}"
        assert "Votre réponse est partie." in page.notice
        # A second tap is no mistake.
        assert (await b.press(form, "Envoyer ma réponse")).path == f"/me/agreements/{made.id}"
        assert (await b.get(f"/answer/{number}")).path == f"/me/agreements/{made.id}"
    async with reader(node, author) as a:
        page = await a.get(f"/answer/{number}")
        assert page.path == f"/@{author.username}/{number}"


async def test_how_much_is_asked_where_it_counts(node: Serving) -> None:
    """What is no number, and what is more than there is, is told beside the field."""
    author, answerer, late = [await somebody(node) for _ in range(3)]
    number = number_of(
        await node.publish(
            author, purpose="offer", topic="goods.food", mode="gift", unit="kilogram",
            quantity="3", title="Des pommes", expires="2d",
        )
    )  # fmt: skip
    async with reader(node, answerer) as b, reader(node, late) as c:
        page = await b.get(f"/answer/{number}")
        assert "Combien ?" in page.text
        page = await b.press(page, "Envoyer ma réponse", quantity="beaucoup", text="Merci !")
        assert page.status == 422
        assert "plus grand que zéro" in page.problems[0]
        assert "Merci !" in page.html
        page = await b.press(page, "Envoyer ma réponse", quantity="5")
        assert page.status == 409
        assert page.problems == ["Il n’en reste que 3 : demandez moins."]
        open_form = await c.get(f"/answer/{number}")
        page = await b.press(page, "Envoyer ma réponse", quantity="2,5")
        (made,) = await node.store.read(agreements.of_proposal, number)
        assert made.quantity == "2.5"
        # The last of it goes while another has the page open.
        await node.store.write(agreeing.accept, node.here, author, made.id)
        page = await c.press(open_form, "Envoyer ma réponse")
        assert page.status == 409
        assert page.problems == ["Il n’en reste que 0.5 : demandez moins."]
        await node.store.write(close_proposal, node.here, number)
        page = await c.press(open_form, "Envoyer ma réponse")
        assert page.status == 409
        assert "Entre-temps, quelque chose a changé." in page.text
        assert "C’est réglé. Merci !" in page.text
        assert "Envoyer ma réponse" not in page.buttons


async def test_who_has_no_account_is_shown_three_ways(node: Serving) -> None:
    """Signing in leads back to the answer; the association and other accounts are near."""
    author = await somebody(node)
    number = number_of(await node.publish(author, title="Des courses"))
    async with reader(node) as out:
        page = await out.get(f"/answer/{number}")
        assert page.links["J’ai un compte ici"] == f"/signin?next=/answer/{number}"
        assert page.links["Je n’ai pas de compte"] == "/join"
        assert page.links["bonjour@asso.example"] == "mailto:bonjour@asso.example"
        assert page.links["J’ai un compte ailleurs (Mastodon…)"] == f"/elsewhere/{number}"
        assert (await out.post(f"/answer/{number}", {"text": "x"})).path.startswith("/signin")
        assert (await out.get("/answer/999")).status == 404


async def test_what_is_for_known_people_says_how_to_become_known(node: Serving) -> None:
    author, answerer = await somebody(node), await somebody(node)
    number = number_of(await node.publish(author, title="Les clés", answerable="vouched"))
    async with reader(node, answerer) as b:
        page = await b.get(f"/@{author.username}/{number}")
        assert "pour qui quelqu’un se porte garant" in page.text
        assert "Je peux aider" not in page.links
        page = await b.get(f"/answer/{number}")
        assert "Envoyer ma réponse" not in page.buttons
        await node.store.write(vouch, node.here, author, answerer.id)
        page = await b.press(await b.get(f"/answer/{number}"), "Envoyer ma réponse")
        assert "Votre réponse est partie." in page.notice


async def test_mediators_are_told_what_is_wrong(node: Serving) -> None:
    """With its reason and words; once; not of one's own."""
    author, reporter = await somebody(node), await somebody(node)
    number = number_of(await node.publish(author, title="Un prêt d’argent"))
    async with reader(node, reporter) as b, reader(node, author) as a:
        page = await b.get((await b.get(f"/proposals/{number}")).links["Signaler un problème"])
        page = await b.press(page, "Envoyer à la médiation", content="Il veut mon RIB.")
        assert page.status == 422
        assert page.problems == ["Choisissez ce qui ne va pas."]
        assert "Il veut mon RIB." in page.html
        page = await b.press(page, "Envoyer à la médiation", category="scam")
        assert page.path == f"/@{author.username}/{number}"
        assert "La médiation va regarder" in page.notice
        assert (await a.get(f"/report/{number}")).path == f"/@{author.username}/{number}"
    found = await node.store.read(reports.listed, state=None, most=5)
    assert [(one.category, one.content, one.target_id) for one in found][:1] == [
        ("scam", "Il veut mon RIB.", author.id)
    ]


async def test_a_neighbours_announcement_is_answered_the_same_way(
    node: Serving, tmp_path: Path
) -> None:
    """The copy here is answered, and the answer is at home where the announcement is."""
    presquile = {"node": {"name": "Presqu’île", "latitude": 45.760, "longitude": 4.834}}
    async with serving(new_sqlite(tmp_path), tmp_path, **presquile) as beside:
        await _join(node, beside)
        zoe, answerer = await beside.account("zoe"), await somebody(node)
        uri = await beside.publish(
            zoe, title="Un ordinateur à réparer", topic="services.it", text="Il ne démarre plus."
        )
        await until(lambda: shows(node, uri), True)
        async with reader(node, answerer) as b:
            copy = await node.store.read(objects.by_uri, uri)
            assert copy is not None
            page = await b.get(f"/proposals/{copy.id}")
            assert page.h1 == "Un ordinateur à réparer"
            assert "Voir l’annonce chez Presqu’île" in page.links
            assert "Presqu’île, dans un rayon de" in page.text
            words = page.soup.select_one(".announcement .said")
            assert words is not None
            assert words.get_text().strip() == "Il ne démarre plus."
            page = await b.get(page.links["Je peux aider"])
            assert "le quartier voisin où est l’annonce : Presqu’île." in page.text
            page = await b.press(page, "Envoyer ma réponse", text="Je passe demain.")
            assert "Votre réponse est partie." in page.notice

        async def answers() -> list[str]:
            found = await beside.store.read(agreements.of_proposal, number_of(uri))
            return [one.text for one in found]

        await until(answers, ["Je passe demain."])


async def _join(one: Serving, other: Serving) -> None:
    await ask_neighbour(one.store, one.here, one.node.remote, other.base)
    await until(lambda: link(other, one), "asked")
    await answer_neighbour(other.store, other.here, one.domain, Event.WE_ACCEPT)
    await until(lambda: link(one, other), "joined")
