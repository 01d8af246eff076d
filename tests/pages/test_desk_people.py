"""The association's desk, by pages without a script: people, reports, conflicts, blocked sites."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from node.store import handles, reports
from tests.browser.lively import Lively, lively
from tests.databases import new_sqlite
from tests.flows.neighbourhood import until
from tests.mailbox import mailbox, words
from tests.pages.reading import reader
from tests.serving import serving

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def t(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lively]:
    directory: Path = tmp_path_factory.mktemp("desk")
    async with lively(directory, node={"review_newcomers": True}) as town:
        yield town


async def test_a_report_is_looked_at(t: Lively) -> None:
    async with reader(t.here, t.maud.actor) as maud:
        page = await maud.get("/desk/reports")
        page = await maud.get(page.links["Amina"])
        assert "Elle écrit trop." in page.text
        wrong = await maud.submit(page, button="C’est réglé", outcome=None)
        assert wrong.status == 422
        page = await maud.submit(page, button="C’est réglé", outcome="talked", note="Tout va bien")
        assert "C’est réglé" in page.notice
        assert "Aucun signalement n’attend." in page.text
        page = await maud.get(f"/desk/reports/{t.numbers['report']}")
        assert "Tout va bien" in page.text
        page = await maud.press(page, "Le rouvrir")
        assert page.notice == "Le signalement est rouvert."


async def test_people_are_found_vouched_for_and_judged_with_a_reason(t: Lively) -> None:
    """A mediator vouches, notes and silences, each on a page that says what it brings about; roles
    are an administrator's, never one's own."""
    async with reader(t.here, t.maud.actor) as maud:
        page = await maud.get("/desk/people?q=beno")
        page = await maud.get(page.links["Benoit"])
        page = await maud.get(page.links["Me porter garant"])
        assert "Votre nom et la date sont montrés" in page.text
        page = await maud.press(page, "Je me porte garant")
        assert "Maud" in page.text
        assert "maud se porte garant de @benoit" in page.text
        page = await maud.submit(page, button="Garder la note", text="Passe le mardi")
        assert "Passe le mardi" in page.text
        assert (await t.maud.get(f"/moderation/notes?about=actor&about_id={t.benoit.id}"))[0][
            "text"
        ] == "Passe le mardi"
        page = await maud.get(page.links["Mettre en sourdine"])
        wrong = await maud.submit(page, button="Mettre en sourdine", reason="")
        assert wrong.status == 422
        page = await maud.submit(wrong, button="Mettre en sourdine", reason="Trop d’annonces")
        assert page.notice == "La personne est en sourdine."
        assert "Benoit" in (await maud.get("/desk/people?show=silenced")).links
        page = await maud.get(page.links["Lever la sourdine"])
        page = await maud.submit(page, button="Lever la sourdine", reason="C’est bon")
        assert "Changer son rôle" not in page.links
        assert (await maud.get("/desk/people/benoit/role")).status == 403
        assert (await maud.get("/desk/people/benoit/password-link")).status == 403
        assert (await maud.get("/desk/people/personne")).status == 404
        judged = await maud.get("/desk/people/alma/suspend")
        judged = await maud.submit(judged, button="Suspendre le compte", reason="Pour voir")
        assert judged.status == 403
        assert "par l’administration" in judged.problems[0]
    async with reader(t.here, t.alma.actor) as alma:
        page = await alma.get("/desk/people/benoit")
        page = await alma.get(page.links["Changer son rôle"])
        page = await alma.submit(page, button="Donner ce rôle", role="mediator")
        assert page.notice == "Le rôle est changé."
        assert "Changer son rôle" not in (await alma.get("/desk/people/alma")).links
        page = await alma.get("/desk/people/benoit/role")
        await alma.submit(page, button="Donner ce rôle", role="member")
        page = await alma.get("/desk/audit")
        assert "maud a mis @benoit en sourdine « Trop d’annonces »" in page.text
        assert "alma a changé le rôle de @benoit « médiation »" in page.text
        page = await alma.get(page.links["maud a mis @benoit en sourdine"])
        page = await alma.get(page.links["Tout le journal à son sujet"])
        assert "alma a changé le rôle de @benoit" in page.text


async def test_who_lost_a_password_is_handed_a_link(t: Lively) -> None:
    """By an administrator; it is shown once, opens once, and the log says that it was made."""
    await t.here.account("odile")
    async with reader(t.here, t.alma.actor) as alma, reader(t.here) as odile:
        page = await alma.get("/desk/people/odile/password-link")
        page = await alma.press(page, "Faire le lien")
        assert page.headers["Cache-Control"] == "no-store"
        code = page.soup.select_one("main code")
        assert code is not None
        page = await odile.get(code.get_text().removeprefix(t.here.here.settings.base_url))
        assert page.status == 200
        log = await alma.get("/desk/audit")
        assert "alma a fait pour @odile un lien pour un nouveau mot de passe" in log.text


async def test_a_report_goes_on_to_the_other_quartier(t: Lively) -> None:
    """In the desk's words: neither who reported nor what they wrote goes there."""
    zoe = (await t.here.store.read(handles.remote, "zoe", t.beside.domain)) or t.zoe.actor
    status, made = await t.amina.ask(
        "POST",
        "/reports",
        account_id=str(zoe.id),
        proposal_ids=[t.numbers["copy"]],
        content="Elle m’a demandé de l’argent",
        category="scam",
    )
    assert status == 201, made
    async with reader(t.here, t.maud.actor) as maud:
        page = await maud.get(f"/desk/reports/{made['id']}")
        assert "J’aide pour les ordinateurs" in page.text
        wrong = await maud.submit(page, button="Transmettre", words="")
        assert wrong.status == 422
        page = await maud.submit(wrong, button="Transmettre", words="De l’argent est demandé.")
        assert page.notice == "C’est transmis, sans dire qui a signalé."
        assert "C’est transmis à" in page.text
        person = await maud.get(page.links["Zoe"])
        assert "pas chez nous" in person.text
        page = await maud.get(f"/desk/reports/{made['id']}")
        page = await maud.submit(page, button="C’est réglé", outcome="nothing")
        assert page.notice.startswith("C’est réglé")

    async def heard() -> list[str]:
        found = await t.beside.store.read(reports.listed, most=9)
        return [one.content for one in found]

    await until(heard, ["De l’argent est demandé."])


async def test_sites_are_blocked_and_lists_are_taken_in(t: Lively) -> None:
    """One by one, with what that means; a list shows first what it changes."""
    async with reader(t.here, t.maud.actor) as maud:
        page = await maud.get("/desk/blocks")
        wrong = await maud.submit(page, button="Ajouter ce site", domain="spam.example")
        assert wrong.problems == ["Choisissez ce qui en est fait."]
        wrong = await maud.submit(wrong, button="Ajouter ce site", domain="org", severity="suspend")
        assert "Donnez un domaine entier" in wrong.problems[0]
        page = await maud.submit(
            wrong,
            button="Ajouter ce site",
            domain="spam.example",
            severity="suspend",
            reason="Publicité",
        )
        assert page.notice == "C’est noté pour le site spam.example."
        exported = await maud.get("/desk/blocks/export")
        assert "spam.example,suspend,false,false,Publicité,false" in exported.html

        page = await maud.submit(
            page,
            "/desk/blocks/import",
            file=(
                "liste.csv",
                b"#domain,#severity\nworse.example,suspend\n***.example\n",
                "text/csv",
            ),
        )
        assert "worse.example : bloqué" in page.text
        assert "est masqué" in page.text
        assert "worse.example" not in (await maud.get("/desk/blocks")).text
        page = await maud.press(page, "Prendre ce site")
        assert page.notice == "1 site est pris."
        assert "worse.example" in page.text
        page = await maud.get(page.links["Débloquer worse.example"])
        page = await maud.press(page, "Débloquer")
        assert page.notice == "Le site worse.example est débloqué."
        again = await maud.submit(page, "/desk/blocks/import", csv="spam.example")
        assert again.problems == ["Cette liste n’apporte rien de nouveau."]

        page = await maud.submit(again, button="Ouvrir sa page", who=f"zoe@{t.beside.domain}")
        page = await maud.get(page.links["Mettre en sourdine"])
        page = await maud.submit(page, button="Mettre en sourdine", reason="Trop")
        assert page.notice == "La personne est en sourdine."
        page = await maud.get("/desk/blocks")
        page = await maud.get(page.links["Zoe"])
        page = await maud.get(page.links["Lever la sourdine"])
        await maud.submit(page, button="Lever la sourdine", reason="Assez")
        wrong = await maud.submit(again, button="Ouvrir sa page", who="personne@nulle.example")
        assert wrong.status == 422
        log = (await maud.get("/desk/audit")).text
        assert "maud a bloqué le site worse.example « liste.csv »" in log
        assert f"maud a mis @zoe@{t.beside.domain} en sourdine" in log


async def test_a_conflict_is_settled(t: Lively) -> None:
    """Both read the word; who is one of the two does not judge."""
    mine = t.numbers["agreement"]
    status, _ = await t.amina.ask("POST", f"/agreements/{mine}/accept")
    assert status == 200
    status, _ = await t.amina.ask("POST", f"/agreements/{mine}/dispute", text="Il n’est pas venu.")
    assert status == 200
    async with reader(t.here, t.maud.actor) as maud:
        page = await maud.get("/desk/conflicts")
        assert "Une perceuse pour samedi" in page.text
        assert "J’en ai une, avec ses mèches." in page.text
        assert "Il n’est pas venu." in page.text
        page = await maud.submit(page, button="Régler", outcome="cancelled", note="On en reste là.")
        assert page.notice == "C’est réglé, et les deux le savent."
        assert "Personne n’est en désaccord." in page.text


async def test_who_asks_to_join_is_welcomed_or_declined_with_a_word(tmp_path: Path) -> None:
    """The letter has the mediator's own words in it, and nothing else of theirs."""
    async with mailbox() as box:
        mail = {"host": "127.0.0.1", "port": box.port, "security": "none"}
        async with serving(new_sqlite(tmp_path), tmp_path, mail=mail) as node:
            maud = await node.account("maud", role="mediator")
            async with reader(node) as somebody, reader(node, maud) as desk:
                for name in ("paul", "rose"):
                    page = await somebody.get("/join")
                    await somebody.submit(
                        page,
                        "/join",
                        name=name.title(),
                        username=name,
                        email=f"{name}@example.org",
                        password="un chat, deux sacs",
                        text="J’habite au 5.",
                    )
                page = await desk.get("/desk")
                page = await desk.get(page.links["2 personnes veulent devenir membres"])
                assert "J’habite au 5." in page.text
                page = await desk.press(page, "L’accueillir : Paul")
                assert page.notice == "Paul est membre du quartier."
                page = await desk.submit(page, button="Décliner", words="Passez nous voir jeudi.")
                assert page.notice == "La demande est déclinée."
                assert "Personne n’attend de réponse." in page.text
                log = await desk.get("/desk/audit")
                assert "maud a décliné une demande d’adhésion" in log.text
                letters = {one["To"]: words(one) for one in [await box.one(), await box.one()]}
    assert "\n\nPassez nous voir jeudi.\n\n" in letters["rose@example.org"]
    assert "Passez nous voir" not in letters["paul@example.org"]
    assert "maud" not in letters["rose@example.org"]
