"""Pictures and films in a storage that speaks S3 instead of on the node's own disk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
import pytest_asyncio

from node.actions.pictures import sweep_files
from node.config import build
from node.errors import ConfigError
from node.media.files import new_name
from tests.bucket import KEY, SECRET, BucketServer, bucket_server
from tests.databases import new_sqlite
from tests.flows.inboxes import until
from tests.mastodon.signing_in import App, Told, Town
from tests.mastodon.test_media import film, jpeg, send
from tests.serving import Serving, serving

pytestmark = pytest.mark.asyncio


def table(server: BucketServer, **changes: str) -> dict[str, str]:
    """[media] of a node that keeps its pictures there."""
    return {
        "bucket": server.name, "endpoint": server.base, "prefix": "croix-rousse",
        "access_key": KEY, "secret_key": SECRET, **changes,
    }  # fmt: skip


@pytest_asyncio.fixture
async def bucket() -> AsyncIterator[BucketServer]:
    async with bucket_server() as made:
        yield made


@pytest_asyncio.fixture
async def node(bucket: BucketServer, tmp_path: Path) -> AsyncIterator[Serving]:
    url = new_sqlite(tmp_path)
    async with serving(url, tmp_path, media=table(bucket)) as running:
        yield running


@pytest_asyncio.fixture
async def app(node: Serving) -> AsyncIterator[App]:
    await node.account("amina")
    async with aiohttp.ClientSession() as web:
        yield await Town(node, web).app("amina")


def path_of(told: Told) -> str:
    return str(urlsplit(told.body["url"]).path)


async def until_gone(bucket: BucketServer, key: str) -> None:
    await until(lambda: key not in bucket.objects)


async def test_what_is_sent_lies_in_the_bucket_and_is_shown_by_the_node(
    app: App, bucket: BucketServer, tmp_path: Path
) -> None:
    sent = await send(app, jpeg(), description="Un carré")
    assert sent.status == 200
    name = path_of(sent).rpartition("/")[2]
    assert f"croix-rousse/{name[:2]}/{name}" in bucket.objects
    assert bucket.objects[f"croix-rousse/{name[:2]}/{name}"][1] == "image/jpeg"
    shown = await app.web.get(sent.body["url"])
    assert (shown.status, shown.content_type) == (200, "image/jpeg")
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert await shown.read() == bucket.objects[f"croix-rousse/{name[:2]}/{name}"][0]
    assert urlsplit(sent.body["url"]).netloc == app.node.domain
    assert not await asyncio.to_thread(lambda: list(tmp_path.rglob("*.jpg")))
    assert (await app.web.get(f"{app.node.base}/media/{new_name('jpg')}")).status == 404


@pytest.mark.parametrize(
    ("wanted", "status", "part"),
    [
        ("bytes=0-3", 206, slice(0, 4)),
        ("bytes=10-", 206, slice(10, None)),
        ("bytes=-5", 206, slice(-5, None)),
        ("bytes=999999999-", 416, slice(0, 0)),
        ("bananas=1-2", 200, slice(None)),
    ],
)
async def test_players_jump_about(app: App, wanted: str, status: int, part: slice) -> None:
    sent = await send(app, film(), description="Un film")
    whole = await (await app.web.get(sent.body["url"])).read()
    answer = await app.web.get(sent.body["url"], headers={"Range": wanted})
    assert answer.status == status
    assert await answer.read() == whole[part]
    if status == 206:
        start, stop, _ = part.indices(len(whole))
        assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{len(whole)}"
    head = await app.web.head(sent.body["url"])
    assert (head.status, int(head.headers["Content-Length"])) == (200, len(whole))


async def test_what_is_deleted_leaves_the_bucket(app: App, bucket: BucketServer) -> None:
    sent = await send(app, jpeg(), description="Un carré")
    keys = list(bucket.objects)
    assert keys
    posted = await app.post("/api/v1/statuses", status="Voyez", media_ids=[sent.body["id"]])
    gone = await app.ask("DELETE", f"/api/v1/statuses/{posted['id']}?delete_media=true")
    assert gone.status == 200
    for key in keys:
        await until_gone(bucket, key)


async def test_leftovers_are_cleared_a_day_later(
    app: App, node: Serving, bucket: BucketServer
) -> None:
    await send(app, jpeg(), description="Un carré")
    kept = set(bucket.objects)
    sent = next(iter(kept))
    name = new_name("png")
    left, other = f"croix-rousse/{name[:2]}/{name}", "croix-rousse/notes.txt"
    for key in (left, other):
        bucket.objects[key] = (b"x", "image/png", bucket.objects[sent][2])
    assert await sweep_files(node.store, node.here, node.node.files) == 0
    bucket.grow_old(2 * 86_400.0)
    assert await sweep_files(node.store, node.here, node.node.files) == 1
    await until_gone(bucket, left)
    assert set(bucket.objects) == {*kept, other}


async def test_a_storage_that_fails_is_told_and_loses_nothing(
    app: App, bucket: BucketServer
) -> None:
    sent = await send(app, jpeg(), description="Un carré")
    bucket.failing = 403
    refused = await send(app, jpeg(), description="Un autre")
    assert refused.status == 503
    assert "Retry-After" in refused.headers
    assert (await app.web.get(sent.body["url"])).status == 503
    bucket.failing = 0
    assert (await app.web.get(sent.body["url"])).status == 200
    posted = await app.post("/api/v1/statuses", status="Voyez", media_ids=[sent.body["id"]])
    assert [one["id"] for one in posted["media_attachments"]] == [sent.body["id"]]


@pytest.mark.parametrize("wrong", [{"access_key": "AKIDAUTRE"}, {"bucket": "autre"}])
async def test_a_wrong_key_or_bucket_is_told_at_start(
    bucket: BucketServer, tmp_path: Path, wrong: dict[str, str]
) -> None:
    with pytest.raises(ConfigError, match=r"media\.bucket"):
        async with serving(new_sqlite(tmp_path), tmp_path, media=table(bucket, **wrong)):
            pass


async def test_a_storage_that_is_away_does_not_keep_the_node_from_starting(
    bucket: BucketServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bucket.failing = 503
    async with serving(new_sqlite(tmp_path), tmp_path, media=table(bucket)) as node:
        assert "does not answer" in caplog.text
        async with aiohttp.ClientSession() as web:
            assert (await web.get(f"{node.base}/health")).status == 200
            assert (await web.get(f"{node.base}/media/{new_name('jpg')}")).status == 503


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"endpoint": ""}, "media.endpoint"),
        ({"endpoint": "http://s3.example"}, "https"),
        ({"endpoint": "ftp://s3.example"}, "media.endpoint"),
        ({"endpoint": "https://[::1"}, "media.endpoint"),
        ({"secret_key": ""}, "media.secret_key"),
    ],
)
async def test_settings_that_cannot_be(changes: dict[str, str], told: str) -> None:
    media: dict[str, Any] = {
        "bucket": "quartier", "endpoint": "https://s3.example", "access_key": KEY,
        "secret_key": SECRET, **changes,
    }  # fmt: skip
    node = {"domain": "a.example", "name": "A", "latitude": 45.0, "longitude": 4.0}
    with pytest.raises(ConfigError, match=told):
        build({"node": node, "media": media}, environment={})
