"""A small server of somebody else's making: reads one scheme of signatures and keeps what it gets.

async with Peer(speaks="cavage") as peer:
    quartier = await peer.webfinger(f"@quartier@{node.domain}")
    follow = await peer.follow(quartier)
    accept = await peer.received(lambda activity: activity["type"] == "Accept")
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, Self

import orjson
from aiohttp import web

from tests.closing import close_runner
from tests.peers import documents
from tests.peers.checking import Checker, Proof
from tests.peers.client import Answer, Client, Collection
from tests.peers.documents import Document, User
from tests.peers.keys import NotVerified
from tests.peers.verifying import Request, Scheme, Signed

Mode = Literal["well", "slow", "never", "500", "410"]


@dataclass(frozen=True, slots=True)
class Received:
    """A POST to one of the peer's inboxes."""

    at: float
    """Seconds since the epoch."""
    path: str
    request: Request
    activity: Document
    signed: Signed | None
    proofs: tuple[Proof, ...]
    status: int
    """What the peer answered."""
    error: str | None
    """Why it was refused."""


class Peer:
    """A server on loopback with a port of its own.

    ``speaks`` is how it signs, and unless ``reads`` says otherwise the only scheme it can read:
    any other is answered 401, as is a POST without a signature or with a wrong one. With
    ``authorized_fetch`` GETs are held to the same, except for its own node actor. ``mode`` is
    how its inboxes behave, ``reading_mode`` how everything else does.
    """

    def __init__(
        self,
        speaks: Scheme = "cavage",
        *,
        users: Iterable[str] = ("zoe",),
        reads: Iterable[Scheme] | None = None,
        host: str = "127.0.0.1",
        accepts_follows: bool = True,
        authorized_fetch: bool = False,
    ) -> None:
        self.speaks = speaks
        self.reads = frozenset(reads if reads is not None else (speaks,))
        self.mode: Mode = "well"
        self.reading_mode: Mode = "well"
        self.delay_s = 1.0
        self.authorized_fetch = authorized_fetch
        self.accepts_follows = accepts_follows
        self.serves: dict[str, Document] = {}
        self.users: dict[str, User] = {}
        self.inbox_log: list[Received] = []
        """All POSTs, those refused too."""
        self.reading_log: list[Request] = []
        """All GETs."""
        self.port = 0
        self._host = host
        self._names = tuple(users)
        self._client = Client(speaks)
        self._runner: web.AppRunner | None = None
        self._news = asyncio.Condition()
        self._gone = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._counter = 0
        self._checker = Checker(self._ask_as_instance)

    # ── life ─────────────────────────────────────────────────────────────────────────────────

    async def __aenter__(self) -> Self:
        await self._client.open()
        await self.open_port()
        self.add_user("instance", kind="Application")
        for name in self._names:
            self.add_user(name)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._gone.set()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.close_port()
        await self._client.close()

    async def open_port(self) -> None:
        """Listen; after `close_port` on the same port again."""
        application = web.Application(client_max_size=4 * 1024 * 1024)
        application.router.add_post("/{path:.*}", self._post)
        application.router.add_get("/{path:.*}", self._get)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self.port, reuse_address=True)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def close_port(self) -> None:
        """Nobody answers there any more."""
        if self._runner is not None:
            await close_runner(self._runner)
            self._runner = None

    # ── who is here ──────────────────────────────────────────────────────────────────────────

    @property
    def domain(self) -> str:
        return f"{self._host}:{self.port}"

    @property
    def base(self) -> str:
        return f"http://{self.domain}"

    @property
    def user(self) -> User:
        """The first user."""
        return self.users[self._names[0]]

    def add_user(self, name: str, *, kind: str = "Person") -> User:
        user = self.users[name] = User(self.base, name, kind)
        return user

    # ── what it does ─────────────────────────────────────────────────────────────────────────

    async def get(self, url: str, *, user: User | None = None) -> Document:
        return await self._client.document(user or self.user, url)

    async def ask(self, url: str, *, user: User | None = None) -> Answer:
        """A signed GET, whatever the answer."""
        return await self._client.request(user or self.user, "GET", url)

    async def webfinger(self, handle: str) -> str:
        return await self._client.webfinger(self.user, handle)

    async def read_collection(self, url: str, *, user: User | None = None) -> Collection:
        return await self._client.collection(user or self.user, url)

    async def post(
        self, inbox: str, activity: Document | bytes, *, user: User | None = None
    ) -> Answer:
        body = activity if isinstance(activity, bytes) else orjson.dumps(activity)
        return await self._client.request(user or self.user, "POST", inbox, body)

    async def send(
        self, method: str, url: str, headers: dict[str, str], body: bytes = b""
    ) -> Answer:
        """A request with exactly these headers."""
        return await self._client.send(method, url, headers, body)

    async def follow(self, actor: str, *, user: User | None = None) -> Document:
        """Ask to follow; the Follow that was sent, after its 2xx."""
        user = user or self.user
        target = await self.get(actor, user=user)
        follow = {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": self.new_id(user, "follows"),
            "type": "Follow",
            "actor": user.id,
            "object": actor,
        }
        answer = await self.post(target["inbox"], follow, user=user)
        assert 200 <= answer.status < 300, f"Follow: {answer.status} {answer.body!r}"
        return follow

    async def _ask_as_instance(self, url: str) -> Answer:
        return await self._client.request(self.users["instance"], "GET", url)

    def new_id(self, user: User, kind: str) -> str:
        self._counter += 1
        return f"{user.id}#{kind}/{self._counter}"

    def publish(self, user: User, content: str, **more: Any) -> Document:
        """A Create of a public note that the peer serves from now on; it is not sent yet."""
        self._counter += 1
        note = documents.note(user, str(self._counter), content, **more)
        self.serves[note["id"].removeprefix(self.base)] = note
        create = documents.create(user, note)
        self.serves[create["id"].removeprefix(self.base)] = create
        user.outbox.insert(0, create)
        return create

    # ── what it got ──────────────────────────────────────────────────────────────────────────

    @property
    def activities(self) -> list[Document]:
        """All that it accepted, in order of arrival."""
        return [one.activity for one in self.inbox_log if one.error is None]

    @property
    def refused(self) -> list[Received]:
        return [one for one in self.inbox_log if one.error is not None]

    async def received(
        self,
        wanted: Callable[[Document], bool],
        *,
        timeout: float = 10.0,  # noqa: ASYNC109 - a test says how long it waits
    ) -> Received:
        """The first accepted activity that is wanted, whether here already or still to come."""
        try:
            async with asyncio.timeout(timeout), self._news:
                while True:
                    for one in self.inbox_log:
                        if one.error is None and wanted(one.activity):
                            return one
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(
                f"{self.domain} ({self.speaks}) did not get it within {timeout} s. "
                f"It got: {self._summary()}"
            ) from None

    def _summary(self) -> str:
        return "; ".join(
            f"{one.activity.get('type')} {one.activity.get('id')}"
            + (f" (refused: {one.error})" if one.error else "")
            for one in self.inbox_log
        )

    async def verify(self, request: Request) -> Signed:
        """Check a request's signature in whichever scheme it is. Raises NotVerified."""
        return await self._checker.request(request)

    async def verify_proofs(self, document: Document) -> tuple[Proof, ...]:
        """Every proof within a document, with what is wrong with it."""
        return await self._checker.proofs(document)

    # ── the server ───────────────────────────────────────────────────────────────────────────

    async def _post(self, request: web.Request) -> web.Response:
        body = await request.read()
        if self.mode != "well":
            answer = await self._unwell(self.mode)
            if answer is not None:
                return answer
        came = self._request(request, body)
        signed: Signed | None = None
        proofs: tuple[Proof, ...] = ()
        activity: Document = {}
        error: str | None = None
        status = 202
        try:
            if not request.path.endswith("/inbox"):
                raise web.HTTPNotFound
            signed = await self._checker.request(came, reads=self.reads)
            activity = orjson.loads(body)
            proofs = await self.verify_proofs(activity)
        except NotVerified as reason:
            error, status = str(reason), 401
        except orjson.JSONDecodeError as reason:
            error, status = str(reason), 400
        one = Received(time.time(), request.path, came, activity, signed, proofs, status, error)
        async with self._news:
            self.inbox_log.append(one)
            self._news.notify_all()
        if error is None:
            self._react(activity)
        return web.Response(status=status, text=error or "")

    async def _get(self, request: web.Request) -> web.Response:
        if self.reading_mode != "well":
            answer = await self._unwell(self.reading_mode)
            if answer is not None:
                return answer
        came = self._request(request, b"")
        self.reading_log.append(came)
        if request.path == "/.well-known/webfinger":
            return self._webfinger(request.query.get("resource", ""))
        if self.authorized_fetch and request.path != "/actor":
            try:
                await self._checker.request(came, reads=self.reads)
            except NotVerified as reason:
                return web.Response(status=401, text=str(reason))
        found = self.serves.get(request.path) or self._own(request.path)
        if found is None:
            return web.Response(status=404)
        status = 410 if found.get("type") == "Tombstone" else 200
        return _json(found, "application/activity+json; charset=utf-8", status)

    def _own(self, path: str) -> Document | None:
        for user in self.users.values():
            match path.removeprefix(user.path):
                case "" if path == user.path:
                    return documents.actor(user, with_multikey=self._has_multikey)
                case "/followers":
                    return documents.collection(f"{user.id}/followers", list(user.followers))
                case "/following":
                    return documents.collection(f"{user.id}/following", list(user.following))
                case "/outbox":
                    return documents.collection(f"{user.id}/outbox", list(user.outbox))
                case "/collections/featured":
                    return documents.collection(f"{user.id}/collections/featured", [])
        return None

    @property
    def _has_multikey(self) -> bool:
        return "rfc9421-ed25519" in (self.speaks, *self.reads)

    def _webfinger(self, resource: str) -> web.Response:
        for user in self.users.values():
            if resource in (f"acct:{user.handle.removeprefix('@')}", user.id):
                return _json(documents.webfinger(user), "application/jrd+json")
        return web.Response(status=404)

    async def _unwell(self, mode: Mode) -> web.Response | None:
        match mode:
            case "slow":
                await asyncio.sleep(self.delay_s)
                return None
            case "never":
                await self._gone.wait()
                return web.Response(status=503)
            case _:
                return web.Response(status=int(mode) if mode != "well" else 200)

    def _request(self, request: web.Request, body: bytes) -> Request:
        return Request(
            method=request.method,
            url=f"{self.base}{request.raw_path}",
            headers=[(name, value) for name, value in request.headers.items()],
            body=body,
        )

    def _react(self, activity: Document) -> None:
        user = next((one for one in self.users.values() if one.id == activity.get("object")), None)
        if activity.get("type") == "Follow" and user is not None and self.accepts_follows:
            user.followers.append(activity["actor"])
            task = asyncio.create_task(self._accept(user, activity))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _accept(self, user: User, follow: Document) -> None:
        follower = await self.get(follow["actor"], user=user)
        accept = {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": self.new_id(user, "accepts"),
            "type": "Accept",
            "actor": user.id,
            "object": {name: follow[name] for name in ("id", "type", "actor", "object")},
        }
        await self.post(follower["inbox"], accept, user=user)


def _json(document: Document, kind: str, status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(document), headers={"Content-Type": kind}, status=status)
