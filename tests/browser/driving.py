"""People before a browser: who they are, how large their screen is, whether scripts run.

    pytestmark = pytest.mark.asyncio(loop_scope="module")

    async def test_x(browser: Driver, tmp_path: Path) -> None:
        async with serving(f"sqlite:///{tmp_path}/x.db", tmp_path) as node:
            page = await browser.visit(node, "/", actor=amina)

Whatever a page is refused by its own policy, or throws, fails the test at `Driver.check`, which
`visit` of the next page and the end of the module call.
"""

from __future__ import annotations

from typing import Any, Literal

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Error, Page

from node.social.accounts import Actor
from tests.pages.reading import session_of
from tests.serving import Serving

PHONE = (390, 844)
DESK = (1280, 900)
SMALL = (320, 640)
Theme = Literal["light", "dark", "no-preference"]


class Driver:
    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.wrong: list[str] = []
        """What the pages complained of."""
        self._contexts: list[BrowserContext] = []

    async def person(
        self,
        node: Serving,
        actor: Actor | None = None,
        *,
        js: bool = True,
        screen: tuple[int, int] = PHONE,
        theme: Theme = "light",
        language: str = "fr-FR",
        **options: Any,
    ) -> BrowserContext:
        """A browser of somebody's own; `actor` is signed in."""
        context = await self.browser.new_context(
            java_script_enabled=js,
            viewport={"width": screen[0], "height": screen[1]},
            color_scheme=theme,
            locale=language,
            **options,
        )
        context.set_default_timeout(15_000)
        if actor is not None:
            token = await session_of(node, actor)
            await context.add_cookies([{"name": "entraide", "value": token, "url": node.base}])
        context.on("console", self._heard)
        context.on("weberror", lambda error: self.wrong.append(f"thrown: {error.error}"))
        self._contexts.append(context)
        return context

    async def visit(
        self, node: Serving, path: str, actor: Actor | None = None, **options: Any
    ) -> Page:
        """A page before somebody (options as of `person`)."""
        self.check()
        context = await self.person(node, actor, **options)
        page = await context.new_page()
        await page.goto(f"{node.base}{path}")
        return page

    def check(self) -> None:
        wrong, self.wrong = self.wrong, []
        assert not wrong, wrong

    async def close(self) -> None:
        for context in self._contexts:
            try:
                await context.close()
            except Error:
                continue  # it was closed by its test
        self.check()

    def _heard(self, message: ConsoleMessage) -> None:
        refused = "Content Security Policy" in message.text or "violates" in message.text
        if refused:
            self.wrong.append(message.text)
