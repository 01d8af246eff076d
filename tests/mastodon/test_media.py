"""Pictures, films and sounds of posts."""

from __future__ import annotations

import asyncio
import io
import struct
from typing import Any

import aiohttp
import orjson
import pytest
from PIL import Image

from node.media import blurhash, films
from node.store import objects
from tests.mastodon.shapes import MEDIA_ATTACHMENT, check
from tests.mastodon.signing_in import App, Told, Town

pytestmark = pytest.mark.asyncio(loop_scope="module")


def jpeg(width: int = 400, height: int = 200) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), (200, 30, 30)).save(out, "JPEG")
    return out.getvalue()


def box(kind: bytes, *inside: bytes) -> bytes:
    content = b"".join(inside)
    return struct.pack(">I", len(content) + 8) + kind + content


def film() -> bytes:
    """An MP4 without pictures: 640 by 360, 5 s, with the place where it was taken."""
    header = bytes(12) + struct.pack(">II", 1000, 5000) + bytes(80)
    track = bytes(76) + struct.pack(">II", 640 << 16, 360 << 16)
    place = box(b"udta", box(b"\xa9xyz", b"+45.7740+004.8280/"))
    return (
        box(b"ftyp", b"isom", bytes(4), b"isommp41")
        + box(b"moov", box(b"mvhd", header), box(b"trak", box(b"tkhd", track)), place)
        + box(b"mdat", b"x" * 64)
    )


async def send(app: App, content: bytes, *, version: int = 2, **fields: str) -> Told:
    form = aiohttp.FormData()
    form.add_field("file", content, filename="x", content_type="application/octet-stream")
    for name, value in fields.items():
        form.add_field(name, value)
    return await app.ask("POST", f"/api/v{version}/media", data=form)


async def note_of(app: App, status: dict[str, Any]) -> dict[str, Any]:
    stored = await app.node.store.read(objects.by_id, int(status["id"]))
    assert stored is not None
    found: dict[str, Any] = orjson.loads(stored.document)
    return found


async def test_a_picture_of_a_post(shared: Town) -> None:
    amina, benoit = await shared.app("amina"), await shared.app("benoit")
    told = await send(amina, jpeg(), description="Un mur rouge", focus="-0.5,0.25")
    assert told.status in (200, 202)
    one = f"/api/v1/media/{told.body['id']}"
    shown = (await amina.ask("GET", one)).body
    for _ in range(100):
        if shown["url"]:
            break
        await asyncio.sleep(0.05)
        shown = (await amina.ask("GET", one)).body
    assert shown["type"] == "image"
    assert shown["description"] == "Un mur rouge"
    assert shown["meta"]["focus"] == {"x": -0.5, "y": 0.25}
    assert shown["meta"]["original"] == {
        "width": 400,
        "height": 200,
        "size": "400x200",
        "aspect": 2.0,
    }
    assert len(shown["blurhash"]) == 28
    assert (await shared.web.get(shown["url"])).status == 200
    assert (await benoit.ask("GET", one)).status == 404
    changed = await amina.ask("PUT", one, json={"description": "Un mur", "focus": "0,0"})
    assert changed.body["description"] == "Un mur"
    stolen = await benoit.ask("POST", "/api/v1/statuses", json={"media_ids": [shown["id"]]})
    assert stolen.status == 422
    status = await amina.post("/api/v1/statuses", media_ids=[shown["id"]], sensitive="1")
    note = await note_of(amina, status)
    assert note["sensitive"] is True
    assert note["attachment"] == [
        {
            "type": "Document",
            "mediaType": "image/jpeg",
            "url": shown["url"],
            "name": "Un mur",
            "width": 400,
            "height": 200,
            "blurhash": shown["blurhash"],
            "focalPoint": [0.0, 0.0],
        }
    ]
    assert (await amina.ask("GET", one)).status == 404
    assert (await amina.ask("DELETE", one)).status == 422
    # What is deleted to be written anew keeps its picture
    assert (await amina.ask("DELETE", f"/api/v1/statuses/{status['id']}")).status == 200
    again = await amina.post("/api/v1/statuses", status="Encore", media_ids=[shown["id"]])
    described = {"id": shown["id"], "description": "Le mur du fond"}
    edited = await amina.ask(
        "PUT",
        f"/api/v1/statuses/{again['id']}",
        json={"status": "Encore", "media_ids": [shown["id"]], "media_attributes": [described]},
    )
    assert edited.status == 200
    assert (await note_of(amina, again))["attachment"][0]["name"] == "Le mur du fond"
    await amina.ask("DELETE", f"/api/v1/statuses/{again['id']}", params={"delete_media": "true"})
    assert (await shared.web.get(shown["url"])).status == 404


async def test_a_proposal_has_pictures(shared: Town) -> None:
    amina = await shared.app("amina")
    told = await send(amina, jpeg(), version=1)
    assert told.status == 200
    status = await amina.post(
        "/api/v1/statuses", status="Je donne ce tapis rouge #offre", media_ids=[told.body["id"]]
    )
    note = await note_of(amina, status)
    assert note["attachment"][0]["url"] == told.body["url"]


async def test_films_and_sounds_are_passed_on_without_their_place(shared: Town) -> None:
    amina = await shared.app("amina")
    told = await send(amina, film(), description="Un film")
    assert (told.status, told.body["type"]) == (200, "video")
    assert told.body["url"].endswith(".mp4")
    assert told.body["meta"]["original"] == {"width": 640, "height": 360}
    assert told.body["meta"]["size"] == "640x360"
    check(told.body, MEDIA_ATTACHMENT)
    async with shared.web.get(told.body["url"], headers={"Range": "bytes=0-7"}) as part:
        assert part.status == 206
        assert part.content_type == "video/mp4"
    async with shared.web.get(told.body["url"]) as whole:
        content = await whole.read()
    assert len(content) == len(film())
    assert b"+45.7740" not in content
    found = films.read(film())
    assert found is not None
    assert found.seconds == 5.0
    sound = await send(amina, b"OggS" + bytes(40))
    assert (sound.status, sound.body["type"]) == (200, "audio")
    two = [told.body["id"], sound.body["id"]]
    assert (await amina.ask("POST", "/api/v1/statuses", json={"media_ids": two})).status == 422
    status = await amina.post("/api/v1/statuses", media_ids=two[:1])
    assert (await note_of(amina, status))["attachment"][0]["mediaType"] == "video/mp4"
    proposal = {"status": "Une offre #offre", "media_ids": two[1:]}
    assert (await amina.ask("POST", "/api/v1/statuses", json=proposal)).status == 422


@pytest.mark.parametrize(
    ("content", "fields", "status"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", {}, 422),
        (b"", {}, 422),
        (jpeg()[:200], {}, 422),
        (jpeg(), {"focus": "2,0"}, 422),
        (jpeg(), {"focus": "nan,0"}, 422),
        (jpeg(), {"description": "x" * 1501}, 422),
    ],
)
async def test_what_is_not_taken(
    shared: Town, content: bytes, fields: dict[str, str], status: int
) -> None:
    amina = await shared.app("amina")
    for version in (1, 2):
        told = await send(amina, content, version=version, **fields)
        assert told.status == status
        assert set(told.body) == {"error"}


def broken_films() -> list[bytes]:
    whole = film()
    return [whole[:at] for at in range(8, len(whole), 7)] + [
        whole.replace(b"udta", b"moov"),
        whole.replace(struct.pack(">I", 100), b"\xff\xff\xff\xff"),
        box(b"ftyp", b"isom") + struct.pack(">I", 1) + b"moov" + b"\xff" * 8,
        box(b"ftyp", b"isom") + bytes(400),
    ]


@pytest.mark.parametrize("content", broken_films())
async def test_a_broken_film_stays_what_it_is(content: bytes) -> None:
    found = films.read(content)
    assert found is not None
    assert len(found.content) == len(content)


async def test_blurhash_is_what_others_read() -> None:
    """As Wolt's own encoder makes it of the same points."""
    assert blurhash.encode([(255, 255, 255)], 1, 1, x=1, y=1) == "00TSUA"
