"""A picture as a telephone takes it, sent to a node and read as others read it."""

from __future__ import annotations

import io
from typing import Any

import aiohttp
from PIL import Image

from tests.flows.asking import Asking

IN_PICTURE = ("PLANTED-CAMERA", "PLANTED-PLACE")


def _photo() -> bytes:
    """A picture as a telephone takes it, with what it tells of the place and of who took it."""
    exif = Image.Exif()
    exif[0x010F], exif[0x010E] = IN_PICTURE
    exif[0x013B] = "Colette Planchat"
    exif.get_ifd(0x8825).update({1: "N", 2: (45.0, 46.0, 26.84), 3: "E", 4: (4.0, 49.0, 42.4)})
    out = io.BytesIO()
    Image.new("RGB", (60, 40), (220, 20, 20)).save(
        out, "JPEG", exif=exif.tobytes(), comment=b"PLANTED-PLACE montee Neyret"
    )
    assert b"PLANTED-CAMERA" in out.getvalue()
    return out.getvalue()


PHOTO = _photo()
"""Made before anything is listened to: Pillow, too, tells its log what is in it."""


async def send_photo(who: Asking) -> str:
    """The number under which it was taken in."""
    form = aiohttp.FormData(default_to_multipart=True)
    form.add_field("file", PHOTO, filename="7 montée Neyret.jpg")
    form.add_field("alt", "Deux sacs")
    async with who.session.post(
        f"{who.node.base}/api/aid/v1/pictures",
        data=form,
        headers={"Authorization": f"Bearer {who.token}"},
    ) as answer:
        assert answer.status in (200, 201), await answer.text()
        return str((await answer.json())["id"])


async def pictures_of(note: dict[str, Any]) -> list[bytes]:
    """Read as Zoe's server reads them: there are pixels, and nothing else."""
    pictures = [one["url"] for one in note["attachment"] if one["type"] == "Image"]
    assert pictures
    found = []
    async with aiohttp.ClientSession() as session:
        for url in pictures:
            async with session.get(url) as answer:
                assert answer.status == 200
                content = await answer.read()
            assert "Neyret" not in url
            picture = Image.open(io.BytesIO(content))
            assert not picture.getexif()
            assert not {"comment", "exif", "xmp"} & set(picture.info)
            found.append(content)
    return found
