"""What a page is, and what its handler is handed.

An area of the pages is a package with plain async functions of a `Visit` and a tuple ``PAGES``.
Who may see a page, the language, the session, the check of forms and the answer to errors come
from the declaration; handlers read, act by `node.actions`, and render a template or go on.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal
from urllib.parse import quote, urlsplit

from aiohttp import web
from multidict import MultiDict, MultiDictProxy

from node.actions.remote import Remote
from node.errors import NotFound, Unauthenticated
from node.media.files import Files
from node.media.workshop import Workshop
from node.moderation.rates import Rate
from node.outbox.here import Here
from node.store.engine import Store
from node.web.site.languages import Language
from node.web.site.rendering import Renderer
from node.web.site.sessions import Person

NOTHING: Final = "Il n’y a rien à cette adresse."
EMPTY: Final[MultiDictProxy[Any]] = MultiDictProxy(MultiDict())
Who = Literal["anybody", "member", "mediator", "admin"]


@dataclass(frozen=True, slots=True)
class Parts:
    """What every page may need of the node."""

    here: Here
    store: Store
    remote: Remote
    workshop: Workshop
    files: Files


@dataclass(slots=True)
class Cookie:
    """Cookies that the answer sets: name → value, or None to drop it."""

    notice: str | None = None
    session: str | None = None
    """A token: whoever sits there is signed in from now on."""
    signed_out: bool = False
    language: str | None = None
    theme: str | None = None
    marked: bool = False
    """A form stands on the page: the browser needs its own cookie to send it."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One request for a page, or one form sent."""

    request: web.Request
    parts: Parts
    person: Person | None
    language: Language
    form: MultiDictProxy[Any]
    """Of a POST: fields, and `aiohttp.web.FileField` where a file was chosen."""
    new_mark: Callable[[], str]
    renderer: Renderer
    notice: str = ""
    """What the page before wants to be said on this one."""
    theme: str = "auto"
    """``auto`` (as the browser has it), ``light``, ``dark`` or ``contrast``."""
    cookies: Cookie = field(default_factory=Cookie)

    @property
    def here(self) -> Here:
        return self.parts.here

    @property
    def store(self) -> Store:
        return self.parts.store

    @property
    def now(self) -> float:
        return self.parts.here.clock.now()

    @property
    def me(self) -> Person:
        """Who is signed in; Unauthenticated for nobody."""
        if self.person is None:
            raise Unauthenticated("Connectez-vous pour continuer.")
        return self.person

    def is_at(self, path: str) -> bool:
        """Whether this page is the one at `path`, or below it."""
        here = self.request.path
        return here == path or (path != "/" and here.startswith(f"{path}/"))

    # ── what was asked ───────────────────────────────────────────────────────────────────────

    def path(self, name: str) -> str:
        return self.request.match_info[name]

    def number(self, name: str = "id") -> int:
        """An id of the path; NotFound for what cannot be one."""
        found = as_number(self.request.match_info[name])
        if found is None:
            raise NotFound(NOTHING)
        return found

    def query(self, name: str, default: str = "") -> str:
        return self.request.query.get(name, default)

    def text(self, name: str, default: str = "") -> str:
        """A field of the form as text, without spaces around it; browsers' line ends made plain."""
        value = self.form.get(name, default)
        return value.replace("\r\n", "\n").strip() if isinstance(value, str) else default

    def texts(self, name: str) -> list[str]:
        """All values of a field that may be chosen several times."""
        return [value.strip() for value in self.form.getall(name, []) if isinstance(value, str)]

    def ticked(self, name: str) -> bool:
        return self.form.get(name) in ("on", "1", "yes")

    @property
    def form_mark(self) -> str:
        """What a form of this page carries (`site.csrf`)."""
        self.cookies.marked = True
        return self.new_mark()

    # ── words ────────────────────────────────────────────────────────────────────────────────

    def say(self, text: str, **values: object) -> str:
        return self.language.say(text, **values)

    def count(self, one: str, many: str, n: int, **values: object) -> str:
        return self.language.count(one, many, n, **values)

    # ── answers ──────────────────────────────────────────────────────────────────────────────

    def page(
        self,
        template: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **values: object,
    ) -> web.Response:
        """A page from a template, which sees ``visit`` and the values."""
        text = self.renderer.render(self.language, template, visit=self, **values)
        response = web.Response(status=status, text=text, content_type="text/html")
        response.headers["Content-Language"] = self.language.code
        response.headers["Vary"] = "Accept, Accept-Language, Cookie"
        response.headers["Cache-Control"] = "private, no-cache"
        response.headers.update(headers or {})
        return response

    def go(self, path: str, notice: str = "") -> web.Response:
        """On to another page of ours (303), where the notice is shown."""
        if notice:
            self.cookies.notice = notice
        return web.Response(status=303, headers={"Location": local(path)})

    def sign_in_first(self) -> web.Response:
        back = self.request.path_qs if self.request.method == "GET" else "/"
        return self.go(f"/signin?next={quote(back, safe='')}")


Handler = Callable[[Visit], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One address of the pages, by one method."""

    method: Literal["GET", "POST"]
    path: str
    handler: Handler
    who: Who = "anybody"
    rate: Rate | None = None
    """How often one person, or one network where nobody is signed in, may do this."""
    body_bytes: int | None = None
    """How much a form may hold, where it is more than usual: for pictures."""
    unmarked: bool = False
    """A form that needs no mark: what it does needs a secret of the address itself."""


def show(path: str, handler: Handler, **declared: Any) -> Page:
    return Page(method="GET", path=path, handler=handler, **declared)


def act(path: str, handler: Handler, **declared: Any) -> Page:
    return Page(method="POST", path=path, handler=handler, **declared)


def as_number(text: str | None) -> int | None:
    if text and text.isascii() and text.isdigit() and len(text) <= 19 and int(text) < 2**63:
        return int(text)
    return None


def local(path: str) -> str:
    """A path of this node, or ``/`` for what leads elsewhere: nobody is sent away by a link."""
    parts = urlsplit(path)
    if parts.scheme or parts.netloc or not path.startswith("/") or path[1:2] in ("/", "\\"):
        return "/"
    if any(ord(letter) < 0x21 or ord(letter) == 0x7F for letter in path):
        return "/"
    return path


def to_document(uri: str) -> web.Response:
    """On to what machines read of the same thing."""
    return web.Response(status=303, headers={"Location": uri, "Vary": "Accept"})
