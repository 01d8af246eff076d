"""One's own pages, where the other is elsewhere: in a neighbouring quartier, or on Mastodon."""

from __future__ import annotations

from pathlib import Path

import pytest

from node.actions import agreements as acting
from node.actions.neighbours import answer_neighbour, ask_neighbour
from node.aid.agreements import State
from node.aid.neighbours import Event
from node.store import accounts
from tests.browser.lively import number
from tests.databases import new_sqlite
from tests.flows.conversing import Scene, scene, street
from tests.flows.neighbourhood import until
from tests.nodes.quartiers import PLACES, link, shows
from tests.pages.mine import person
from tests.pages.reading import Reader, reader
from tests.serving import Serving, serving

__all__ = ["scene", "street"]

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_two_quartiers_from_an_answer_to_the_thanks(tmp_path: Path) -> None:
    """What one does on her page the other reads on his, on another node."""
    (here_at, beside_at) = (PLACES["Croix-Rousse"], PLACES["Presqu’île"])
    for name in ("here", "beside"):
        (tmp_path / name).mkdir()
    async with (
        serving(new_sqlite(tmp_path / "here"), tmp_path / "here", node=_at("Ici", here_at)) as here,
        serving(
            new_sqlite(tmp_path / "beside"), tmp_path / "beside", node=_at("Là", beside_at)
        ) as beside,
    ):
        await _join(here, beside)
        amina, bruno = await person(here), await person(beside)
        uri = await here.publish(amina, title="Déplacer une armoire")
        await until(lambda: shows(beside, uri), True)
        theirs = await beside.store.write(
            acting.offer_help, beside.here, bruno, int(await number(beside, uri)), text="Dimanche ?"
        )
        await beside.settled()
        async with reader(here, amina) as a, reader(beside, bruno) as b:
            path = f"/me/agreements/{theirs.id}"
            page = await a.get("/me")
            assert "Dimanche ?" in page.text
            page = await a.press(page, "Accepter")
            assert bruno.handle in page.text
            ours = page.path
            await _says(b, path, f"C’est convenu avec {amina.name}.")
            await a.submit(page, f"{ours}/contact", contact="07 11 22 33 44")
            await _says(b, path, "07 11 22 33 44")
            page = await a.get(ours)
            await a.submit(page, f"{ours}/message", text="Dimanche à onze heures ?")
            await _says(b, path, "Dimanche à onze heures ?")
            await b.submit(await b.get(path), f"{path}/message", text="Parfait.")
            await _says(a, ours, "Parfait.")
            await b.submit(await b.get(path), f"{path}/confirm", words="À votre service")
            await _says(a, ours, "À votre service")
            await a.submit(await a.get(ours), f"{ours}/confirm", words="Merci !")
            await _says(b, path, "C’est fait. Merci !")
            assert "07 11" not in (await b.get(path)).text


async def test_somebody_without_an_app_answers_who_has_one(scene: Scene) -> None:
    """An answer from Mastodon is accepted on the page; the words written there arrive there."""
    uri, about = await scene.publish()
    await scene.answer(uri, "Je viens samedi")
    await scene.letter(1)
    zoe = scene.mastodon.user.id
    async with reader(scene.node, scene.amina) as a:
        page = await a.get("/me")
        assert "Je viens samedi" in page.text
        page = await a.press(page, "Accepter")
        (answer,) = await scene.answers(about)
        assert answer.state is State.ACCEPTED
        before = len(scene.mastodon.letters[zoe])
        page = await a.submit(page, f"{page.path}/message", text="À quelle heure ?")
        assert page.text.count("À quelle heure ?") == 1
        await scene.node.settled()
        letters = [scene.mastodon.text(one) for one in scene.mastodon.letters[zoe][before:]]
        assert any("À quelle heure ?" in one for one in letters)

        # A message of hers that is about nothing in particular.
        await scene.write("Bonjour <b>Amina</b>", to=(scene.amina.uri,))
        await scene.node.settled()
        page = await a.get("/me/messages")
        threads = [str(one["href"]) for one in page.soup.select(".lines a")]
        assert "Je viens samedi" in (await a.get(threads[-1])).text
        page = await a.get(threads[0])
        assert "Bonjour <b>Amina</b>" in page.text
        await a.submit(page, button="Envoyer", text="Bonjour Zoé")
        await scene.node.settled()
        assert "Bonjour Zoé" in scene.mastodon.text(scene.mastodon.letters[zoe][-1])


async def test_a_mediator_stands_in_for_the_quartier(scene: Scene) -> None:
    """What was published for somebody elsewhere is settled by whoever is at the desk."""
    quartier = scene.node.here.quartier
    uri = await scene.node.publish(quartier, title="Pour une personne d’ailleurs")
    made = await scene.node.store.write(
        acting.offer_help, scene.node.here, scene.amina, int(await number(scene.node, uri))
    )
    path = f"/me/agreements/{made.id}"
    rosa = await scene.node.store.read(accounts.by_actor, scene.rosa.id)
    assert rosa is not None
    assert rosa.role == "mediator"
    other = await person(scene.node)
    async with reader(scene.node, scene.rosa) as r, reader(scene.node, other) as o:
        assert (await o.get(path)).status == 404
        page = await r.press(await r.get(path), "Accepter")
        assert f"C’est convenu avec {scene.amina.name}." in page.text


def _at(name: str, place: tuple[float, float]) -> dict[str, object]:
    return {"name": name, "latitude": place[0], "longitude": place[1]}


async def _join(here: Serving, beside: Serving) -> None:
    await ask_neighbour(here.store, here.here, here.node.remote, beside.base)
    await until(lambda: link(beside, here), "asked")
    await answer_neighbour(beside.store, beside.here, here.domain, Event.WE_ACCEPT)
    await until(lambda: link(here, beside), "joined")


async def _says(who: Reader, path: str, words: str) -> None:
    """Sooner or later: it comes from another node."""

    async def said() -> bool:
        return words in (await who.get(path)).text

    await until(said, True)
