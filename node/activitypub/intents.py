"""Going on elsewhere: the page of somebody's own server at which they answer what they read here.

Servers name it in WebFinger: as Activity Intents (FEP-3b86), or as OStatus did, which is what
Mastodon has (``http://ostatus.org/schema/1.0/subscribe``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

from node.activitypub.readers import each, origin

_INTENT: Final = "https://w3id.org/fep/3b86/"
_OSTATUS: Final = "http://ostatus.org/schema/1.0/subscribe"
WAYS: Final = (
    (f"{_INTENT}Create", "{inReplyTo}"),
    (f"{_INTENT}Object", "{object}"),
    (_OSTATUS, "{uri}"),
)
"""Relation and what stands for the object: the nearest to a reply first."""
_PLACE: Final = re.compile(r"\{[A-Za-z-]{1,30}\}")
_HANDLE: Final = re.compile(r"@?(?:acct:)?([A-Za-z0-9_][A-Za-z0-9_.\-]{0,62})@([^@/\s?#]{1,255})")
_ADDRESS_MAX: Final = 500


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where somebody has an account."""

    name: str | None
    """None: they named their server only."""
    domain: str

    def __str__(self) -> str:
        return self.domain if self.name is None else f"@{self.name}@{self.domain}"


def whereabouts(text: str) -> Whereabouts | None:
    """What a person types: ``@zoe@mastodon.example``, ``mastodon.example``,
    ``https://mastodon.example/@zoe``; None for what is none of these."""
    text = text.strip()
    if not text or len(text) > _ADDRESS_MAX or not text.isprintable():
        return None
    handle = _HANDLE.fullmatch(text)
    if handle is not None:
        return _known(handle[1], handle[2])
    if "://" not in text:
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    if parts.scheme not in ("https", "http") or parts.username is not None:
        return None
    name = parts.path.strip("/")
    if re.fullmatch(r"@[A-Za-z0-9_][A-Za-z0-9_.\-]{0,62}", name):
        return _known(name[1:], parts.netloc)
    return _known(None, parts.netloc)


def _known(name: str | None, domain: str) -> Whereabouts | None:
    where = origin(f"https://{domain}")
    host = where.split("://", 1)[1] if where is not None else ""
    # A name with a dot: what people mean is no single word. Loopback has its dots, too.
    return Whereabouts(name, host) if "." in host or host.startswith("[") else None


def interaction(links: object, uri: str) -> str | None:
    """From a JRD's links, the address at which somebody goes on with the object `uri`; what else
    a template asks for is left empty, as FEP-3b86 wants it."""
    templates: dict[str, str] = {}
    for link in each(links):
        if isinstance(link, dict):
            rel, template = link.get("rel"), link.get("template")
            if isinstance(rel, str) and isinstance(template, str):
                templates.setdefault(rel, template)
    for rel, place in WAYS:
        template = templates.get(rel, "")
        if place in template:
            filled = _PLACE.sub("", template.replace(place, quote(uri, safe="")))
            if origin(filled) is not None:
                return filled
    return None
