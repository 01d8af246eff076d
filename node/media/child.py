"""The process beside: reads one picture, writes what it means, and ends.

Run as ``python -m node.media.child`` by `node.media.workshop`, with the limits as JSON in its
first argument. Whatever a file does to the decoders, it does it here: with a bounded memory and
time, with no file to write and nothing of ours to read.

Out goes a line of JSON and, when that has ``bytes``, so many bytes of the new picture, then
``small_bytes`` of a small one for lists, where the picture is larger than that.
"""

from __future__ import annotations

import contextlib
import io
import json
import resource
import signal
import sys
import warnings
from typing import Any

from PIL import AvifImagePlugin, Image, ImageCms, ImageOps, UnidentifiedImageError, WebPImagePlugin

from node.affinity import use_processors
from node.media.blurhash import encode

FORMATS = {
    "jpeg": ("JPEG", "MPO"),  # many phones' pictures hold a second, smaller one
    "png": ("PNG",),
    "gif": ("GIF",),
    "webp": ("WEBP",),
    "avif": ("AVIF",),
}
JPEG_QUALITY = 82
SMALL = 360  # pixels of the longer side: for lists, on lines where every byte is paid
DRAWING_BYTES = 1024 * 1024  # what is drawn stays PNG up to here
BROKEN = "broken"
TOO_LARGE = "too-large"
TOO_MANY_FRAMES = "too-many-frames"
TOO_MUCH = "too-much"


class Refused(Exception):
    """A word of `BROKEN`, `TOO_LARGE`, …, of which the parent makes a sentence."""


def main() -> None:
    limits = json.loads(sys.argv[1])
    use_processors(frozenset(limits["processors"]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends us
    WebPImagePlugin, AvifImagePlugin  # noqa: B018 - imported now, while files may be opened
    content = sys.stdin.buffer.read()
    _bound(limits)
    told: dict[str, Any] = {}
    body = small = b""
    try:
        told, body, small = _made(content, limits)
    except Refused as error:
        told = {"refused": str(error)}
    except MemoryError:
        told = {"refused": TOO_MUCH}
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        told = {"refused": TOO_LARGE}
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, KeyError,
            IndexError, TypeError, AttributeError, OverflowError, ZeroDivisionError,
            NotImplementedError, RecursionError) as error:  # fmt: skip
        # Decoders of others' bytes raise whatever they stumble over.
        told = {"refused": BROKEN, "log": type(error).__name__}
    out = sys.stdout.buffer
    told |= {"bytes": len(body), "small_bytes": len(small)}
    out.write(json.dumps(told).encode() + b"\n" + body + small)
    out.flush()


def _bound(limits: dict[str, Any]) -> None:
    seconds, memory = int(limits["seconds"]) + 1, int(limits["memory"])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    Image.MAX_IMAGE_PIXELS = int(limits["pixels"])
    warnings.simplefilter("error", Image.DecompressionBombWarning)


def _made(content: bytes, limits: dict[str, Any]) -> tuple[dict[str, Any], bytes, bytes]:
    side = int(limits["side"])
    with Image.open(io.BytesIO(content), formats=FORMATS[limits["kind"]]) as opened:
        if opened.width * opened.height > int(limits["pixels"]):
            raise Refused(TOO_LARGE)
        if limits["kind"] != "jpeg" and getattr(opened, "n_frames", 1) > int(limits["frames"]):
            raise Refused(TOO_MANY_FRAMES)
        opened.seek(0)  # a help post needs no film: the first frame is the picture
        opened.draft("RGB", (side, side))  # a large JPEG is decoded small
        turn = opened.getexif().get(0x0112, 1)
        profile = opened.info.get("icc_profile")
        drawn = limits["kind"] in ("png", "gif")
        picture: Image.Image = _plain(opened)
    picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    picture = _turned(picture, turn)
    picture = _in_srgb(picture, profile)
    clean = Image.new(picture.mode, picture.size)  # pixels alone, nothing else that came along
    clean.paste(picture)
    media_type, body = _written(clean, drawn=drawn)
    told = {"media_type": media_type, "width": clean.width, "height": clean.height}
    small_type, small = _small(clean, drawn=drawn)
    return {**told, "blurhash": _blurhash(clean), "small_type": small_type}, body, small


def _small(picture: Image.Image, *, drawn: bool) -> tuple[str, bytes]:
    """Nothing where the picture is small itself."""
    if max(picture.size) <= SMALL:
        return "", b""
    small = picture.copy()
    small.thumbnail((SMALL, SMALL), Image.Resampling.LANCZOS)
    return _written(small, drawn=drawn)


def _blurhash(picture: Image.Image) -> str:
    """Of it on white, where something shines through."""
    small = picture.copy()
    small.thumbnail((32, 32))
    if small.mode == "RGBA":
        white = Image.new("RGB", small.size, "white")
        white.paste(small, mask=small.getchannel("A"))
        small = white
    data = small.tobytes()
    pixels = [(data[at], data[at + 1], data[at + 2]) for at in range(0, len(data), 3)]
    return encode(pixels, small.width, small.height)


def _plain(opened: Image.Image) -> Image.Image:
    """RGB, or RGBA where something shines through."""
    if opened.mode in ("RGBA", "LA", "PA") or "transparency" in opened.info:
        picture = opened.convert("RGBA")
        low, _ = picture.getchannel("A").getextrema()
        return picture if low != 255 else picture.convert("RGB")
    return opened.convert("RGB")


def _turned(picture: Image.Image, turn: object) -> Image.Image:
    """As the camera was held (EXIF's Orientation, 1 to 8)."""
    if turn not in range(2, 9):
        return picture
    exif = Image.Exif()
    exif[0x0112] = turn
    picture.info["exif"] = exif.tobytes()
    return ImageOps.exif_transpose(picture)


def _in_srgb(picture: Image.Image, profile: object) -> Image.Image:
    """The profile goes with the metadata, so the colours are made what they look like."""
    if not isinstance(profile, bytes) or picture.mode != "RGB":
        return picture
    with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        found = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"))
        return picture if found is None else found
    return picture


def _written(picture: Image.Image, *, drawn: bool) -> tuple[str, bytes]:
    if drawn or picture.mode == "RGBA":
        out = io.BytesIO()
        picture.save(out, "PNG", optimize=True)
        if picture.mode == "RGBA" or out.tell() <= DRAWING_BYTES:
            return "image/png", out.getvalue()
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=JPEG_QUALITY, optimize=True, progressive=True)
    return "image/jpeg", out.getvalue()


if __name__ == "__main__":
    main()
