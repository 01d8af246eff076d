"""What a page may load and do (Content Security Policy, level 3): what is the node's own, and the
tiles of the map that the association chose. No inline script, no inline style.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from node.config import Settings

_PLACE = re.compile(r"\{[a-z]+\}")


def policy(settings: Settings) -> str:
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
        f"img-src 'self' data: blob:{tile_source(settings.map.tiles)}; media-src 'self'; "
        "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )


def tile_source(tiles: str) -> str:
    """Where tiles come from, as the policy names it, after a space; "" where there are none.
    ``https://{s}.tiles.example/{z}/{x}/{y}.png`` is ``https://*.tiles.example``."""
    if not tiles:
        return ""
    parts = urlsplit(tiles.replace("{s}", "*"))
    host = _PLACE.sub("*", parts.netloc)
    return f" {parts.scheme}://{host}"
