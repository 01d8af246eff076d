"""What one does with one's own announcement afterwards, by pages without a script."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
import sqlalchemy as sa

from node.actions import on_behalf, pictures, series
from node.actions.agreements import offer_help
from node.aid.drafts import check_draft
from node.aid.on_behalf import check_consent
from node.social.accounts import Actor
from node.store import proposals
from node.store import series as series_store
from node.store.tables import proposals as table
from node.store.transaction import Transaction
from tests.flows.photographed import PHOTO
from tests.pages.reading import one, reader
from tests.serving import Serving, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True, slots=True)
class Town:
    node: Serving
    amina: Actor
    benoit: Actor
    maud: Actor
    """A mediator; so is Mona."""
    mona: Actor

    async def made(self, author: Actor, **fields: object) -> str:
        """The page on which an announcement is changed."""
        uri = await self.node.publish(author, **fields)
        return f"/edit/{uri.rsplit('/', 1)[-1]}"

    async def titles(self) -> list[str]:
        found = await self.node.store.read(proposals.listed, now=self.node.here.clock.now())
        return [one.proposal.title for one in found]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def t(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    directory: Path = tmp_path_factory.mktemp("editing")
    async with serving(f"sqlite:///{directory}/node.db", directory) as node:
        yield Town(
            node,
            await node.account("amina"),
            await node.account("benoit"),
            await node.account("maud", role="mediator"),
            await node.account("mona", role="mediator"),
        )


async def test_its_author_alone_changes_it(t: Town) -> None:
    """Not yours, not there and from elsewhere are one answer."""
    path = await t.made(t.amina, title="À changer")
    for who in (t.benoit, t.maud):
        async with reader(t.node, who) as other:
            answers = [await other.get(path), await other.get("/edit/12")]
            assert [page.status for page in answers] == [404, 404]
            assert answers[0].text == answers[1].text
    async with reader(t.node, t.amina) as amina:
        page = await amina.submit(await amina.get(path), path, title="Changée", text="Bien")
        assert (page.h1, page.notice) == ("Changée", "L’annonce est changée.")
        page = await amina.submit(await amina.get(path), path, title="", text="Gardé")
        assert page.status == 422
        assert "Il manque un titre" in page.problems[0]
        assert "Gardé" in page.html
        page = await amina.submit(await amina.get(path), path, text="Au 12 rue Mercière")
        warned = one((await amina.get(path)).soup, ".warning")
        assert "12 rue Mercière" in warned.get_text()


async def test_until_when_it_stands(t: Town) -> None:
    path = await t.made(t.amina, title="Plus court")
    async with reader(t.node, t.amina) as amina:
        page = await amina.get(path)
        assert "Comme maintenant : jusqu’au" in page.text
        await amina.submit(page, path, expires="3d")
        stored = await t.node.store.read(proposals.by_id, int(path.rsplit("/", 1)[-1]))
        assert stored is not None
        assert stored.proposal.expires_at is not None
        left = stored.proposal.expires_at - t.node.here.clock.now()
        assert left == pytest.approx(3 * 86_400, abs=60)


async def test_what_is_said_of_a_picture(t: Town) -> None:
    """Everybody gets the new description; none is not taken."""
    parts = t.node.node
    photo = await pictures.add_picture(
        t.node.store,
        t.node.here,
        parts.workshop,
        parts.files,
        t.amina,
        content=PHOTO,
        alt="Une chaise",
    )
    path = await t.made(t.amina, title="Une chaise", purpose="offer", pictures=[str(photo.id)])
    async with reader(t.node, t.amina) as amina:
        said: dict[str, Any] = {f"alt-{photo.id}": "Une chaise bleue"}
        page = await amina.submit(await amina.get(path), path, **said)
        assert 'alt="Une chaise bleue"' in page.html
        none: dict[str, Any] = dict.fromkeys(said, "")
        page = await amina.submit(await amina.get(path), path, **none)
        assert page.status == 422
        assert "Décrivez l’image" in page.problems[0]


async def test_each_button_says_what_it_does(t: Town) -> None:
    """A pause, another while, enough for now, and the end: each with a sentence."""
    path = await t.made(t.amina, title="Une aide")
    async with reader(t.node, t.amina) as amina:
        page = await amina.get(path)
        for words in ("Personne ne la voit", "recommence à compter", "pour de bon", "disparaît"):
            assert words in page.text
        await amina.press(page, "La mettre en pause")
        assert "Une aide" not in await t.titles()
        await amina.press(await amina.get(path), "L’ouvrir à nouveau")
        assert "Une aide" in await t.titles()
        page = await amina.submit(await amina.get(path), f"{path}/enough", until="2001-01-01")
        assert page.status == 422
        later = f"{datetime.now(ZoneInfo('Europe/Paris')) + timedelta(days=9):%Y-%m-%d}"
        page = await amina.submit(page, f"{path}/enough", until=later)
        assert page.notice == "C’est noté : l’annonce rouvrira à cette date."
        await amina.press(await amina.get(path), "L’ouvrir à nouveau")
        await amina.press(await amina.get(path), "La garder plus longtemps")
        stale = await amina.get(path)
        done = await amina.press(stale, "C’est fait : la clore")
        assert done.notice == "L’annonce est close. Merci !"
        page = await amina.press(stale, "La mettre en pause")
        assert (page.status, len(page.problems)) == (409, 1)
        assert "elle ne change plus" in (await amina.get(path)).text


async def test_it_is_withdrawn(t: Town) -> None:
    path = await t.made(t.amina, title="À retirer")
    async with reader(t.node, t.amina) as amina:
        page = await amina.press(await amina.get(path), "Retirer l’annonce")
        assert page.notice == "L’annonce est retirée."
        assert "À retirer" not in await t.titles()


async def test_what_is_over_is_renewed(t: Town) -> None:
    path = await t.made(t.amina, title="Passée", expires=900)
    number = int(path.rsplit("/", 1)[-1])

    def over(tx: Transaction) -> None:
        tx.execute(
            sa.update(table)
            .where(table.c.object_id == number)
            .values(expires_at=t.node.here.clock.now() - 60)
        )

    await t.node.store.write(over)
    async with reader(t.node, t.amina) as amina:
        page = await amina.get(path)
        assert "Les mots" not in page.text
        page = await amina.press(page, "C’est encore vrai : la renouveler")
        assert page.notice == "L’annonce est renouvelée."
        assert "Passée" in await t.titles()


async def test_one_time_or_all_of_a_series(t: Town) -> None:
    """Words for what is to come; one time is skipped; it rests, goes on, and ends."""
    now = t.node.here.clock.now()
    made = await t.node.store.write(
        series.create_series,
        t.node.here,
        t.amina,
        {"purpose": "offer", "topic": "care.groceries", "title": "Mes courses"},
        rule="FREQ=WEEKLY",
        starts=now + 86_400,
        lasts_s=3_600.0,
    )
    first, second, third = (
        one.object_id for one in await t.node.store.read(series_store.upcoming, made.id, after=now)
    )
    await t.node.store.write(offer_help, t.node.here, t.benoit, third, text="Oui")
    path = f"/edit/{first}"
    async with reader(t.node, t.amina) as amina:
        page = await amina.get(path)
        assert "chaque" in page.text
        await amina.submit(page, path, title="Celle-ci seulement")
        assert (await t.titles()).count("Celle-ci seulement") == 1
        assert (await t.titles()).count("Mes courses") == 2
        await amina.submit(await amina.get(path), path, title="Toutes", whole="on")
        assert (await t.titles()).count("Toutes") == 2
        assert "Mes courses" in await t.titles()
        page = await amina.press(await amina.get(path), "Sauter cette fois")
        assert page.notice == "Cette fois est retirée ; les autres restent."
        path = f"/edit/{third}"
        page = await amina.press(await amina.get(path), "Sauter cette fois")
        assert "Quelqu’un a déjà répondu" in page.problems[0]
        path = f"/edit/{second}"
        await amina.press(await amina.get(path), "Arrêter un moment")
        page = await amina.press(await amina.get(path), "Reprendre la répétition")
        assert page.notice == "La répétition reprend."
        page = await amina.press(await amina.get(path), "Tout arrêter")
        assert "terminée" in page.notice
        assert "Toutes" not in await t.titles()
        assert "Mes courses" in await t.titles()
        page = await amina.get(f"/edit/{third}")
        assert "La répétition" not in [one.get_text() for one in page.soup.select("h2")]


async def test_a_mediator_changes_what_another_wrote_for_somebody(t: Town) -> None:
    """Who did it stands in the journal; the words still may not tell for whom it is."""
    consent = check_consent(
        beneficiary="Mme Vial",
        consented_by="elle-même",
        consented_at=time.time(),
        consent_how="phone",
        call_back="04 78 99 88 77",
        now=time.time(),
    )
    draft = check_draft(
        {"author": "maud", "purpose": "request", "topic": "care.visit", "title": "Une visite"}
    )
    made = await t.node.store.write(on_behalf.write_for, t.node.here, t.maud, draft, consent)
    path = f"/edit/{made.subject_id}"
    async with reader(t.node, t.benoit) as benoit:
        assert (await benoit.get(path)).status == 404
    async with reader(t.node, t.mona) as mona:
        page = await mona.submit(await mona.get(path), path, title="Une visite à Mme Vial")
        assert "ni le nom de la personne" in page.problems[0]
        page = await mona.submit(page, path, title="Une visite le dimanche")
        assert page.h1 == "Une visite le dimanche"
        page = await mona.press(await mona.get(path), "Retirer l’annonce")
        assert page.path.startswith("/desk/behalf")
