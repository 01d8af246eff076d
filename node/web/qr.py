"""QR codes, drawn within the page: no picture is loaded, and no style is set inline."""

from __future__ import annotations

import segno
from markupsafe import Markup


def qr(text: str) -> Markup:
    """A QR code as SVG; dark on whatever is behind it. Whoever shows it says in words what it
    holds."""
    made = segno.make(text, error="m")
    svg = made.svg_inline(border=2, omitsize=True, svgclass=None, lineclass=None)
    return Markup(svg)  # noqa: S704 - made of squares
