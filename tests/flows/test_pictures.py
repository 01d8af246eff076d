"""Pictures over HTTP: sent by somebody with a token, looked at by everybody, gone with what they
belong to."""

from __future__ import annotations

import asyncio
import contextlib
import io
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
from PIL import Image

from node.actions.accounts import make_token
from node.actions.pictures import sweep_files
from node.actions.proposals import delete_proposal
from node.jobs import leftovers
from node.store import objects, pictures
from tests.databases import new_sqlite
from tests.serving import Serving, serving


def photo(
    colour: tuple[int, int, int] = (220, 20, 20),
    kind: str = "JPEG",
    size: tuple[int, int] = (60, 40),
) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    return out.getvalue()


class Sender:
    """Somebody with a token."""

    def __init__(self, node: Serving, session: aiohttp.ClientSession, token: str) -> None:
        self.node = node
        self.session = session
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.base = f"{node.base}/api/aid/v1/pictures"

    async def send(
        self, content: bytes | None, alt: str | None = "Un vélo rouge", **more: Any
    ) -> tuple[int, Any]:
        form = aiohttp.FormData(default_to_multipart=True)
        if content is not None:
            form.add_field("file", content, filename="a.svg", content_type="image/svg+xml")
        if alt is not None:
            form.add_field("alt", alt)
        for name, value in more.items():
            form.add_field(name, value)
        async with self.session.post(self.base, data=form, headers=self.headers) as answer:
            return answer.status, await answer.json()

    async def ask(self, method: str, path: str = "", **body: Any) -> tuple[int, Any]:
        options: dict[str, Any] = {"json": body} if body else {}
        async with self.session.request(
            method, self.base + path, headers=self.headers, **options
        ) as answer:
            return answer.status, await answer.json() if answer.status != 204 else None

    async def get(self, url: str) -> tuple[int, bytes, Any]:
        async with self.session.get(url) as answer:
            return answer.status, await answer.read(), answer.headers


@contextlib.asynccontextmanager
async def sender(tmp_path: Path, **tables: Any) -> AsyncIterator[tuple[Serving, Sender, Sender]]:
    async with (
        serving(new_sqlite(tmp_path), tmp_path, **tables) as node,
        aiohttp.ClientSession() as session,
    ):
        people = []
        for name in ("amina", "bruno"):
            await node.account(name)
            token = await node.store.write(make_token, name, "read write", time.time())
            people.append(Sender(node, session, token))
        yield node, people[0], people[1]


def files_of(node: Serving) -> list[Path]:
    return [path for path in (node.node.settings.data_dir / "media").glob("*/*") if path.is_file()]


async def test_a_picture_is_sent_described_shown_and_deleted(tmp_path: Path) -> None:
    """Whatever its name says: the type is that of its content, and the address tells nothing."""
    async with sender(tmp_path) as (node, amina, bruno):
        status, sent = await amina.send(photo())
        assert status == 201
        assert (sent["media_type"], sent["width"], sent["height"]) == ("image/jpeg", 60, 40)
        assert sent["alt"] == "Un vélo rouge"
        assert sent["proposal_id"] is None
        assert sent["url"].startswith(f"{node.base}/media/")
        assert len(sent["url"].rpartition("/")[2]) == 36

        code, content, headers = await amina.get(sent["url"])
        assert code == 200
        assert Image.open(io.BytesIO(content)).size == (60, 40)
        assert headers["Content-Type"] == "image/jpeg"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Disposition"] == "inline"
        assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert "immutable" in headers["Cache-Control"]

        assert await amina.ask("GET") == (200, [sent])
        assert (await bruno.ask("GET")) == (200, [])
        for method, body in (("GET", {}), ("PATCH", {"alt": "Non"}), ("DELETE", {})):
            assert (await bruno.ask(method, f"/{sent['id']}", **body))[0] == 404
        status, changed = await amina.ask("PATCH", f"/{sent['id']}", alt="Un tandem")
        assert (status, changed["alt"]) == (200, "Un tandem")
        assert (await amina.ask("PATCH", f"/{sent['id']}", alt=" "))[0] == 422

        assert await amina.ask("DELETE", f"/{sent['id']}") == (204, None)
        assert (await amina.get(sent["url"]))[0] == 404
        assert files_of(node) == []


async def test_what_cannot_be_taken_is_told(tmp_path: Path) -> None:
    """In words, with the right number, and nothing stays on the disk."""
    async with sender(tmp_path, limits={"picture_bytes": 100_000}) as (node, amina, _):
        nobody = Sender(node, amina.session, "")
        assert (await nobody.send(photo()))[0] == 401
        assert (await amina.send(photo(), alt=""))[0] == 422
        assert (await amina.send(photo(), alt=None))[0] == 422
        assert (await amina.send(photo(), alt="é" * 1_501))[0] == 422
        assert (await amina.send(None))[0] == 422
        assert (await amina.send(b"<svg xmlns='http://www.w3.org/2000/svg'/>"))[0] == 422
        assert (await amina.send(photo(), sidecar="x"))[0] == 400
        assert (await amina.send(bytes(100_001)))[0] == 413
        assert (await amina.send(bytes(400_000)))[0] == 413
        assert (await amina.ask("POST", file="x"))[0] == 415
        for body in (b"", b"--x\r\n", b"--x\r\nContent-Disposition: form-data; name=file\r\n\r\n"):
            async with amina.session.post(
                amina.base,
                data=body,
                headers=amina.headers | {"Content-Type": "multipart/form-data; boundary=x"},
            ) as answer:
                assert answer.status in (400, 422), body
        for path in ("../entraide.toml", "%2e%2e%2fentraide.toml", "x", "a" * 32 + ".svg"):
            assert (await amina.get(f"{node.base}/media/{path}"))[0] == 404
        assert files_of(node) == []


async def test_thirty_in_half_an_hour_and_no_more(tmp_path: Path) -> None:
    """Also of those that are refused: it is the work that is bounded."""
    async with sender(tmp_path, limits={"rate_limits": True}) as (_, amina, bruno):
        for _ in range(30):
            assert (await amina.send(b"no picture"))[0] == 422
        assert (await amina.send(photo()))[0] == 429
        assert (await bruno.send(photo()))[0] == 201


async def test_pictures_go_with_their_proposal(tmp_path: Path) -> None:
    """Attached they stay, also the small one that stands for a large one in lists; once the
    proposal is deleted the files are gone, too."""
    async with sender(tmp_path) as (node, amina, _):
        person = await node.account("carla")
        _, sent = await amina.send(photo(size=(900, 600)))
        _, other = await amina.send(photo((0, 200, 0), "PNG"))
        uri = await node.publish(person)
        status = await node.store.read(objects.by_uri, uri)
        assert status is not None
        owner = (await node.store.read(pictures.by_id, int(sent["id"]))).owner_id  # type: ignore[union-attr]
        ids = [int(other["id"]), int(sent["id"])]

        def attach(owner_id: int) -> Any:
            return node.store.write(pictures.attach, ids, object_id=status.id, owner_id=owner_id)

        assert not await attach(person.id), "another's pictures are not hers"
        assert await attach(owner)
        shown = await node.store.read(pictures.of_object, status.id)
        assert [one.id for one in shown] == ids
        assert (await amina.ask("DELETE", f"/{sent['id']}"))[0] == 409
        assert await amina.ask("GET") == (200, [])
        await leftovers.clear_once(node.store, node.here, node.node.files)
        assert len(files_of(node)) == 3
        _, small, _ = await amina.get(f"{node.base}/media/{shown[1].preview}")
        assert Image.open(io.BytesIO(small)).size == (360, 240)

        await node.store.write(delete_proposal, node.here, status.id)
        assert files_of(node) == []
        assert (await amina.get(sent["url"]))[0] == 404


async def test_what_nobody_used_is_cleared_away(tmp_path: Path) -> None:
    """A picture that was sent a day ago, and a file that a process left behind when it died."""
    async with sender(tmp_path) as (node, amina, _):
        _, sent = await amina.send(photo())
        media = node.node.settings.data_dir / "media" / "ab"
        media.mkdir(parents=True, exist_ok=True)
        left = [media / f"ab{'0' * 30}.jpg", media / f"ab{'1' * 30}.png.part"]
        for path in left:
            path.write_bytes(b"x")
        old = time.time() - 90_000
        await asyncio.to_thread(_age, left, old)
        assert await sweep_files(node.store, node.here, node.node.files) == 2
        assert not any(path.exists() for path in left)
        assert (await amina.get(sent["url"]))[0] == 200
        found = await node.store.read(pictures.unattached_older_than, time.time() + 1)
        assert [one.id for one in found] == [int(sent["id"])]
        assert await node.store.write(pictures.remove_unattached, before=time.time() + 1) == 1
        assert (await amina.get(sent["url"]))[0] == 404


def _age(paths: list[Path], when: float) -> None:
    import os

    for path in paths:
        os.utime(path, (when, when))
