"""BlurHash (blurha.sh): a picture as thirty characters, for the time until it is there.

The algorithm is that of Wolt's reference implementation: a cosine transform of few components,
the first in eighteen bits of sRGB, the others quantised to nineteen steps each way.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

_DIGITS: Final = (
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"
)
Colour = tuple[float, float, float]


def encode(
    pixels: Sequence[tuple[int, int, int]], width: int, height: int, *, x: int = 4, y: int = 3
) -> str:
    """Of `pixels` in sRGB, row by row. Small pictures do: 32 points a side are plenty."""
    linear = [tuple(_LINEAR[value] for value in pixel) for pixel in pixels]
    factors = [
        _factor(linear, width, height, across, down) for down in range(y) for across in range(x)
    ]
    first, others = factors[0], factors[1:]
    most = max((abs(value) for factor in others for value in factor), default=0.0)
    step = max(0, min(82, math.floor(most * 166 - 0.5))) if others else 0
    scale = (step + 1) / 166 if others else 1.0
    parts = [
        _base83((x - 1) + (y - 1) * 9, 1),
        _base83(step, 1),
        _base83(_average(first), 4),
        *(_base83(_detail(factor, scale), 2) for factor in others),
    ]
    return "".join(parts)


def _factor(
    pixels: Sequence[tuple[float, ...]], width: int, height: int, across: int, down: int
) -> Colour:
    red = green = blue = 0.0
    columns = [math.cos(math.pi * across * at / width) for at in range(width)]
    for row in range(height):
        vertical = math.cos(math.pi * down * row / height)
        for column in range(width):
            basis = columns[column] * vertical
            pixel = pixels[row * width + column]
            red += basis * pixel[0]
            green += basis * pixel[1]
            blue += basis * pixel[2]
    scale = (1.0 if across == down == 0 else 2.0) / (width * height)
    return red * scale, green * scale, blue * scale


def _average(colour: Colour) -> int:
    red, green, blue = (_srgb(value) for value in colour)
    return (red << 16) + (green << 8) + blue


def _detail(colour: Colour, most: float) -> int:
    red, green, blue = (
        max(0, min(18, math.floor(_root(value / most) * 9 + 9.5))) for value in colour
    )
    return red * 19 * 19 + green * 19 + blue


def _root(value: float) -> float:
    return math.copysign(math.sqrt(abs(value)), value)


def _base83(value: int, length: int) -> str:
    return "".join(_DIGITS[value // 83 ** (length - at) % 83] for at in range(1, length + 1))


def _to_linear(value: int) -> float:
    share = value / 255
    return share / 12.92 if share <= 0.04045 else math.pow((share + 0.055) / 1.055, 2.4)


def _srgb(value: float) -> int:
    share = max(0.0, min(1.0, value))
    if share <= 0.0031308:
        return int(share * 12.92 * 255 + 0.5)
    return int((1.055 * math.pow(share, 1 / 2.4) - 0.055) * 255 + 0.5)


_LINEAR: Final = [_to_linear(value) for value in range(256)]
