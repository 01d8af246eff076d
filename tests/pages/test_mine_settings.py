"""One's own things: dates, wishes, presentation, data, invitations, leaving."""

from __future__ import annotations

import io
import json

import pytest
from PIL import Image

from node.actions import agreements as acting
from node.actions import notices
from node.clock import to_iso
from node.store import accounts, actors, invitations, vouches
from tests.pages.mine import answered, node, person
from tests.pages.reading import reader
from tests.serving import PASSWORD, Serving

__all__ = ["node"]

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_the_calendar_has_what_was_agreed_and_where_people_meet(node: Serving) -> None:
    """By day; and the private address opens the same as iCalendar until it is ended."""
    now = node.here.clock.now()
    made = await answered(
        node,
        accepted=True,
        purpose="offer",
        topic="lending.tools",
        mode="loan",
        title="Perceuse",
        due=to_iso(now + 5 * 86_400),
        expires="30d",
    )
    await node.publish(
        made.answerer,
        purpose="offer",
        topic="collective.garden",
        mode="together",
        title="Matinée au jardin",
        gathering=True,
        starts=to_iso(now + 3 * 86_400),
    )
    async with reader(node, made.answerer) as b, reader(node) as anybody:
        page = await b.get("/me/calendar")
        days = [one.get_text(strip=True) for one in page.soup.select("main h2")]
        assert len(days) == 3  # two days, and the one about the telephone
        assert page.text.index("Matinée au jardin") < page.text.index("À rendre : Perceuse")
        assert page.links["À rendre : Perceuse"] == made.path
        page = await b.press(page, "Faire mon adresse")
        tag = page.soup.select_one(".code")
        assert tag is not None
        url = tag.get_text()
        answer = await anybody.session.get(url)
        assert answer.status == 200
        assert "Perceuse" in await answer.text()
        page = await b.get("/me/calendar")
        assert page.soup.select_one(".code") is None
        page = await b.press(page, "Supprimer l’adresse")
        assert (await anybody.session.get(url)).status == 404


async def test_one_says_how_to_be_told(node: Serving) -> None:
    """For all, and for each sort of news; what another program set in detail stays."""
    who = await person(node)
    async with reader(node, who) as a:
        page = await a.submit(
            await a.get("/me/settings"), "/me/settings", all="never", messages="now"
        )
        assert page.notice == "C’est enregistré."
        account = await node.store.read(accounts.by_actor, who.id)
        assert account is not None
        assert dict(account.notify) == {"*": "never", "message": "now"}
        wanted = {"agreement-refused": "never"}
        await node.store.write(notices.set_preferences, who, wanted)
        page = await a.submit(await a.get("/me/settings"), "/me/settings", suggestions="never")
        account = await node.store.read(accounts.by_actor, who.id)
        assert account is not None
        assert dict(account.notify) == {"agreement-refused": "never", "suggestion": "never"}
        page = await a.submit(page, "/me/settings/contact", contact="x" * 501)
        assert page.status == 422
        assert page.problems
        page = await a.submit(await a.get("/me/settings"), "/display", language="en")
        assert page.h1 == "My settings"


async def test_one_s_presentation(node: Serving) -> None:
    """Name, words and picture, as everybody sees them."""
    who = await person(node)
    drawn = io.BytesIO()
    Image.new("RGB", (600, 400), "#9c3f17").save(drawn, "PNG")
    async with reader(node, who) as a:
        page = await a.submit(
            await a.get("/me/profile"), "/me/profile", name="Zoé", note="J’aime jardiner.\n<script>"
        )
        assert page.notice == "C’est enregistré."
        page = await a.submit(
            page, "/me/profile/picture", picture=("moi.png", drawn.getvalue(), "image/png")
        )
        assert page.notice == "Votre image est changée."
        image = page.soup.select_one("img.portrait")
        assert image is not None
        shown = await a.session.get(str(image["src"]))
        assert shown.status == 200
        page = await a.submit(
            page, "/me/profile/picture", picture=("x.png", b"nothing", "image/png")
        )
        assert page.status == 422
        assert page.problems
        page = await a.press(page, "Retirer l’image")
        assert page.soup.select_one("img.portrait") is None
        page = await a.submit(page, "/me/profile", note="x" * 2_001)
        assert page.status == 422
        assert "Zoé" in (await a.get(f"/@{who.username}")).text


async def test_somebody_vouches_for_somebody(node: Serving) -> None:
    """By name and date; not for oneself; and it can be taken back."""
    one, other = await person(node), await person(node)
    async with reader(node, one) as a, reader(node, other) as b:
        page = await a.get(f"/@{other.username}")
        page = await a.get(page.links["Je connais cette personne"])
        page = await a.press(page, f"Je réponds de {other.name}")
        assert f"Vous répondez de {other.name} depuis le" in page.text
        assert one.name in (await b.get("/me/profile")).text
        page = await a.press(page, "Le reprendre")
        assert await node.store.read(vouches.for_, other.id) == []
        page = await a.press(
            await a.get(f"/me/vouches/{one.username}"), f"Je réponds de {one.name}"
        )
        assert page.status == 422
        assert (await a.get("/me/vouches/personne-de-ce-nom")).status == 404


async def test_an_invitation_opens_an_account_until_it_is_taken_back(node: Serving) -> None:
    """The link is shown with its QR to who made it, and to nobody else."""
    one, other = await person(node), await person(node)
    async with reader(node, one) as a, reader(node, other) as b:
        page = await a.submit(await a.get("/me/invite"), "/me/invite", uses="3", days="7")
        assert page.h1 == f"{one.name} vous invite"
        tag = page.soup.select_one(".code")
        assert tag is not None
        assert tag.get_text().startswith(f"{node.base}/join/")
        svg = page.soup.select_one(".qr svg")
        assert svg is not None
        assert not page.soup.select("[style]")
        assert (await b.get(page.path)).status == 404
        page = await a.submit(await a.get("/me/invite"), "/me/invite", uses="51")
        assert page.status == 422
        assert page.soup.select_one("#f-uses[aria-invalid]") is not None
        page = await a.press(await a.get("/me/invite"), "La reprendre")
        assert "Aucune pour le moment." in page.text
        (kept,) = await node.store.read(invitations.of, one.id)
        assert kept.revoked_at is not None
        page = await a.get("/me/invite")
        assert "association" not in {
            str(option["value"]) for option in page.soup.select("#f-kind option")
        }


async def test_one_takes_one_s_data_along(node: Serving) -> None:
    made = await answered(node)
    async with reader(node, made.author) as a:
        page = await a.press(await a.get("/me/data"), "Télécharger mes données")
        assert page.headers["Content-Disposition"].startswith("attachment;")
        told = json.loads(page.html)
        assert told["account"]["username"] == made.author.username
        assert "Courses pour mardi" in page.html


async def test_leaving(node: Serving) -> None:
    """With the password, after reading what happens; the other side learns of it, and the browser
    is signed out."""
    made = await answered(node, accepted=True)
    async with reader(node, made.author) as a, reader(node, made.answerer) as b:
        page = await a.get("/me/leave")
        assert page.links["Courses pour mardi"] == made.path
        page = await a.submit(page, "/me/leave", password="ce n’est pas lui")
        assert page.status == 422
        assert page.problems == ["Ce n’est pas votre mot de passe."]
        page = await a.submit(page, "/me/leave", password=PASSWORD)
        assert page.path == "/"
        assert "Votre compte est supprimé." in page.notice
        assert (await a.get("/me")).path.startswith("/signin")
        assert (await b.get("/me")).status == 200
        assert "Ce qui était convenu est annulé." in (await b.get("/me/news")).text
    gone = await node.store.read(actors.by_id, made.author.id)
    assert gone is None or gone.gone


async def test_a_loan_that_is_out_is_named_before_leaving(node: Serving) -> None:
    made = await answered(
        node, accepted=True, purpose="offer", topic="lending.tools", mode="loan", title="Échelle"
    )
    await node.store.write(acting.hand_over, node.here, made.author, made.agreement.id)
    async with reader(node, made.answerer) as b:
        page = await b.get("/me/leave")
        assert "n’est pas encore rendu" in page.text
        assert page.links["Échelle"] == made.path
