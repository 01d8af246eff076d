"""What stands on one’s page besides agreements: announcements, suggestions, news."""

from __future__ import annotations

import pytest

from node.actions import agreements as acting
from node.actions import drafts as drafting
from node.store import suggestions
from tests.pages.mine import answered, node, person
from tests.pages.reading import Read, reader
from tests.serving import Serving

__all__ = ["node"]

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_what_ends_is_renewed(node: Serving) -> None:
    """Near its end, and after it, one button keeps an announcement."""
    author = await person(node)
    await node.publish(author, title="Bientôt finie", expires="30d")
    await node.publish(author, title="Toute fraîche", expires="60d")
    async with reader(node, author) as a:
        assert "Est-ce encore d’actualité" not in (await a.get("/me")).text
        here = node.here
        clock = here.clock
        try:
            object.__setattr__(here, "clock", _Later(clock, 29.5 * 86_400))
            page = await a.get("/me")
            assert page.buttons.count("Oui, la garder") == 1
            page = await a.press(page, "Oui, la garder")
            assert "publiée jusqu’au" in page.notice
            assert "Oui, la garder" not in page.buttons
        finally:
            object.__setattr__(here, "clock", clock)


def _menu(page: Read) -> str:
    found = page.soup.select_one("header nav")
    assert found is not None
    return " ".join(found.get_text(" ").split())


class _Later:
    """The same clock, so many seconds ahead."""

    def __init__(self, clock: object, seconds: float) -> None:
        self._clock, self._seconds = clock, seconds

    def now(self) -> float:
        return float(self._clock.now()) + self._seconds  # type: ignore[attr-defined]


async def test_what_is_not_published_stands_there_too(node: Serving) -> None:
    """Begun, being looked at, sent back with a word: each leads to where it goes on."""
    author, maud = await person(node), await person(node, role="mediator")
    fields = {
        "purpose": "offer",
        "topic": "services.diy",
        "mode": "service",
        "title": "Petits travaux",
        "language": "fr",
    }
    kept = await node.store.write(drafting.save, node.here, author, fields)
    async with reader(node, author) as a:
        page = await a.get("/me")
        assert "Pas encore envoyée" in page.text
        assert page.links["Petits travaux"] == f"/write/{kept.id}/words"
        await node.store.write(drafting.send, node.here, author, kept.id, review=True)
        page = await a.get("/me")
        assert "La médiation la relit" in page.text
        await node.store.write(drafting.send_back, node.here, maud, kept.id, "Quels jours ?")
        page = await a.get("/me")
        assert "La médiation vous l’a renvoyée" in page.text
        assert "Quels jours ?" in page.text
        news = await a.get("/me/news")
        page = await a.get(next(at for at in news.links.values() if at.startswith("/me/news/")))
        assert page.path == f"/write/{kept.id}/words"


async def test_suggestions_are_shown_and_put_aside(node: Serving) -> None:
    author, other = await person(node), await person(node)
    request = await node.publish(author, title="Une perceuse", topic="lending.tools", mode="loan")
    offer = await node.publish(
        other, purpose="offer", title="Ma perceuse", topic="lending.tools", mode="loan"
    )
    numbers = [int(uri.rsplit("/", 1)[1]) for uri in (request, offer)]
    await node.store.write(
        suggestions.add,
        request_id=numbers[0],
        offer_id=numbers[1],
        reasons={"topic": "lending.tools", "same_topic": True, "metres": 300},
        now=node.here.clock.now(),
    )
    async with reader(node, author) as a:
        page = await a.get("/me")
        assert page.links["Voir et répondre"] == f"/@{other.username}/{numbers[1]}"
        assert "même besoin" in page.text
        page = await a.press(page, "Cela ne va pas")
        assert "Cette suggestion ne reviendra pas." in page.notice
        assert "Ma perceuse" not in page.text


async def test_news_are_counted_and_read(node: Serving) -> None:
    """The menu says how much is new; what was opened is new no more."""
    made = await answered(node)
    async with reader(node, made.author) as a:
        page = await a.get("/")
        assert "Mon entraide (1) , 1 nouvelle" in _menu(page)
        page = await a.get("/me/news")
        link = next(path for path in page.links.values() if path.startswith("/me/news/"))
        page = await a.get(link)
        assert page.path == made.path
        page = await a.get("/")
        assert "(1)" not in _menu(page)
    again = await answered(node)
    async with reader(node, again.author) as a:
        await a.get(again.path)  # reading it there is reading it
        page = await a.get("/me/news")
        assert "J’ai tout lu" not in page.buttons
        await node.store.write(acting.withdraw, node.here, again.answerer, again.agreement.id)
        page = await a.press(await a.get("/me/news"), "J’ai tout lu")
        assert page.notice == "Tout est lu."
        assert page.soup.select(".fresh") == []
