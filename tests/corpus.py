"""Loads the corpus of other servers' documents, which tests/data/corpus/README.md describes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast

from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

Kind = Literal["actor", "object", "activity"]
Json = dict[str, Any]

ROOT = Path(__file__).parent / "data" / "corpus"

SERVERS = (
    "mastodon",
    "gotosocial",
    "misskey",
    "pleroma",
    "lemmy",
    "peertube",
    "pixelfed",
    "mobilizon",
    "friendica",
    "hubzilla",
    "wordpress",
    "bookwyrm",
    "flohmarkt",
)

# Nobody holds the private half: whoever replays signed activities gives the peer's own key.
SAMPLE_KEY = """-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA4/xfeLlJJN8a+IUez2wB
Zz5br1v/zDfxU+NShdofimnL2xFfoHfQ+I2YIwZ5J6A8Iumgha4IWXvtqJzRgvTO
Vnf9shM3rdfbur0Ev9nq5u6K9ivA/6jl767yq52ghcCF5YLpcHRf8dJisMNof0rD
LotHZwYgDFN3oT935waM2RghTDdnZy1Fa6e2Sjue1yteataoyyfw5dmbgYElLXsJ
uZ8Pax0EYaFlRZbJHEgld/8EbOI0z2TudFZhR7ALu2nZ7RXGmd8QU8HCEu3PIzRP
L2qhdmTMqGD27seKYJWJj2iGl/DDtQ5+FzIMezPz7kTDeveoyelQEwMgvHBLmKys
9QIDAQAB
-----END PUBLIC KEY-----
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One document with its source and what a right reader makes of it.

    ``name`` is ``<folder>/<file without .json>``. ``document`` still has its placeholders: call
    `instantiate`. ``requires`` are names of entries that must be served or replayed first, in
    that order. ``same_as`` is set for variants only.
    """

    name: str
    source: str
    server: str
    kind: Kind
    expect: Json
    document: Json
    requires: tuple[str, ...] = ()
    same_as: str | None = None
    what: str = field(default="")

    @property
    def id(self) -> str | None:
        """The id of the document, with placeholders; None for anonymous activities."""
        return cast("str | None", self.expect.get("id"))


def load() -> list[Entry]:
    """Every entry of the servers, by name; the variants apart are `variants`."""
    return [_read(path) for folder in SERVERS for path in sorted((ROOT / folder).glob("*.json"))]


def by_server() -> dict[str, list[Entry]]:
    """The entries of each server, in the order of their numbers."""
    found: dict[str, list[Entry]] = {server: [] for server in SERVERS}
    for entry in load():
        found[entry.server].append(entry)
    return found


def variants() -> list[Entry]:
    """Documents that mean the same as the entry named by ``same_as``, written differently."""
    return [_read(path) for path in sorted((ROOT / "variants").glob("*.json"))]


def get(name: str) -> Entry:
    """The entry of that name, such as ``mastodon/03-create``; raises FileNotFoundError."""
    return _read(ROOT / f"{name}.json")


def find(server: str, what: str) -> Entry:
    """The entry of a server by what it shows, such as ``("lemmy", "create")``; LookupError."""
    for path in sorted((ROOT / server).glob(f"*-{what}.json")):
        if path.stem.split("-", 1)[1] == what:
            return _read(path)
    raise LookupError(f"{server} has no {what}")


def closure(entry: Entry) -> list[Entry]:
    """What the entry requires, and what that requires, first things first; without the entry."""
    ordered: dict[str, Entry] = {}
    for name in entry.requires:
        needed = get(name)
        for earlier in closure(needed):
            ordered.setdefault(earlier.name, earlier)
        ordered.setdefault(needed.name, needed)
    return list(ordered.values())


def instantiate(
    entry: Entry,
    *,
    host: str,
    node: str,
    object_id: str = "1",
    follow_id: str = "1",
    other: str = "other.example",
    scheme: str = "http",
    public_key_pem: str = SAMPLE_KEY,
) -> Json:
    """The document with its placeholders replaced.

    ``host``, ``node`` and ``other`` are authorities (``127.0.0.1:4001``) or, with ``://``, whole
    origins of their own scheme. ``public_key_pem`` (SPKI) becomes the key of every actor, kept in
    the form that the server writes it (Mobilizon writes PKCS#1).
    """
    return cast(
        Json,
        _replace(
            entry.document,
            _table(host, node, object_id, follow_id, other, scheme, public_key_pem),
        ),
    )


def expectations(
    entry: Entry,
    *,
    host: str,
    node: str,
    object_id: str = "1",
    follow_id: str = "1",
    other: str = "other.example",
    scheme: str = "http",
) -> Json:
    """``entry.expect`` with the same placeholders replaced as in `instantiate`."""
    table = _table(host, node, object_id, follow_id, other, scheme, SAMPLE_KEY)
    return cast(Json, _replace(entry.expect, table))


def served(
    entry: Entry,
    *,
    host: str,
    node: str,
    object_id: str = "1",
    follow_id: str = "1",
    other: str = "other.example",
    scheme: str = "http",
    public_key_pem: str = SAMPLE_KEY,
) -> dict[str, Json]:
    """What the peer answers, by address, at the moment when it sends the entry.

    Everything that the entry requires and embeds, each with the context of the document around
    it; what a Delete names is no longer there. Tests serve this map and answer 404 to the rest.
    """
    origin = host if "://" in host else f"{scheme}://{host}"
    found: dict[str, Json] = {}

    def take(document: Any, context: Any) -> None:
        for part in document if isinstance(document, list) else [document]:
            if not isinstance(part, dict):
                continue
            address, inner = part.get("id"), part.get("@context", context)
            owned = isinstance(address, str) and address.startswith((f"{origin}/", f"{origin}?"))
            if owned and len(part) > 3:  # a mere reference has an id, a type, perhaps an actor
                found[cast(str, address)] = part if inner is None else {"@context": inner, **part}
            take(part.get("object"), inner)
            if part.get("type") == "Delete":
                gone = part.get("object")
                found.pop(cast(str, gone.get("id") if isinstance(gone, dict) else gone), None)

    for each in [*closure(entry), entry]:
        document = instantiate(
            each,
            host=host,
            node=node,
            object_id=object_id,
            follow_id=follow_id,
            other=other,
            scheme=scheme,
            public_key_pem=public_key_pem,
        )
        take(document, None)
    return found


def _read(path: Path) -> Entry:
    raw = cast(Json, json.loads(path.read_text(encoding="utf-8")))
    return Entry(
        name=f"{path.parent.name}/{path.stem}",
        source=raw["source"],
        server=raw["server"],
        kind=raw["kind"],
        expect=raw["expect"],
        document=raw["document"],
        requires=tuple(raw.get("requires", ())),
        same_as=raw.get("same_as"),
        what=path.stem.split("-", 1)[1],
    )


def _table(
    host: str,
    node: str,
    object_id: str,
    follow_id: str,
    other: str,
    scheme: str,
    public_key_pem: str,
) -> Sequence[tuple[str, str]]:
    key = load_pem_public_key(public_key_pem.encode())
    pairs: list[tuple[str, str]] = []
    for placeholder, given in (("HOST", host), ("NODE", node), ("OTHER", other)):
        origin = given if "://" in given else f"{scheme}://{given}"
        pairs += [(f"https://{placeholder}", origin), (placeholder, origin.split("://", 1)[1])]
    pairs += [
        ("OBJECT_ID", object_id),
        ("FOLLOW_ID", follow_id),
        (
            "PUBLIC_KEY_SPKI",
            _body(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)),
        ),
        ("PUBLIC_KEY_PKCS1", _body(key.public_bytes(Encoding.PEM, PublicFormat.PKCS1))),
    ]
    return pairs


def _body(pem: bytes) -> str:
    return "\n".join(pem.decode().strip().splitlines()[1:-1])


def _replace(value: Any, table: Sequence[tuple[str, str]]) -> Any:
    if isinstance(value, str):
        for placeholder, text in table:
            value = value.replace(placeholder, text)
        return value
    if isinstance(value, list):
        return [_replace(item, table) for item in value]
    if isinstance(value, dict):
        return {_replace(key, table): _replace(item, table) for key, item in value.items()}
    return value
