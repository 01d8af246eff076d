"""Keys of actors: RSA as ``publicKey`` PEM, Ed25519 as Multikey (FEP-521a).

Each key is parsed once, where it enters, and the loaded object is kept: a verification must not
pay for parsing again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256, SHA512

from node.activitypub.rejected import Rejected

KeyAlgorithm = Literal["rsa", "ed25519"]
HashName = Literal["sha256", "sha512"]

RSA_BITS: Final = 2048
_RSA_BITS_MIN: Final = 2048
_RSA_BITS_MAX: Final = 8192
_EXPONENT_BITS_MAX: Final = 33  # verification costs grow with it; everybody uses 65537
_PEM_MAX: Final = 8192  # characters; an 8192-bit key takes 1,500
_ID_MAX: Final = 2048
_MULTIBASE_MAX: Final = 128  # characters; an Ed25519 key takes 48, a signature 89
_ED25519_PUB: Final = b"\xed\x01"  # multicodec 0xed as a varint

_PKCS1: Final = PKCS1v15()
_HASHES: Final = {"sha256": SHA256(), "sha512": SHA512()}

_ALPHABET: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_DIGITS: Final = {character: value for value, character in enumerate(_ALPHABET)}


def multibase_encode(data: bytes) -> str:
    """Bytes as base58btc multibase: ``z`` and the digits."""
    digits: list[str] = []
    number = int.from_bytes(data, "big")
    while number:
        # Ten digits at a time: nine divisions of a big number instead of ninety.
        number, chunk = divmod(number, 58**10)
        for _ in range(10):
            chunk, digit = divmod(chunk, 58)
            digits.append(_ALPHABET[digit])
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "z" + "1" * zeros + "".join(reversed(digits)).lstrip("1")


def multibase_decode(text: str) -> bytes | None:
    """The bytes of a base58btc multibase text; None when it is not one, or over 128 characters."""
    if not 1 < len(text) <= _MULTIBASE_MAX or text[0] != "z":
        return None
    number = 0
    for character in text[1:]:
        digit = _DIGITS.get(character)
        if digit is None:
            return None
        number = number * 58 + digit
    zeros = len(text) - 1 - len(text[1:].lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that a remote or local actor has published."""

    id: str
    """The key's IRI, as in ``keyId`` and ``verificationMethod``."""
    owner: str
    """The actor's IRI. Whether that actor lists the key is for the one who fetched it to check."""
    algorithm: KeyAlgorithm
    _key: rsa.RSAPublicKey | ed25519.Ed25519PublicKey = field(repr=False, compare=False)

    def verify(self, signature: bytes, data: bytes, *, digest: HashName = "sha256") -> bool:
        """Whether this key signed ``data``: RSASSA-PKCS1-v1_5 with ``digest``, or pure Ed25519."""
        try:
            if isinstance(self._key, rsa.RSAPublicKey):
                self._key.verify(signature, data, _PKCS1, _HASHES[digest])
            else:
                self._key.verify(signature, data)
        except InvalidSignature:
            return False
        return True


def rsa_public_key(id: str, owner: str, pem: str) -> PublicKey | Rejected:
    """A ``publicKeyPem``, as SPKI (PUBLIC KEY) or PKCS #1 (RSA PUBLIC KEY); 2048 to 8192 bits."""
    if not _fit(id, owner):
        return Rejected("a key's id or owner is empty or too long")
    if len(pem) > _PEM_MAX:
        return Rejected("a public key longer than any real one")
    try:
        key = serialization.load_pem_public_key(pem.strip().encode("ascii"))
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return Rejected("a public key that is no PEM we can read")
    if not isinstance(key, rsa.RSAPublicKey):
        return Rejected("publicKeyPem holds a key that is not RSA")
    if not _RSA_BITS_MIN <= key.key_size <= _RSA_BITS_MAX:
        return Rejected(f"an RSA key of {key.key_size} bits")
    if key.public_numbers().e.bit_length() > _EXPONENT_BITS_MAX:
        return Rejected("an RSA key with an oversized exponent")
    return PublicKey(id, owner, "rsa", key)


def multikey_public_key(id: str, owner: str, multibase: str) -> PublicKey | Rejected:
    """A Multikey's ``publicKeyMultibase`` (FEP-521a): base58btc, multicodec ed25519-pub."""
    if not _fit(id, owner):
        return Rejected("a key's id or owner is empty or too long")
    data = multibase_decode(multibase)
    if data is None:
        return Rejected("publicKeyMultibase is not base58btc multibase")
    if len(data) != 34 or not data.startswith(_ED25519_PUB):
        return Rejected("a Multikey that is not Ed25519")
    return PublicKey(
        id, owner, "ed25519", ed25519.Ed25519PublicKey.from_public_bytes(data[len(_ED25519_PUB) :])
    )


def _fit(id: str, owner: str) -> bool:
    return 0 < len(id) <= _ID_MAX and 0 < len(owner) <= _ID_MAX


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A local actor's key. Its representation shows nothing secret."""

    id: str
    algorithm: KeyAlgorithm
    public_text: str
    """What the actor document shows: SPKI PEM for RSA, multibase for Ed25519."""
    _key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey = field(repr=False, compare=False)

    def sign(self, data: bytes) -> bytes:
        """RSASSA-PKCS1-v1_5 with SHA-256, or pure Ed25519 (64 bytes)."""
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(data, _PKCS1, _HASHES["sha256"])
        return self._key.sign(data)


def generate_rsa() -> tuple[str, str]:
    """A new RSA-2048 key: the private text to store (PKCS #8 PEM) and the public (SPKI PEM)."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    return _stored(key), _public_text(key)


def generate_ed25519() -> tuple[str, str]:
    """A new Ed25519 key: the private text to store (PKCS #8 PEM) and the public (multibase)."""
    key = ed25519.Ed25519PrivateKey.generate()
    return _stored(key), _public_text(key)


def load_private(id: str, algorithm: str, pem: str) -> PrivateKey:
    """One of our own keys, from the store. Raises ValueError when the text is not such a key."""
    # OpenSSL's check of an RSA key (are p and q prime?) takes 30 to 48 ms, and a process has one
    # key per local actor to load. The check guards against keys from strangers; this one was
    # generated by us and comes from our own database, so it is left out.
    key = serialization.load_pem_private_key(
        pem.encode("ascii"), password=None, unsafe_skip_rsa_key_validation=True
    )
    if algorithm == "rsa" and isinstance(key, rsa.RSAPrivateKey):
        return PrivateKey(id, "rsa", _public_text(key), key)
    if algorithm == "ed25519" and isinstance(key, ed25519.Ed25519PrivateKey):
        return PrivateKey(id, "ed25519", _public_text(key), key)
    raise ValueError(f"The stored key {id} is not of the algorithm {algorithm!r}.")


def _stored(key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode("ascii")


def _public_text(key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> str:
    public = key.public_key()
    if isinstance(public, ed25519.Ed25519PublicKey):
        return multibase_encode(_ED25519_PUB + public.public_bytes_raw())
    return public.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode("ascii")
