"""Two nodes and a follower elsewhere of which every byte is kept, and the search in them."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import h3
import pytest
import pytest_asyncio

from node.actions.neighbours import answer_neighbour, ask_neighbour
from node.aid.neighbours import Event
from node.store import neighbours, objects, tables
from node.store.transaction import Transaction
from tests.databases import new_sqlite
from tests.flows.asking import Asking, people
from tests.flows.neighbourhood import until
from tests.flows.photographed import IN_PICTURE
from tests.mailbox import Mailbox, mailbox, words
from tests.peers.peer import Peer
from tests.relay import Relay
from tests.serving import Serving, serving

AMINA_CONTACT = "06 12 34 56 78, 7 montée Neyret"
BEA_CONTACT = "07 98 76 54 32, 3 place Bellecour"
EXACT = (45.7741237, 4.8284569)
NEVER = (
    "amina@example.org", "bea@example.org", "45.7741", "4.82845", "Colette Planchat",
    "sa fille Odile", "04 78 99 88 77", "elle est souvent absente le matin",
)  # fmt: skip
"""What nobody outside ever sees."""
CELLS = tuple(h3.latlng_to_cell(*EXACT, resolution) for resolution in range(10, 16))
"""The exact place by its finer cells; those of resolution 9 make the territory."""
NEVER = (*NEVER, *CELLS, *IN_PICTURE)
UNTIL_SHOWN = (AMINA_CONTACT, "06 12 34 56 78", "montée Neyret", BEA_CONTACT, "place Bellecour")


PROBE = "what is whispered is heard"


@dataclass
class Street:
    """Amina's node and Bea's, each behind a relay; Zoe follows from a server that is neither."""

    here: Serving
    beside: Serving
    wires: tuple[Relay, Relay]
    zoe: Peer
    amina: Asking
    maud: Asking
    centre: Asking
    bea: Asking
    bruno: Asking
    """A member who has nothing to do with it."""
    post: tuple[Mailbox, Mailbox]
    said: list[str]
    """What was logged, at every level."""

    def left(self) -> dict[str, bytes]:
        """Every byte that went between servers, by the wire it took."""
        ours, theirs = self.wires
        return {
            "answers of Amina's node": bytes(ours.out),
            "to Amina's node": bytes(ours.came),
            "answers of Bea's node": bytes(theirs.out),
            "to Bea's node": bytes(theirs.came),
            "to Zoe's server": b"\n".join(one.request.body for one in self.zoe.inbox_log),
            "the logs": "\n".join(self.said).encode(),
        }

    async def settled(self) -> None:
        for _ in range(2):
            await self.here.settled()
            await self.beside.settled()


class _Keeping(logging.Handler):
    def __init__(self, said: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self._said = said

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith("mail."):
            return  # the mail server of the tests tells whom it has mail for; it is no part of us
        self._said.append(f"{record.levelname} {self.format(record)}")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def street(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Street]:
    one, two = (tmp_path_factory.mktemp(name) for name in ("croix-rousse", "presquile"))
    said: list[str] = []
    logs, root = _Keeping(said), logging.getLogger()
    names = [name for name in root.manager.loggerDict if name.partition(".")[0] == "node"]
    loggers = [root, *map(logging.getLogger, names)]
    before = [(logger, logger.level, logger.disabled) for logger in loggers]
    root.addHandler(logs)
    for logger in loggers:  # what other tests silenced is heard, too
        logger.setLevel(logging.DEBUG if logger is root else logging.NOTSET)
        logger.disabled = False
    logging.getLogger("node.jobs").debug(PROBE)
    try:
        async with (
            Relay() as ours,
            Relay() as theirs,
            mailbox() as box,
            mailbox() as box_beside,
            _behind(ours, one, box) as here,
            _behind(
                theirs, two, box_beside, name="Presqu’île", latitude=45.760, longitude=4.834
            ) as beside,
            people(
                here, amina="member", bruno="member", maud="mediator", centre="association"
            ) as at_home,
            people(beside, bea="member") as next_door,
            Peer("cavage", users=("zoe",)) as zoe,
        ):
            await ask_neighbour(here.store, here.here, here.node.remote, f"http://{theirs.domain}")
            await beside.settled()
            await until(lambda: _links(beside), ["asked"])
            await answer_neighbour(beside.store, beside.here, ours.domain, Event.WE_ACCEPT)
            await until(lambda: _links(here), ["joined"])
            await zoe.follow(here.here.quartier.uri)
            yield Street(
                here, beside, (ours, theirs), zoe, **at_home, **next_door,
                post=(box, box_beside), said=said,
            )  # fmt: skip
    finally:
        root.removeHandler(logs)
        for logger, level, disabled in before:
            logger.setLevel(level)
            logger.disabled = disabled


def _behind(relay: Relay, directory: Path, box: Mailbox, **node: Any) -> Any:
    """A node that has the relay's address, listens elsewhere, and sends mail."""
    return _Behind(
        relay,
        serving(
            new_sqlite(directory),
            directory,
            node={"domain": relay.domain} | node,
            mail={
                "host": "127.0.0.1",
                "port": box.port,
                "security": "none",
                "per_half_hour": 1_000,
            },
        ),
    )


class _Behind:
    def __init__(self, relay: Relay, node: Any) -> None:
        self._relay, self._node = relay, node

    async def __aenter__(self) -> Serving:
        served: Serving = await self._node.__aenter__()
        self._relay.to(int(served.base.rpartition(":")[2]))
        return served

    async def __aexit__(self, *error: Any) -> None:
        await self._node.__aexit__(*error)


async def _links(node: Serving) -> list[str]:
    return [row.state for row in await node.store.read(neighbours.every)]


async def number_of(node: Serving, uri: str) -> int | None:
    status = await node.store.read(objects.by_uri, uri)
    return status.id if status is not None else None


_FEEDS = ("/feed.atom", "/feed/care.groceries.atom", "/feed/urgent.atom", "/calendar.ics")
_LISTS = ("/proposals", "/territory", "/topics", "/modes", "/neighbours")


async def crawl(node: Serving, uri: str, reader: Asking | None = None) -> list[tuple[str, bytes]]:
    """All that anybody can read: pages, feeds, calendars, lists, actors, collections; all that is
    refused, too. With a `reader`, what a member reads of others."""
    number = await number_of(node, uri)
    names = ("amina", "bea", "centre", "bruno")
    everybody = ["/", "/topics.jsonld", "/health", "/nodeinfo/2.1", *_FEEDS]
    everybody += [f"/api/aid/v1{path}" for path in (*_LISTS, f"/proposals/{number}")]
    paths = [
        f"/@amina/{number}", f"/proposals/{number}", *(f"/@{name}" for name in names),
        "/metrics", "/nodeinfo/2.0", "/.well-known/nodeinfo", "/tags/demande",
        "/.well-known/host-meta", f"/objects/{number}", f"/objects/{number}/replies",
        f"/objects/{number}/context", f"/objects/{number}/event",
    ]  # fmt: skip
    for actor in (*(f"/users/{name}" for name in names), "/actor", "/quartier", "/urgent"):
        paths += [actor, f"{actor}/outbox", f"{actor}/outbox?page=true", f"{actor}/followers",
                  f"{actor}/following", f"{actor}/collections/featured"]  # fmt: skip
    host = node.here.settings.node.domain
    paths += [f"/.well-known/webfinger?resource=acct:{name}@{host}" for name in names]
    agreed = await node.store.read(_agreements)
    paths += [f"/agreements/{one}" for one in agreed]
    people = await node.store.read(_people)
    paths += [
        f"/api/aid/v1{path}"
        for path in (
            "/proposals?q=Colette", "/proposals?q=Neyret", "/proposals?q=PLANTED",
            f"/proposals?near={EXACT[0]},{EXACT[1]}", "/series", "/agreements", "/suggestions",
            f"/proposals/{number}/suggestions", "/on-behalf", f"/on-behalf/{number}",
            "/domain-blocks", "/moderation/notes", "/reports", "/drafts", "/pictures",
            "/notifications", "/review", "/referrals", "/held", "/audit", "/calendar",
            "/openapi.json",
            *(f"/agreements/{one}" for one in agreed), *(f"/accounts/{one}" for one in people),
        )
    ]  # fmt: skip
    found = []
    token = {"Authorization": f"Bearer {reader.token}"} if reader is not None else {}
    async with aiohttp.ClientSession() as session:
        for path in (*everybody, *paths):
            for kind in ("text/html", "application/activity+json"):
                if reader is not None and kind != "text/html":
                    continue
                headers = {"Accept": kind, "Accept-Encoding": "identity"} | token
                async with session.get(
                    node.base + path, headers=headers, allow_redirects=False
                ) as answer:
                    assert answer.status < 500, (path, answer.status)
                    assert path not in everybody or answer.status in (200, 303), path
                    found.append((f"{path} as {kind}", await answer.read()))
    return found


def _agreements(tx: Transaction) -> list[int]:
    return [row.id for row in tx.all(tables.agreements.select())]


def _people(tx: Transaction) -> list[int]:
    return [row.id for row in tx.all(tables.actors.select())]


def holds(text: bytes, value: str) -> bool:
    return value.encode() in text or value.encode("unicode_escape") in text


async def nothing_of(street: Street, uri: str, *planted: str) -> None:
    seen = list(street.left().items())
    for node, member in ((street.here, street.bruno), (street.beside, None)):
        seen += await crawl(node, uri)
        if member is not None:
            seen += await crawl(node, uri, member)
    for value in planted:
        assert not [name for name, text in seen if holds(text, value)], value
    nothing_in_mails(street)


def nothing_in_mails(street: Street) -> None:
    """Each goes to one person; but for that person's address there is nothing of anybody in it,
    also after the reveal: details are never sent by mail."""
    for box in street.post:
        for mail, to in zip(box.mails, box.recipients, strict=True):
            assert mail["To"] == to
            del mail["To"]
            text = mail.as_bytes() + str(mail["Subject"]).encode() + words(mail).encode()
            mail["To"] = to
            for value in (*NEVER, *UNTIL_SHOWN):
                assert not holds(text, value), (to, value)
