"""The pages as routes: from a declaration to an answer."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Final
from urllib.parse import quote, unquote

from aiohttp import web

from node.errors import BadInput, EntraideError, Forbidden, TooLarge, TooMany, Unavailable
from node.moderation.rates import Rate, Rates
from node.outbox.reading.network import NETWORK
from node.store import node_secrets, notifications, web_sessions
from node.store.transaction import Transaction
from node.web.guards.bodies import READS_BODY
from node.web.site import csrf
from node.web.site.languages import FRENCH, Language, known, language, preferred
from node.web.site.policy import policy
from node.web.site.rendering import Renderer
from node.web.site.sessions import LASTS_S, Cookies, Person
from node.web.site.visit import EMPTY, NOTHING, Page, Parts, Visit

log = logging.getLogger(__name__)

YEAR_S: Final = 365 * 86_400
NOTICE_MAX: Final = 600
UNREAD_MOST: Final = 99
THEMES: Final = ("auto", "light", "dark", "contrast")


class Site:
    """Answers the pages of all areas."""

    def __init__(self, parts: Parts, pages: Iterable[Page]) -> None:
        settings = parts.here.settings
        self._parts = parts
        self._pages = tuple(pages)
        self._cookies = Cookies(settings.base_url)
        self._renderer = Renderer(settings)
        self._rates = Rates(enforced=settings.limits.rate_limits)
        self._signed_in = Rate(
            "pages of a person", settings.limits.requests_per_5min_signed_in, 300.0
        )
        self._policy = policy(settings)
        self._key = b""

    async def start(self) -> None:
        """Before the first page: the key of the forms is had."""
        key = await self._parts.store.read(node_secrets.of, "forms")
        if key is None:
            fresh = secrets.token_hex(32)
            key = await self._parts.store.write(node_secrets.put_first, "forms", fresh)
        self._key = key.encode()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(page.path, self._handler(page))
            if page.method == "GET"
            else web.post(page.path, self._handler(page))
            for page in self._pages
        ]

    def _handler(self, page: Page) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            browser = self._cookies.read(request, self._cookies.browser)
            new = not csrf.is_browser(browser)
            if new:
                browser = csrf.new_browser()
            person = await self._person(request)
            visit = self._visit(request, person, browser)
            try:
                if page.who != "anybody" and person is None:
                    response: web.StreamResponse = visit.sign_in_first()
                else:
                    visit = await self._checked(page, visit, browser)
                    response = await page.handler(visit)
            except EntraideError as error:
                response = self._problem(visit, error)
            if not response.prepared:
                self._finish(visit, response, browser if new else None)
            return response

        setattr(handle, READS_BODY, page.body_bytes is not None)
        return handle

    async def _checked(self, page: Page, visit: Visit, browser: str) -> Visit:
        """The visit with its form. Raises Forbidden, TooMany, TooLarge."""
        request, person = visit.request, visit.person
        _check_letters(request.query.values())
        _check_letters(request.match_info.values())
        if person is not None:
            who = f"person {person.actor.id}"
            self._rates.spend(self._signed_in, who, visit.now)
        else:
            who = str(request.get(NETWORK, ""))
        if page.rate is not None and request.method == "POST":
            self._rates.spend(page.rate, who, visit.now)
        if request.method == "POST":
            visit = await self._with_form(page, visit, browser)
        if person is not None and page.who != "anybody" and not person.has_role(page.who):
            raise Forbidden("Cela est réservé à la médiation du quartier.")
        return visit

    async def _with_form(self, page: Page, visit: Visit, browser: str) -> Visit:
        request = visit.request
        most = page.body_bytes or self._parts.here.settings.limits.body_bytes
        if (request.content_length or 0) > most:
            raise TooLarge("C’est plus que ce site ne lit en une fois.")
        request._client_max_size = most
        try:
            async with asyncio.timeout(self._parts.here.settings.limits.body_seconds):
                form = await request.post()
        except TimeoutError:
            raise web.HTTPRequestTimeout(reason="The body took too long.") from None
        except ValueError as error:
            raise BadInput("Ce formulaire ne peut pas être lu.") from error
        _check_letters(value for value in form.values() if isinstance(value, str))
        if not page.unmarked:
            given = request.headers.get(csrf.HEADER) or form.get(csrf.FIELD, "")
            csrf.check(
                request,
                str(given),
                self._parts.here.settings.base_url,
                key=self._key,
                browser=browser,
                session=visit.person.session if visit.person else "",
            )
        return replace(visit, form=form)

    def _visit(self, request: web.Request, person: Person | None, browser: str) -> Visit:
        theme = self._cookies.read(request, self._cookies.theme)
        return Visit(
            request=request,
            parts=self._parts,
            person=person,
            language=self._language(request, person),
            form=EMPTY,
            new_mark=partial(csrf.mark, self._key, browser, person.session if person else ""),
            renderer=self._renderer,
            notice=unquote(self._cookies.read(request, self._cookies.notice))[:NOTICE_MAX],
            theme=theme if theme in THEMES else "auto",
        )

    async def _person(self, request: web.Request) -> Person | None:
        token = self._cookies.read(request, self._cookies.session)
        if not token:
            return None
        found = await self._parts.store.read(_signed_in, token, self._parts.here.clock.now())
        if found is None:
            return None
        person, stale = found
        if stale:
            await self._parts.store.write(
                web_sessions.seen, person.session, self._parts.here.clock.now()
            )
        return person

    def _language(self, request: web.Request, person: Person | None) -> Language:
        offered = self._renderer.offered
        chosen = self._cookies.read(request, self._cookies.language)
        if chosen not in offered and person is not None:
            chosen = person.account.locale
        if chosen not in offered:
            chosen = preferred(request.headers.get("Accept-Language", ""), offered) or FRENCH
        return language(chosen if chosen in known() else FRENCH)

    # ── after the handler ────────────────────────────────────────────────────────────────────

    def _finish(self, visit: Visit, response: web.StreamResponse, browser: str | None) -> None:
        cookies, changes = self._cookies, visit.cookies
        response.headers.setdefault("Content-Security-Policy", self._policy)
        if response.content_type == "text/html":
            response.enable_compression()
        if browser is not None and changes.marked:
            cookies.put(response, cookies.browser, browser, seconds=YEAR_S)
        if changes.notice is not None:
            text = quote(changes.notice[:NOTICE_MAX])
            cookies.put(response, cookies.notice, text, seconds=120)
        elif visit.notice and response.status == 200 and response.content_type == "text/html":
            cookies.drop(response, cookies.notice)
        if changes.language is not None:
            cookies.put(response, cookies.language, changes.language, seconds=YEAR_S)
        if changes.theme is not None:
            cookies.put(response, cookies.theme, changes.theme, seconds=YEAR_S)
        if changes.session is not None:
            cookies.put(response, cookies.session, changes.session, seconds=LASTS_S)
            # Another person, other forms: what lay open before is not theirs.
            cookies.put(response, cookies.browser, csrf.new_browser(), seconds=YEAR_S)
        elif changes.signed_out:
            cookies.drop(response, cookies.session)

    # ── errors ───────────────────────────────────────────────────────────────────────────────

    def _problem(self, visit: Visit, error: EntraideError) -> web.Response:
        if error.status >= 500:
            log.warning("%s %s: %s", visit.request.method, visit.request.path, error)
        response = self._told(visit, error.status, error.public)
        if isinstance(error, TooMany | Unavailable):
            response.headers["Retry-After"] = str(error.retry_after)
        return response

    def _told(self, visit: Visit, status: int, text: str) -> web.Response:
        return visit.page("problem.html", status=status, text=visit.language.explain(text))

    def problem(self, request: web.Request, status: int, text: str) -> web.Response:
        """For what went wrong where no page is: an address that is none, a body that is too long.
        Nobody's session is looked at for it."""
        visit = self._visit(request, None, csrf.new_browser())
        response = self._told(visit, status, NOTHING if status == 404 else text)
        response.headers["Content-Security-Policy"] = self._policy
        return response


def _check_letters(texts: Iterable[str]) -> None:
    """What no keyboard makes, and databases do not take. Raises BadInput."""
    for text in texts:
        if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
            raise BadInput("Il y a là un caractère qui ne peut pas y être.")


def _signed_in(tx: Transaction, token: str, now: float) -> tuple[Person, bool] | None:
    found = web_sessions.find(tx, token, now=now)
    if found is None:
        return None
    unread = notifications.unread_count(tx, found.actor.id, most=UNREAD_MOST)
    return Person(found.actor, found.account, found.hash, unread), found.stale
