"""Pictures that people send, and files that only say that they are pictures."""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from node.errors import Invalid, TooLarge, Unavailable
from node.media.directory import Directory
from node.media.files import new_name
from node.media.recognise import recognise
from node.media.workshop import Bounds, Made, Workshop, environment_of_child

LYON = (45.774, 4.828)


def encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def two_colours(width: int = 40, height: int = 20) -> Image.Image:
    """Red on the left, blue on the right."""
    picture = Image.new("RGB", (width, height), (220, 20, 20))
    picture.paste((20, 20, 220), (width // 2, 0, width, height))
    return picture


def png(width: int, height: int, data: bytes) -> bytes:
    """A PNG by hand: 8-bit grey, with whatever its data is."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


async def made(content: bytes, bounds: Bounds | None = None) -> Made:
    return await Workshop(bounds or Bounds()).make(content)


def opened(found: Made) -> Image.Image:
    return Image.open(io.BytesIO(found.content))


def is_red(colour: object) -> bool:
    return isinstance(colour, tuple) and colour[0] > 180 > 80 > colour[2]


# ── good ones ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
async def test_every_kind_is_drawn_anew(kind: str) -> None:
    """What comes out is a JPEG or a PNG that looks the same."""
    found = await made(encoded(two_colours(), kind))
    assert found.media_type == ("image/png" if kind in ("PNG", "GIF") else "image/jpeg")
    assert (found.width, found.height) == (40, 20)
    assert is_red(opened(found).convert("RGB").getpixel((5, 10)))
    assert not is_red(opened(found).convert("RGB").getpixel((35, 10)))


async def test_a_large_one_has_a_small_one_for_lists() -> None:
    """Of the same looks; what is small itself stands for itself."""
    found = await made(encoded(two_colours(1200, 600), "JPEG"))
    small = Image.open(io.BytesIO(found.small))
    assert small.size == (360, 180)
    assert found.small_ending == "jpg"
    assert is_red(small.getpixel((40, 90)))
    assert not small.getexif()
    assert (await made(encoded(two_colours(), "PNG"))).small == b""


async def test_a_photo_is_turned_scaled_and_tells_no_place() -> None:
    """As the camera was held; 1,600 pixels at most; EXIF with GPS, XMP, comment and profile go."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "PLANTED-CAMERA"
    exif.get_ifd(0x8825).update({1: "N", 2: (45.0, 46.0, 26.4), 3: "E", 4: (4.0, 49.0, 40.8)})
    photo = encoded(
        two_colours(3200, 1600),
        "JPEG",
        exif=exif.tobytes(),
        comment=b"PLANTED-COMMENT",
        xmp=b"<x:xmpmeta>PLANTED-XMP</x:xmpmeta>",
    )
    assert b"PLANTED-CAMERA" in photo
    found = await made(photo)
    assert (found.width, found.height) == (800, 1600)
    picture = opened(found)
    assert picture.size == (800, 1600)
    assert is_red(picture.getpixel((400, 100)))
    assert not is_red(picture.getpixel((400, 1500)))
    assert not picture.getexif()
    assert picture.info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density",
                                   "progressive", "progression"}  # fmt: skip
    assert b"PLANTED" not in found.content
    assert b"Exif" not in found.content


async def test_text_in_a_png_goes() -> None:
    """Its chunks of text too, and what was written behind its end."""
    from PIL.PngImagePlugin import PngInfo

    told = PngInfo()
    told.add_text("Author", "PLANTED-NAME")
    content = encoded(two_colours(), "PNG", pnginfo=told) + b"<script>PLANTED-TAIL</script>"
    found = await made(content)
    assert b"PLANTED" not in found.content


async def test_what_shines_through_still_does() -> None:
    """A drawing with transparency stays a PNG with transparency."""
    found = await made(encoded(Image.new("RGBA", (20, 20), (255, 0, 0, 0)), "PNG"))
    assert found.media_type == "image/png"
    assert opened(found).mode == "RGBA"


async def test_of_an_animation_the_first_frame_is_kept() -> None:
    """A film of a thousand frames is one picture."""
    frames = [two_colours().rotate(turn) for turn in range(0, 90, 10)]
    content = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    found = await made(content)
    assert getattr(opened(found), "n_frames", 1) == 1
    assert is_red(opened(found).convert("RGB").getpixel((5, 10)))


# ── hostile ones ─────────────────────────────────────────────────────────────────────────────


def _frames(count: int) -> bytes:
    """A GIF of many one-pixel frames, by hand."""
    head = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    frame = b"," + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    return head + frame * count + b";"


HTML = b"<html><script>alert(1)</script></html>"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "pas une image"),
        (HTML, "pas une image"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "pas une image"),
        (b'<?xml version="1.0"?><svg onload="alert(1)"/>', "pas une image"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "pas une image"),
        (b"BM" + bytes(60), "pas une image"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "pas une image"),
        (b"\xff\xd8\xff" + HTML, "abîmée"),
        (b"\x89PNG\r\n\x1a\n", "abîmée"),
        (b"RIFF\xff\xff\xff\xffWEBP" + bytes(40), "abîmée"),
        (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf" + bytes(200), "abîmée"),
        (encoded(two_colours(400, 400), "JPEG")[:-300], "abîmée"),
        (encoded(two_colours(400, 400), "PNG")[:-60], "abîmée"),
        (png(50_000, 50_000, zlib.compress(bytes(100))), "trop de points"),
        (png(2**31 - 1, 2**31 - 1, zlib.compress(bytes(100))), "trop de points"),
        (png(5_000, 5_000, zlib.compress(bytes(100))), "abîmée"),
        (_frames(2_000), "plus de 1000 images"),
    ],
)  # fmt: skip
async def test_hostile_files_are_refused(content: bytes, told: str) -> None:
    """With a sentence that says what to do, whatever the decoders stumble over."""
    with pytest.raises(Invalid) as caught:
        await made(content)
    assert told in caught.value.public


async def test_a_page_in_a_picture_is_a_picture_afterwards() -> None:
    """A polyglot keeps nothing of what is not its pixels."""
    photo = encoded(two_colours(), "JPEG", comment=HTML) + HTML
    assert recognise(photo) == "jpeg"
    found = await made(photo)
    assert b"<" not in found.content[:2]
    assert b"script" not in found.content


async def test_a_bomb_ends_its_own_process_only() -> None:
    """More memory or time than is allowed, in the other process: a sentence here, and the next
    picture is made as ever."""
    bomb = png(5_700, 5_700, zlib.compress(bytes(5_701 * 5_700), 9))
    assert len(bomb) < 40_000
    small = Workshop(replace(Bounds(), memory=160 * 1024 * 1024))
    with pytest.raises(Invalid) as caught:
        await small.make(bomb)
    assert "lourde" in caught.value.public or "abîmée" in caught.value.public
    slow = Workshop(replace(Bounds(), seconds=0.02))
    with pytest.raises(Invalid, match="lourde"):
        await slow.make(bomb)
    assert (await small.make(encoded(two_colours(), "PNG"))).width == 40


async def test_what_is_too_heavy_starts_no_process() -> None:
    """Its length is known before anything is read."""
    with pytest.raises(TooLarge):
        await made(bytes(2_000), replace(Bounds(), bytes=1_999))


def test_settings_of_the_node_are_not_told_to_the_decoders() -> None:
    """A decoder that is taken over finds no secret in its environment."""
    told = environment_of_child({"PATH": "/bin", "ENTRAIDE_MAIL_PASSWORD": "PLANTED"})
    assert told == {"PATH": "/bin"}


# ── files ────────────────────────────────────────────────────────────────────────────────────


async def test_files_have_random_names_and_no_others(tmp_path: Path) -> None:
    """128 bits, and nothing that leads out of the directory."""
    files = Directory(tmp_path / "media")
    names = {new_name("jpg") for _ in range(50)}
    assert len(names) == 50
    name = names.pop()
    assert len(name) == 32 + 4
    files.write(name, b"x")
    path = await files.find(name)
    assert isinstance(path, Path)
    assert path.read_bytes() == b"x"
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    for bad in ("../secret.jpg", "..%2fsecret.jpg", "", ".", name + "/..", name.upper(), "a" * 99):
        assert await files.find(bad) is None
    with pytest.raises(ValueError, match="name"):
        files.write("../x.jpg", b"x")
    files.forget([name, "../secret.jpg"])
    assert await files.find(name) is None
    assert (tmp_path / "secret.jpg").exists()
    files.forget([name])


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    """Where the directory cannot be, no half of a file is."""
    (tmp_path / "media").write_bytes(b"")
    with pytest.raises(Unavailable):
        Directory(tmp_path / "media").write(new_name("png"), b"x")
