"""Attacks on what is private: whoever asks for what is not theirs learns no more than that there
is nothing, and learns it in the same words."""

from __future__ import annotations

import itertools
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import pytest_asyncio

from node.activitypub import render
from node.ids import new_id
from node.social.statuses import Status
from node.social.visibility import Visibility
from node.store import actors, blocks, follows, objects, outbox, pins
from node.store.transaction import Transaction
from tests.flows.attacking import AS2, PUBLIC, Raw, Scene, scene
from tests.peers.documents import User

pytestmark = pytest.mark.asyncio(loop_scope="module")

SECRET = "le code de la porte est 4711"
COUNTED = ("date", "x-ratelimit-remaining", "x-ratelimit-reset")
FORMS = ("application/activity+json", "text/html", "*/*", "application/json", "")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def s(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    async with scene(tmp_path_factory.mktemp("private")) as made:
        for user in (made.zoe, made.mallory, made.yan):
            assert (await made.post(user, made.follow(user))).status == 202
        yield made


async def told(
    s: Scene, visibility: Visibility, *to: str, in_reply_to: str | None = None
) -> Status:
    """Something that Amina told a few, as it is stored here."""
    number = new_id()
    uri = s.node.here.addresses.object(number)
    now = time.time()
    document = render.direct_note(
        object_id=uri,
        author=s.amina.uri,
        to=[render.Recipient(one, "x@y") for one in to],
        content=SECRET,
        language="fr",
        published=now,
        in_reply_to=in_reply_to,
    )
    status = Status(
        id=number,
        uri=uri,
        local=True,
        type="Note",
        author_id=s.amina.id,
        visibility=visibility,
        name=None,
        content=SECRET,
        summary=None,
        language="fr",
        sensitive=False,
        url=f"{s.node.base}/@amina/{number}",
        in_reply_to=in_reply_to,
        context=f"{uri}/context",
        published=now,
        updated=None,
        document=orjson.dumps(document).decode(),
    )

    def keep(tx: Transaction) -> None:
        objects.insert(tx, status, addressed=to)

    await s.node.store.write(keep)
    return status


def signed(s: Scene, user: User | None, path: str, accept: str) -> dict[str, str]:
    accepting = {"Accept": accept} if accept else {}
    if user is None:
        return accepting
    return accepting | s.headers(user, b"", url=s.node.base + path, method="GET")


async def asked(s: Scene, user: User | None, path: str, accept: str) -> Raw:
    return await s.get(path, signed(s, user, path, accept))


def alike(one: Raw, other: Raw) -> None:
    def rest(answer: Raw) -> dict[str, str]:
        return {name: v for name, v in answer.headers.items() if name not in COUNTED}

    assert (one.status, one.body, rest(one)) == (other.status, other.body, rest(other))
    assert SECRET.encode() not in one.body


PATHS = (
    "/objects/{}", "/objects/{}/replies", "/objects/{}/context", "/objects/{}/replies?page=true",
    "/objects/{}/context?page=true&min_id=1", "/@amina/{}", "/proposals/{}", "/activities/{}",
    "/objects/{}?x=1", "/@quartier/{}",
)  # fmt: skip


@pytest.mark.parametrize("visibility", [Visibility.FOLLOWERS, Visibility.DIRECT])
@pytest.mark.parametrize("path", PATHS)
async def test_not_yours_is_not_there(s: Scene, visibility: Visibility, path: str) -> None:
    """What is there and not theirs, and what is not there, are one answer, byte for byte: for
    somebody, for a stranger who signs, in every form."""
    rosa = s.honest.users.get("rosa") or s.honest.add_user("rosa")
    private = await told(s, visibility, s.zoe.id)
    for user, accept in itertools.product((None, rosa), FORMS):
        there = await asked(s, user, path.format(private.id), accept)
        missing = await asked(s, user, path.format(private.id + 1), accept)
        assert there.status == 404
        alike(there, missing)


async def test_not_yours_for_one_who_signs_wrongly(s: Scene) -> None:
    """A wrong signature is answered alike, whether anything is there or not."""
    private = await told(s, Visibility.DIRECT, s.zoe.id)
    answers = []
    for number in (private.id, private.id + 1):
        path = f"/objects/{number}"
        headers = s.headers(s.zoe, b"", url=s.node.base + path, method="GET", keys=s.mallory.keys)
        answers.append(await s.get(path, headers | {"Accept": FORMS[0]}))
    assert answers[0].status == 401
    alike(*answers)


async def test_not_yours_by_head(s: Scene) -> None:
    """HEAD tells no more than GET."""
    private = await told(s, Visibility.DIRECT, s.zoe.id)
    heads = []
    for number in (private.id, private.id + 1):
        async with s.connection() as (reader, writer):
            writer.write(
                f"HEAD /objects/{number} HTTP/1.1\r\nHost: {s.node.domain}\r\n"
                "Connection: close\r\n\r\n".encode()
            )
            said = (await reader.read()).decode()
        heads.append([one for one in said.split("\r\n") if not one.lower().startswith(COUNTED)])
    assert heads[0] == heads[1]
    assert heads[0][0].startswith("HTTP/1.1 404")


async def test_it_is_there_for_whom_it_is_for(s: Scene) -> None:
    """So that the others are refused for their own reason: whom it is for reads it, signed."""
    direct = await told(s, Visibility.DIRECT, s.zoe.id)
    answer = await asked(s, s.zoe, f"/objects/{direct.id}", FORMS[0])
    assert answer.status == 200
    assert SECRET.encode() in answer.body
    assert answer.headers["cache-control"] == "private, no-store"
    followers = await told(s, Visibility.FOLLOWERS)
    assert (await asked(s, s.mallory, f"/objects/{followers.id}", FORMS[0])).status == 200


async def test_following_is_not_asking_to(s: Scene) -> None:
    """Who asked to follow and was not accepted, or followed and left, does not read what is for
    followers; nor does who is blocked, though it is addressed to them."""
    private = await told(s, Visibility.FOLLOWERS, s.yan.id)
    path = f"/objects/{private.id}"
    assert (await asked(s, s.yan, path, FORMS[0])).status == 200
    yan = await s.node.store.read(actors.by_uri, s.yan.id)
    assert yan is not None

    def pend(tx: Transaction) -> None:
        follows.put(
            tx, follower_id=yan.id, target_id=s.amina.id, state=follows.PENDING,
            activity_uri=f"{s.yan.id}#f", now=0.0,
        )  # fmt: skip

    def block(tx: Transaction) -> None:
        blocks.put(tx, actor_id=s.amina.id, target_id=yan.id, activity_uri=None, now=time.time())

    only = await told(s, Visibility.FOLLOWERS)
    await s.node.store.write(pend)
    assert (await asked(s, s.yan, f"/objects/{only.id}", FORMS[0])).status == 404
    await s.node.store.write(block)
    alike(
        await asked(s, s.yan, path, FORMS[0]),
        await asked(s, s.yan, f"/objects/{private.id + 1}", FORMS[0]),
    )


async def test_what_was_private_and_is_gone(s: Scene) -> None:
    """What is deleted leaves a grave to be seen only where it was to be seen itself."""
    private = await told(s, Visibility.DIRECT, s.zoe.id)

    def delete(tx: Transaction) -> None:
        objects.delete(tx, private, by=s.amina.uri, now=time.time())

    await s.node.store.write(delete)
    for accept in FORMS:
        alike(
            await asked(s, None, f"/objects/{private.id}", accept),
            await asked(s, None, f"/objects/{private.id + 1}", accept),
        )


def without_proof(answer: Raw) -> object:
    """What is told; an actor's proof is made when it is asked for, and says when."""
    if not answer.headers.get("content-type", "").startswith("application/"):
        return answer.body
    document = orjson.loads(answer.body)
    document.pop("proof", None)
    return document


async def test_no_list_shows_it(s: Scene) -> None:
    """Neither outbox nor featured, replies, context, tags, pages or figures show what is private;
    counts neither."""
    uri = await s.node.publish(s.amina)
    public = f"/objects/{uri.rpartition('/')[2]}"
    lists = [
        "/users/amina/outbox", "/users/amina/outbox?page=true", "/users/amina",
        "/users/amina/collections/featured", f"{public}/replies?page=true", f"{public}/replies",
        f"{public}/context?page=true", public, "/quartier/outbox?page=true", "/@amina", "/",
        "/.well-known/nodeinfo", "/nodeinfo/2.1", "/tags/demande",
    ]  # fmt: skip
    before = {path: without_proof(await s.get(path, {"Accept": FORMS[0]})) for path in lists}
    pages = {path: (await s.get(path, {"Accept": "text/html"})).body for path in lists}
    for visibility in (Visibility.DIRECT, Visibility.FOLLOWERS):
        private = await told(s, visibility, s.zoe.id, in_reply_to=uri)

        def pin(tx: Transaction, number: int = private.id) -> None:
            pins.add(tx, actor_id=s.amina.id, object_id=number, now=time.time())

        await s.node.store.write(pin)
    for path in lists:
        if path == "/nodeinfo/2.1":
            continue  # how many wrote how much is told of all that is written here
        assert without_proof(await s.get(path, {"Accept": FORMS[0]})) == before[path], path
        assert (await s.get(path, {"Accept": "text/html"})).body == pages[path], path


async def test_reacting_to_what_is_not_yours(s: Scene) -> None:
    """Liking, sharing and reporting what is private are answered as for what is not there, and
    leave nothing."""
    rosa = s.honest.users.get("rosa") or s.honest.add_user("rosa")
    assert (await s.post(rosa, s.follow(rosa, type="Undo", object=s.follow(rosa)))).status == 202
    private = await told(s, Visibility.DIRECT, s.zoe.id)
    missing = s.node.here.addresses.object(private.id + 1)
    async with s.unchanged("journal"):
        for kind in ("Like", "Announce", "EmojiReact", "Delete", "Update"):
            answers = []
            for uri in (private.uri, missing):
                more: dict[str, Any] = {"type": kind, "object": uri}
                answers.append(await s.post(rosa, s.follow(rosa, **more)))
            alike(*answers)


async def test_followers_are_shown_to_their_own_server(s: Scene) -> None:
    """Which of Zoe's server follow is told to Zoe's server alone."""
    path = "/users/amina/followers_synchronization"
    assert (await s.get(path)).status == 401
    seen = await asked(s, s.zoe, path, FORMS[0])
    assert s.zoe.id in seen.body.decode()
    assert s.mallory.id not in seen.body.decode()
    others = await asked(s, s.mallory, path, FORMS[0])
    assert s.zoe.id not in others.body.decode()


async def test_inboxes_are_read_by_nobody(s: Scene) -> None:
    """GET of an inbox is not allowed, of whomever it is."""
    for path in ("/users/amina/inbox", "/quartier/inbox", "/actor/inbox", "/inbox"):
        for user in (None, s.zoe):
            assert (await asked(s, user, path, FORMS[0])).status == 405


async def test_hidden_recipients_never_leave(s: Scene) -> None:
    """`bto` and `bcc` of what others sent are told to nobody; what we send has none."""
    hidden = ["http://127.0.0.1:1/users/unsaid"]
    note = s.note(s.zoe, bto=hidden, bcc=hidden)
    create = s.create(s.zoe, note, bto=hidden, bcc=hidden)
    assert (await s.post(s.zoe, create)).status == 202
    await s.node.publish(s.amina, bto=hidden)
    await s.node.settled()
    rows = await s.node.store.read(_sent)
    assert rows
    for row in rows:
        for word in ("bto", "bcc", "unsaid"):
            assert word not in row
    for path in ("/users/amina/outbox?page=true", "/quartier/outbox?page=true", "/", "/@amina"):
        for accept in FORMS[:2]:
            assert b"unsaid" not in (await s.get(path, {"Accept": accept})).body


def _sent(tx: Transaction) -> list[str]:
    amina = actors.local_by_username(tx, "amina")
    quartier = actors.local_by_username(tx, "quartier")
    found = []
    for actor in (amina, quartier):
        if actor is not None:
            page = outbox.public_page(tx, actor.id, before=None, most=100)
            found += [str(body) for _, body in page]
    return found


async def test_nothing_is_read_without_a_name(tmp_path: Path) -> None:
    """With `authorized_fetch` a stranger reads only the node's own actor, and who is blocked or
    does not sign is answered alike for what is there and what is not."""
    async with scene(tmp_path, federation={"authorized_fetch": True}) as s:
        uri = await s.node.publish(s.amina)
        number = int(uri.rpartition("/")[2])
        assert (await s.get("/actor", {"Accept": FORMS[0]})).status == 200
        for path in ("/users/amina", "/users/amina/outbox", f"/objects/{number}"):
            assert (await s.get(path, {"Accept": FORMS[0]})).status == 401
        alike(
            await asked(s, None, f"/objects/{number}", FORMS[0]),
            await asked(s, None, f"/objects/{number + 1}", FORMS[0]),
        )
        assert (await asked(s, s.zoe, f"/objects/{number}", FORMS[0])).status == 200


async def test_private_words_of_others(s: Scene) -> None:
    """What Zoe told Amina alone has no address here at all."""
    note = s.note(s.zoe, SECRET, to=[s.amina.uri], cc=[])
    create = s.create(s.zoe, note, to=[s.amina.uri]) | {"@context": AS2}
    assert PUBLIC not in str(create)
    assert (await s.post(s.zoe, create)).status == 202
    await s.node.settled()
    status = await s.node.store.read(objects.by_uri, note["id"])
    assert status is not None
    for path in PATHS:
        for user in (None, s.mallory, s.zoe):
            for accept in FORMS[:2]:
                answer = await asked(s, user, path.format(status.id), accept)
                alike(answer, await asked(s, user, path.format(status.id + 1), accept))
