"""Other servers' traffic: actors, activities and signed requests, as bytes ready to be sent.

Written from the specifications (draft-cavage-http-signatures-12, RFC 9421, RFC 9530), apart from
the node's own code: what measures must not share the mistakes of what is measured.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256

PUBLIC: Final = "https://www.w3.org/ns/activitystreams#Public"
TYPE: Final = "application/activity+json"
ALPHABET: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
MASTODON_CONTEXT: Final = [
    "https://www.w3.org/ns/activitystreams",
    {
        "ostatus": "http://ostatus.org#",
        "atomUri": "ostatus:atomUri",
        "inReplyToAtomUri": "ostatus:inReplyToAtomUri",
        "conversation": "ostatus:conversation",
        "sensitive": "as:sensitive",
        "toot": "http://joinmastodon.org/ns#",
        "votersCount": "toot:votersCount",
        "Hashtag": "as:Hashtag",
    },
]


@dataclass(frozen=True, slots=True)
class Keys:
    """What an actor signs with."""

    rsa: RSAPrivateKey
    ed25519: Ed25519PrivateKey


def make_keys(path: Path, count: int) -> None:
    """Write new keys to a file that several processes read."""
    pairs = [
        [_pem(generate_private_key(65537, 2048)), _pem(Ed25519PrivateKey.generate())]
        for _ in range(count)
    ]
    path.write_text(json.dumps(pairs), encoding="ascii")


def read_keys(path: Path) -> list[Keys]:
    found = []
    for rsa_text, ed_text in json.loads(path.read_text(encoding="ascii")):
        rsa = serialization.load_pem_private_key(
            rsa_text.encode(), None, unsafe_skip_rsa_key_validation=True
        )
        ed25519 = serialization.load_pem_private_key(ed_text.encode(), None)
        if not isinstance(rsa, RSAPrivateKey) or not isinstance(ed25519, Ed25519PrivateKey):
            raise ValueError(f"{path} does not hold pairs of RSA and Ed25519 keys")
        found.append(Keys(rsa, ed25519))
    return found


def actor_uri(authority: str, number: int) -> str:
    return f"http://{authority}/users/a{number}"


def actor_document(authority: str, number: int, keys: Keys, *, shared_inbox: bool) -> bytes:
    """An actor as its server shows it, in Mastodon's shape, with both keys."""
    uri = actor_uri(authority, number)
    pem = (
        keys.rsa.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )
    multikey = base58(b"\xed\x01" + keys.ed25519.public_key().public_bytes_raw())
    document: dict[str, Any] = {
        "@context": [
            "https://www.w3.org/ns/activitystreams",
            "https://w3id.org/security/v1",
            "https://www.w3.org/ns/cid/v1",
        ],
        "id": uri,
        "type": "Person",
        "preferredUsername": f"a{number}",
        "name": f"Voisine {number}",
        "inbox": f"{uri}/inbox",
        "outbox": f"{uri}/outbox",
        "followers": f"{uri}/followers",
        "publicKey": {"id": f"{uri}#main-key", "owner": uri, "publicKeyPem": pem},
        "assertionMethod": [
            {
                "id": f"{uri}#ed25519-key",
                "type": "Multikey",
                "controller": uri,
                "publicKeyMultibase": multikey,
            }
        ],
    }
    if shared_inbox:
        document["endpoints"] = {"sharedInbox": f"http://{authority}/inbox"}
    return json.dumps(document).encode()


def create_note(actor: str, number: str) -> bytes:
    """A Create of a Note of about 2 kB, in the shape that Mastodon documents."""
    note = f"{actor}/statuses/{number}"
    text = (
        "Bonjour à toutes et à tous ! Je cherche quelqu’un pour porter des courses au quatrième "
        "étage sans ascenseur, jeudi ou vendredi. En échange je peux garder un chat, prêter une "
        "perceuse ou faire une tarte aux pommes. "
    )
    document = {
        "@context": MASTODON_CONTEXT,
        "id": f"{note}/activity",
        "type": "Create",
        "actor": actor,
        "published": "2026-11-22T18:00:00Z",
        "to": [PUBLIC],
        "cc": [f"{actor}/followers"],
        "object": {
            "id": note,
            "type": "Note",
            "summary": None,
            "inReplyTo": None,
            "published": "2026-11-22T18:00:00Z",
            "url": f"{note}/html",
            "attributedTo": actor,
            "to": [PUBLIC],
            "cc": [f"{actor}/followers"],
            "sensitive": False,
            "atomUri": note,
            "inReplyToAtomUri": None,
            "conversation": f"tag:banc.example,2026:objectId={number}:objectType=Conversation",
            "content": f'<p>{text}<br />{text}</p><p><a href="{actor}/tags/entraide" '
            f'class="mention hashtag" rel="tag">#<span>entraide</span></a> {number}</p>',
            "contentMap": {"fr": f"<p>{text}</p>"},
            "attachment": [],
            "tag": [{"type": "Hashtag", "href": f"{actor}/tags/entraide", "name": "#entraide"}],
            "replies": {
                "id": f"{note}/replies",
                "type": "Collection",
                "first": {
                    "type": "CollectionPage",
                    "next": f"{note}/replies?page=true",
                    "partOf": f"{note}/replies",
                    "items": [],
                },
            },
        },
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def follow(actor: str, target: str) -> bytes:
    return json.dumps(
        {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": f"{actor}#follows/1",
            "type": "Follow",
            "actor": actor,
            "object": target,
        }
    ).encode()


# ── signing ──────────────────────────────────────────────────────────────────────────────────


def post_cavage(keys: Keys, actor: str, url: str, body: bytes, now: float) -> bytes:
    """The whole request, signed as Mastodon signs."""
    parts = urlsplit(url)
    date = formatdate(now, usegmt=True)
    digest = "SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode()
    base = (
        f"(request-target): post {parts.path}\nhost: {parts.netloc}\ndate: {date}\ndigest: {digest}"
    )
    signature = base64.b64encode(keys.rsa.sign(base.encode(), PKCS1v15(), SHA256())).decode()
    return _request(
        parts.path,
        parts.netloc,
        f"Date: {date}\r\nDigest: {digest}\r\n"
        f'Signature: keyId="{actor}#main-key",algorithm="rsa-sha256",'
        f'headers="(request-target) host date digest",signature="{signature}"\r\n',
        body,
    )


def post_rfc9421(keys: Keys, actor: str, url: str, body: bytes, now: float) -> bytes:
    """The whole request, signed with Ed25519 under RFC 9421."""
    parts = urlsplit(url)
    digest = f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
    parameters = (
        f'("@method" "@target-uri" "content-digest");created={int(now)};'
        f'keyid="{actor}#ed25519-key";alg="ed25519"'
    )
    base = (
        f'"@method": POST\n"@target-uri": {url}\n"content-digest": {digest}\n'
        f'"@signature-params": {parameters}'
    )
    signature = base64.b64encode(keys.ed25519.sign(base.encode())).decode()
    return _request(
        parts.path,
        parts.netloc,
        f"Content-Digest: {digest}\r\nSignature-Input: sig1={parameters}\r\n"
        f"Signature: sig1=:{signature}:\r\n",
        body,
    )


def _request(path: str, host: str, headers: str, body: bytes) -> bytes:
    return (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: entraide-bench\r\n"
        f"{headers}Content-Type: {TYPE}\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


# ── verifying a sample of what the node sent ─────────────────────────────────────────────────


def verifies(head: bytes, body: bytes, url: str, pem: str, multibase: str) -> bool:
    """Whether a POST to ``url`` carries a signature of one of the sender's two keys."""
    headers = {
        name.strip().lower(): value.strip()
        for name, _, value in (
            line.partition(":") for line in head.decode("latin-1").split("\r\n")[1:]
        )
    }
    if "signature-input" in headers:
        return _verifies_9421(headers, body, url, pem, multibase)
    return _verifies_cavage(headers, body, url, pem)


def _verifies_cavage(headers: dict[str, str], body: bytes, url: str, pem: str) -> bool:
    fields = dict(re.findall(r'(\w+)="([^"]*)"', headers["signature"]))
    path = urlsplit(url).path
    digest = "SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode()
    names = fields["headers"].split()
    if headers["digest"] != digest or not {"(request-target)", "host", "date", "digest"} <= {
        *names
    }:
        return False
    base = "\n".join(
        f"{name}: post {path}" if name == "(request-target)" else f"{name}: {headers[name]}"
        for name in names
    )
    return _rsa_holds(pem, base64.b64decode(fields["signature"]), base.encode())


def _verifies_9421(
    headers: dict[str, str], body: bytes, url: str, pem: str, multibase: str
) -> bool:
    label, _, parameters = headers["signature-input"].partition("=")
    digest = f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
    names = re.findall(r'"([^"]+)"', parameters.partition(")")[0])
    if headers["content-digest"] != digest or "content-digest" not in names:
        return False
    derived = {"@method": "POST", "@target-uri": url}
    lines = [f'"{name}": {derived.get(name) or headers[name]}' for name in names]
    base = "\n".join([*lines, f'"@signature-params": {parameters}']).encode()
    signature = base64.b64decode(headers["signature"].removeprefix(f"{label}=:").removesuffix(":"))
    if len(signature) != 64:
        return _rsa_holds(pem, signature, base)
    try:
        Ed25519PublicKey.from_public_bytes(unbase58(multibase)[2:]).verify(signature, base)
    except InvalidSignature:
        return False
    return True


def _rsa_holds(pem: str, signature: bytes, base: bytes) -> bool:
    key = serialization.load_pem_public_key(pem.encode())
    if not isinstance(key, RSAPublicKey):
        return False
    try:
        key.verify(signature, base, PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True


def base58(data: bytes) -> str:
    """base58btc multibase of bytes without leading zeros."""
    number, digits = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        digits = ALPHABET[digit] + digits
    return "z" + digits


def unbase58(text: str) -> bytes:
    number = 0
    for character in text[1:]:
        number = number * 58 + ALPHABET.index(character)
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def _pem(key: RSAPrivateKey | Ed25519PrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
