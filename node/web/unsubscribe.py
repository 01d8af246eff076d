"""Where the links of our mails lead: no more mail (RFC 8058), an address confirmed, a new password.

To look at a page changes nothing, since mail programs and their guards open links by themselves;
its one button does it. No cookie is asked for: the key in the address is all that opens it, so no
other site can press the button without knowing it.
"""

from __future__ import annotations

import asyncio
from typing import Final

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from node.actions import credentials, mailing
from node.actions.passwords import hash_password
from node.errors import Invalid, NotFound
from node.moderation.rates import Rate, Rates
from node.outbox.here import Here
from node.outbox.reading.network import NETWORK
from node.social.accounts import check_password
from node.store.engine import Store
from node.web.letter_words import LETTER_WORDS, LetterWords
from node.web.words import WORDS, language_of

KEYS: Final = Rate("keys", 25, 1800.0)
PRIVATE: Final = {
    # The address is a secret: it is neither kept nor told to whom the page links.
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "Vary": "Accept-Language",
}


class LetterPages:
    def __init__(self, here: Here, store: Store) -> None:
        self._here = here
        self._store = store
        self._rates = Rates(enforced=here.settings.limits.rate_limits)
        self._templates = Environment(
            loader=PackageLoader("node.web"),
            autoescape=select_autoescape(),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/unsubscribe/{key}", self.unsubscribe),
            web.post("/unsubscribe/{key}", self.unsubscribed),
            web.get("/confirm/{key}", self.confirm),
            web.post("/confirm/{key}", self.confirmed),
            web.get("/reset/{key}", self.reset),
            web.post("/reset/{key}", self.was_reset),
        ]

    # ── no more mail ─────────────────────────────────────────────────────────────────────────

    async def unsubscribe(self, request: web.Request) -> web.Response:
        words, key = _words(request), self._key(request)
        try:
            await self._store.read(mailing.subscriber, key)
        except NotFound:
            return self._over(request, words)
        return self._page(request, words.stop, words.stop_text, button=words.stop_button)

    async def unsubscribed(self, request: web.Request) -> web.Response:
        """By the button, or by a mail program that posts ``List-Unsubscribe=One-Click``."""
        words, key = _words(request), self._key(request)
        try:
            await self._store.write(mailing.unsubscribe, key)
        except NotFound:
            return self._over(request, words)
        return self._page(request, words.stopped, words.stopped_text)

    # ── an address ───────────────────────────────────────────────────────────────────────────

    async def confirm(self, request: web.Request) -> web.Response:
        words, key = _words(request), self._key(request)
        try:
            await self._store.read(credentials.check_key, self._here, key, credentials.EMAIL)
        except NotFound:
            return self._over(request, words)
        return self._page(request, words.confirm, words.confirm_text, button=words.confirm_button)

    async def confirmed(self, request: web.Request) -> web.Response:
        words, key = _words(request), self._key(request)
        try:
            await self._store.write(credentials.confirm_address, self._here, key)
        except NotFound:
            return self._over(request, words)
        return self._page(request, words.confirmed, words.confirmed_text)

    # ── a password ───────────────────────────────────────────────────────────────────────────

    async def reset(self, request: web.Request) -> web.Response:
        words, key = _words(request), self._key(request)
        try:
            await self._store.read(credentials.check_key, self._here, key, credentials.PASSWORD)
        except NotFound:
            return self._over(request, words)
        return self._ask_password(request, words)

    async def was_reset(self, request: web.Request) -> web.Response:
        words, key = _words(request), self._key(request)
        form = await request.post()
        try:
            await self._store.read(credentials.check_key, self._here, key, credentials.PASSWORD)
            word = check_password(str(form.get("password", "")))
            hashed = await asyncio.to_thread(hash_password, word)
            await self._store.write(credentials.use_password_key, self._here, key, hashed)
        except NotFound:
            return self._over(request, words)
        except Invalid as error:
            return self._ask_password(request, words, error.public, status=422)
        return self._page(request, words.was_reset, words.was_reset_text)

    def _ask_password(
        self, request: web.Request, words: LetterWords, text: str = "", status: int = 200
    ) -> web.Response:
        return self._page(
            request,
            words.reset,
            text or words.reset_text,
            button=words.reset_button,
            password=words.password,
            status=status,
        )

    # ── both ─────────────────────────────────────────────────────────────────────────────────

    def _key(self, request: web.Request) -> str:
        """The key of the address. Raises TooMany for whoever tries many."""
        self._rates.spend(KEYS, request.get(NETWORK, ""), self._here.clock.now())
        return request.match_info["key"][:100]

    def _over(self, request: web.Request, words: LetterWords) -> web.Response:
        return self._page(request, words.over, words.over_text, status=404)

    def _page(
        self,
        request: web.Request,
        title: str,
        text: str,
        *,
        button: str = "",
        password: str = "",
        status: int = 200,
    ) -> web.Response:
        words = WORDS[language_of(request)]
        page = self._templates.get_template("letter.html").render(
            words=words,
            quartier=self._here.settings.node.name,
            title=title,
            text=text,
            button=button,
            password=password,
        )
        return web.Response(
            status=status,
            text=page,
            content_type="text/html",
            headers={**PRIVATE, "Content-Language": words.language},
        )


def _words(request: web.Request) -> LetterWords:
    return LETTER_WORDS[language_of(request)]
