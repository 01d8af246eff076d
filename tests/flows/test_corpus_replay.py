"""Documents as thirteen kinds of servers publish them, posted as they would: received, stored,
shown, and where they can be changed, changed and deleted."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
import sqlalchemy as sa

from node.social.accounts import Actor
from node.store import actors, blocks, follows, objects, tables
from node.store.transaction import Transaction
from tests import corpus
from tests.corpus import Entry
from tests.databases import drop_postgres, new_postgres, new_sqlite
from tests.flows.replaying import Elsewhere, elsewhere, words
from tests.serving import Serving, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")
ACTIVITIES = [entry for entry in corpus.load() if entry.kind == "activity"]


@dataclass(frozen=True, slots=True)
class Quartier:
    node: Serving
    amina: Actor
    proposal: str


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["sqlite", "postgresql"])
async def quartier(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Quartier]:
    directory = tmp_path_factory.mktemp("corpus")
    url = new_sqlite(directory) if request.param == "sqlite" else new_postgres()
    async with serving(url, directory) as node:
        amina = await node.account("amina")
        yield Quartier(node, amina, await node.publish(amina))
    if request.param == "postgresql":
        drop_postgres(url)


@pytest.mark.parametrize("entry", ACTIVITIES, ids=lambda entry: entry.name)
async def test_what_other_servers_send_has_the_effect_that_they_mean(
    quartier: Quartier, entry: Entry
) -> None:
    """Answered 202, and afterwards the store holds what a right reader makes of it."""
    async with elsewhere(quartier.node, quartier.amina, quartier.proposal) as there:
        assert await there.replay(entry) == 202
        expected = there.expected(entry)
        effects = [expected["effect"], *expected.get("effect_or", [])]
        wrong = []
        for effect in effects:
            found = await EFFECTS[effect](there, expected)
            if found is None:
                return
            wrong.append(found)
        raise AssertionError("; ".join(wrong))


@pytest.mark.parametrize("entry", corpus.variants(), ids=lambda entry: entry.name)
async def test_variants_of_a_create_mean_the_same(quartier: Quartier, entry: Entry) -> None:
    """With prefixes, full IRIs, other aliases, single values for arrays, `@graph`: one note."""
    base = corpus.get(entry.same_as or "variants/01-base")
    async with elsewhere(quartier.node, quartier.amina, quartier.proposal) as there:
        assert await there.replay(entry) == 202
        expected = there.expected(base)
        wrong = await _stored(there, expected)
        assert wrong is None, wrong
        status = await there.status(expected["object"])
        assert status is not None
        told = await _row(there, status.id)
    async with elsewhere(quartier.node, quartier.amina, quartier.proposal) as there:
        assert await there.replay(base) == 202
        plain = await there.status(there.expected(base)["object"])
        assert plain is not None
        assert await _row(there, plain.id) == told


_NUMBER = re.compile(r"\b[0-9]{18,20}\b")


async def _row(there: Elsewhere, identifier: int) -> dict[str, Any]:
    """What is stored of a status, with the host's name and numbers of our own taken out."""

    def read(tx: Transaction) -> dict[str, Any]:
        row = tx.first(sa.select(tables.objects).where(tables.objects.c.id == identifier))
        assert row is not None
        return dict(row._mapping)

    row = await there.node.store.read(read)
    left_out = ("id", "document", "author_id", "updated", "published", "received_at")
    return {
        name: _NUMBER.sub("N", value.replace(there.host, "HOST"))
        if isinstance(value, str)
        else value
        for name, value in row.items()
        if name not in left_out
    }


# ── what each effect leaves behind; None is well ─────────────────────────────────────────────


async def _stored(there: Elsewhere, expected: dict[str, Any]) -> str | None:
    uri = expected.get("stored", expected["object"])
    status = await there.status(uri)
    if status is None:
        return f"{uri} is not stored"
    text = words(" ".join(filter(None, (status.name, status.summary, status.content))))
    wanted = expected.get("content_contains")
    if wanted and wanted not in text:
        return f"{wanted!r} is not in {text!r}"
    if expected.get("visibility", status.visibility.value) != status.visibility.value:
        return f"visibility is {status.visibility}"
    if "language" in expected and status.language != expected["language"]:
        return f"language is {status.language}"
    if expected.get("in_reply_to", status.in_reply_to) != status.in_reply_to:
        return f"it answers {status.in_reply_to}"
    author = await there.node.store.read(actors.by_id, status.author_id)
    if "author" in expected and (author is None or author.uri != expected["author"]):
        return f"its author is {author and author.uri}"
    return None


async def _updated(there: Elsewhere, expected: dict[str, Any]) -> str | None:
    status = await there.status(expected["object"])
    gone = expected.get("content_gone")
    if status is not None and gone and gone in words(f"{status.name or ''} {status.content}"):
        return f"{gone!r} still stands"
    return await _stored(there, expected)


async def _deleted(there: Elsewhere, expected: dict[str, Any]) -> str | None:
    status = await there.status(expected["object"])
    return None if status is None else "it is still there"


async def _actor(there: Elsewhere, uri: str) -> Actor:
    found = await there.node.store.read(actors.by_uri, uri)
    assert found is not None, f"{uri} is not known"
    return found


async def _actor_updated(there: Elsewhere, expected: dict[str, Any]) -> str | None:
    actor = await _actor(there, expected["object"])
    return None if actor.name == expected["name"] else f"the name is {actor.name}"


async def _actor_deleted(there: Elsewhere, expected: dict[str, Any]) -> str | None:
    actor = await there.node.store.read(actors.by_uri, expected["object"])
    return None if actor is None or actor.gone else "the actor is not gone"


async def _actor_moved(there: Elsewhere, expected: dict[str, Any]) -> str | None:
    actor = await _actor(there, expected["object"])
    return None if actor.moved_to == expected["target"] else f"moved to {actor.moved_to}"


async def _follows(there: Elsewhere, expected: dict[str, Any]) -> bool:
    follower = await _actor(there, expected["actor"])
    for target in (there.amina, there.node.here.quartier):
        if await there.node.store.read(follows.between, follower.id, target.id) is not None:
            return True
    return False


async def _followed(there: Elsewhere, expected: dict[str, Any]) -> str | None:
    return None if await _follows(there, expected) else "no follow"


async def _follow_undone(there: Elsewhere, expected: dict[str, Any]) -> str | None:
    return "still follows" if await _follows(there, expected) else None


async def _our_follow(there: Elsewhere, expected: dict[str, Any]) -> str | None:
    target = await _actor(there, expected["actor"])
    found = await there.node.store.read(follows.between, there.amina.id, target.id)
    return None if found is None else found.state


async def _accepted(there: Elsewhere, expected: dict[str, Any]) -> str | None:
    state = await _our_follow(there, expected)
    return None if state == follows.ACCEPTED else f"our follow is {state}"


async def _rejected(there: Elsewhere, expected: dict[str, Any]) -> str | None:
    state = await _our_follow(there, expected)
    return None if state is None else f"our follow is {state}"


async def _rows(there: Elsewhere, table: sa.Table, column: str, expected: dict[str, Any]) -> int:
    actor = await _actor(there, expected["actor"])

    def count(tx: Transaction) -> int:
        statement = sa.select(sa.func.count()).where(table.c[column] == actor.id)
        return int(tx.scalar(statement) or 0)

    return await there.node.store.read(count)


async def _reaction(there: Elsewhere, expected: dict[str, Any]) -> str | None:
    return None if await _rows(there, tables.reactions, "actor_id", expected) else "no reaction"


async def _reaction_undone(there: Elsewhere, expected: dict[str, Any]) -> str | None:
    many = await _rows(there, tables.reactions, "actor_id", expected)
    return f"{many} reactions" if many else None


async def _share(there: Elsewhere, expected: dict[str, Any]) -> str | None:
    if expected.get("content_contains"):
        wrong = await _stored(there, expected)
        if wrong is not None:
            return wrong
    return None if await _rows(there, tables.shares, "actor_id", expected) else "no share"


async def _share_undone(there: Elsewhere, expected: dict[str, Any]) -> str | None:
    return "still shared" if await _rows(there, tables.shares, "actor_id", expected) else None


async def _shared_activity(there: Elsewhere, expected: dict[str, Any]) -> str | None:
    if expected.get("content_gone"):
        return await _updated(there, expected)
    return await _stored(there, expected)


async def _blocked(there: Elsewhere, expected: dict[str, Any]) -> str | None:
    actor = await _actor(there, expected["actor"])
    found = await there.node.store.read(blocks.stands, actor_id=actor.id, target_id=there.amina.id)
    return None if found else "no block"


async def _reported(there: Elsewhere, expected: dict[str, Any]) -> str | None:
    actor = await _actor(there, expected["actor"])

    def comments(tx: Transaction) -> list[str]:
        statement = sa.select(tables.reports.c.content).where(
            tables.reports.c.reporter_id == actor.id
        )
        return [row.content for row in tx.all(statement)]

    found = await there.node.store.read(comments)
    if not found:
        return "no report"
    wanted = expected.get("content_contains", "")
    return None if wanted in words(found[0]) else f"{wanted!r} is not in {found[0]!r}"


async def _pinned(there: Elsewhere, expected: dict[str, Any]) -> str | None:
    actor = await _actor(there, expected["actor"])
    found = await there.node.store.read(objects.pinned, actor.id)
    pinned = [status.uri for status in found]
    return None if expected["object"] in pinned else f"pinned are {pinned}"


async def _offered(there: Elsewhere, expected: dict[str, Any]) -> str | None:
    return None if await _rows(there, tables.agreements, "answerer_id", expected) else "no answer"


async def _ignored(there: Elsewhere, expected: dict[str, Any]) -> str | None:
    """Nothing to see, and Amina's announcement is as it was."""
    status = await there.status(there.object_uri)
    return None if status is not None else "Amina's announcement is gone"


async def _never(there: Elsewhere, expected: dict[str, Any]) -> str | None:
    return "not something that this node does"


EFFECTS = {
    "object-stored": _stored,
    "object-updated": _updated,
    "object-deleted": _deleted,
    "actor-updated": _actor_updated,
    "actor-deleted": _actor_deleted,
    "actor-moved": _actor_moved,
    "follow": _followed,
    "follow-undone": _follow_undone,
    "follow-accepted": _accepted,
    "follow-rejected": _rejected,
    "reaction": _reaction,
    "reaction-undone": _reaction_undone,
    "share": _share,
    "share-undone": _share_undone,
    "shared-activity": _shared_activity,
    "block": _blocked,
    "report": _reported,
    "pinned": _pinned,
    "offer-received": _offered,
    "vote": _never,
    "joined": _never,
    "left": _never,
    "ignored": _ignored,
}


async def test_our_people_see_what_was_stored(quartier: Quartier) -> None:
    """The list of what the node received has the text, through the pages' own way of reading."""
    entry = corpus.find("mastodon", "create")
    async with elsewhere(quartier.node, quartier.amina, quartier.proposal) as there:
        assert await there.replay(entry) == 202
        status = await there.status(there.expected(entry)["object"])
        assert status is not None
        assert "<script" not in status.content
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{quartier.node.base}/@amina") as response,
        ):
            page = html.unescape(await response.text())
        assert response.status == 200
        assert "Courses pour une voisine" in page
