"""Keys of other people's servers: RSA as Mastodon publishes it, Ed25519 as FEP-521a says.

Nothing in `tests/peers` imports the product: what checks it must not share its mistakes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

ED25519_PUB = bytes([0xED, 0x01])  # multicodec 0xed as an unsigned varint
_BITCOIN = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


class NotVerified(Exception):
    """A signature or proof that does not hold, with the reason."""


def base58btc(data: bytes) -> str:
    """Multibase, base58btc: ``z`` before the digits (draft-multiformats-multibase)."""
    number = int.from_bytes(data, "big")
    text = ""
    while number:
        number, digit = divmod(number, 58)
        text = _BITCOIN[digit] + text
    for byte in data:
        if byte:
            break
        text = "1" + text
    return "z" + text


def from_base58btc(text: str) -> bytes:
    """Raises NotVerified for what is no base58btc multibase."""
    if not text.startswith("z"):
        raise NotVerified(f"{text[:20]!r} is not multibase base58btc: it does not begin with z")
    number = 0
    for character in text[1:]:
        digit = _BITCOIN.find(character)
        if digit < 0:
            raise NotVerified(f"{character!r} is no base58btc digit")
        number = number * 58 + digit
    leading = len(text[1:]) - len(text[1:].lstrip("1"))
    return bytes(leading) + number.to_bytes((number.bit_length() + 7) // 8, "big")


@dataclass(frozen=True, slots=True)
class PeerKeys:
    """Both private keys of a peer's user."""

    rsa: RSAPrivateKey
    ed25519: Ed25519PrivateKey

    @classmethod
    def generate(cls) -> PeerKeys:
        return cls(
            generate_private_key(public_exponent=65537, key_size=2048),
            Ed25519PrivateKey.generate(),
        )

    @property
    def pem(self) -> str:
        """The public RSA key, SPKI."""
        return (
            self.rsa.public_key()
            .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            .decode()
        )

    @property
    def multibase(self) -> str:
        """The public Ed25519 key: ``z6Mk…``."""
        return base58btc(ED25519_PUB + self.ed25519.public_key().public_bytes_raw())


def rsa_key(actor: dict[str, Any], key_id: str) -> RSAPublicKey:
    """``publicKey`` of an actor document. Raises NotVerified."""
    key = actor.get("publicKey")
    if not isinstance(key, dict) or key.get("id") != key_id:
        raise NotVerified(f"{actor.get('id')} has no publicKey {key_id}")
    if key.get("owner") != actor.get("id"):
        raise NotVerified(f"{key_id} is owned by {key.get('owner')}, not {actor.get('id')}")
    loaded = load_pem_public_key(str(key.get("publicKeyPem")).encode())
    if not isinstance(loaded, RSAPublicKey):
        raise NotVerified(f"{key_id} is not an RSA key")
    return loaded


def multikey(actor: dict[str, Any], key_id: str) -> Ed25519PublicKey:
    """The Multikey of an actor's ``assertionMethod`` (FEP-521a). Raises NotVerified."""
    methods = actor.get("assertionMethod")
    for method in methods if isinstance(methods, list) else [methods]:
        if not isinstance(method, dict) or method.get("id") != key_id:
            continue
        if method.get("type") != "Multikey":
            raise NotVerified(f"{key_id} is a {method.get('type')}, not a Multikey")
        if method.get("controller") != actor.get("id"):
            raise NotVerified(f"{key_id} has another controller: {method.get('controller')}")
        data = from_base58btc(str(method.get("publicKeyMultibase")))
        if data[:2] != ED25519_PUB or len(data) != 34:
            raise NotVerified(f"{key_id} is no ed25519-pub multikey")
        return Ed25519PublicKey.from_public_bytes(data[2:])
    raise NotVerified(f"{actor.get('id')} lists no assertionMethod {key_id}")
