"""Web Push: messages that only the app can read (RFC 8291), from a server that shows who it is
(VAPID, RFC 8292), over our own guarded way out.

Apps that do not say that they know the standard get the drafts before it (``aesgcm``), as from
Mastodon.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from node.errors import FetchRefused, Invalid
from node.transport.guard import Guard
from node.transport.post import Poster, PostResult

TTL_S: Final = 48 * 3600
"""How long a service keeps what it cannot deliver yet."""
CLAIM_S: Final = 12 * 3600.0
"""How long one signature for a service counts; at most a day."""
CLAIMS_KEPT: Final = 1_000
BODY_MOST: Final = 3_000
"""Bytes before encryption; services take 4,096 after it."""
ENDPOINT_MOST: Final = 2_048
AUTH_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Receiver:
    endpoint: str
    p256dh: str
    auth: str
    standard: bool


# ── keys ─────────────────────────────────────────────────────────────────────────────────────


def new_key() -> str:
    """A VAPID key: PKCS#8 PEM, P-256."""
    return (
        ec.generate_private_key(ec.SECP256R1())
        .private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        .decode()
    )


def public_key(pem: str) -> str:
    """As apps are told it: the uncompressed point, base64url with its padding."""
    loaded = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(loaded, ec.EllipticCurvePrivateKey):
        raise ValueError("not a key of an elliptic curve")
    point = loaded.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return base64.urlsafe_b64encode(point).decode()


def check_receiver(
    guard: Guard, *, endpoint: str, p256dh: str, auth: str, standard: bool
) -> Receiver:
    """What an app says of itself, in one spelling. Raises Invalid."""
    try:
        if len(endpoint) > ENDPOINT_MOST:
            raise FetchRefused("too long")
        guard.check_url(endpoint)
    except FetchRefused as error:
        raise Invalid("Endpoint must be a https address") from error
    point = _bytes(p256dh)
    try:
        if point is None or len(point) != 65:
            raise ValueError
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError as error:
        raise Invalid("Key p256dh is not a public key of P-256") from error
    secret = _bytes(auth)
    if secret is None or len(secret) != AUTH_BYTES:
        raise Invalid("Key auth must be 16 bytes")
    return Receiver(endpoint, _text(point), _text(secret), standard)


def _bytes(text: str) -> bytes | None:
    """Either alphabet of base64, padded or not."""
    plain = text.strip().rstrip("=").translate(str.maketrans("+/", "-_"))
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


# ── sending ──────────────────────────────────────────────────────────────────────────────────


class WebPush:
    """Used by one worker."""

    def __init__(self, poster: Poster, *, key: str, contact: str) -> None:
        self._poster = poster
        self._key = key
        self._contact = contact
        self._claims: dict[tuple[str, bool], tuple[float, dict[str, str]]] = {}

    async def send(self, to: Receiver, body: bytes, *, urgent: bool, now: float) -> PostResult:
        """Never raises for what the other side does, nor for keys that turn out to be none."""
        try:
            encrypted, headers = self._message(to, body, now)
        except ValueError as error:
            return PostResult(400, None, str(error)[:200])
        return await self._poster.post(
            to.endpoint,
            encrypted,
            {
                "Host": urlsplit(to.endpoint).netloc,
                "Content-Type": "application/octet-stream",
                "TTL": str(TTL_S),
                "Urgency": "high" if urgent else "normal",
                **headers,
            },
        )

    def _message(self, to: Receiver, body: bytes, now: float) -> tuple[bytes, dict[str, str]]:
        # Brings half a client library along, which only a node whose people use push pays for.
        from py_vapid import VapidException
        from pywebpush import WebPusher, WebPushException

        keys = {"p256dh": to.p256dh, "auth": to.auth}
        encoding = "aes128gcm" if to.standard else "aesgcm"
        try:
            pusher = WebPusher({"endpoint": to.endpoint, "keys": keys})
            made: Any = pusher.encode(body, encoding)
            headers = {"Content-Encoding": encoding, **self._claim(to, now)}
        except (WebPushException, VapidException) as error:
            raise ValueError(str(error)) from error
        if not to.standard:
            headers["Encryption"] = "salt=" + _ascii(made["salt"])
            headers["Crypto-Key"] = f"dh={_ascii(made['crypto_key'])};{headers['Crypto-Key']}"
        return bytes(made["body"]), headers

    def _claim(self, to: Receiver, now: float) -> dict[str, str]:
        """Signed for a service, and good for all that goes to it in half a day."""
        from py_vapid import Vapid01, Vapid02

        parts = urlsplit(to.endpoint)
        audience = f"{parts.scheme}://{parts.netloc}"
        until, headers = self._claims.get((audience, to.standard), (0.0, {}))
        if until - now < CLAIM_S / 2:
            if len(self._claims) >= CLAIMS_KEPT:
                self._claims.clear()
            until = now + CLAIM_S
            vapid = (Vapid02 if to.standard else Vapid01).from_pem(self._key.encode())
            vapid.conf = {"no-strict": True}  # a contact on this machine is no mail address to it
            headers = vapid.sign({"aud": audience, "exp": int(until), "sub": self._contact})
            self._claims[audience, to.standard] = until, headers
        return dict(headers)


def _ascii(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value
