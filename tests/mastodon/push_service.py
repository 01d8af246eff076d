"""A push service and the app behind it: it takes what is posted, asks who sends, and decrypts.

Written from RFC 8188, 8291 and 8292, and from the drafts that older apps speak
(draft-ietf-httpbis-encryption-encoding-02, draft-ietf-webpush-vapid-01); not with the library that
the node encrypts with.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def to_text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def to_bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _hkdf(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )


@dataclass(slots=True)
class Device:
    """An app that is subscribed: its keys, and what it could read."""

    endpoint: str
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    auth: bytes = field(default_factory=lambda: os.urandom(16))
    read: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def subscription(self, *, standard: bool) -> dict[str, Any]:
        return {
            "endpoint": self.endpoint,
            "keys": {"p256dh": to_text(_point(self.key.public_key())), "auth": to_text(self.auth)},
            "standard": standard,
        }

    def decrypt(self, headers: dict[str, str], body: bytes) -> bytes:
        if headers["Content-Encoding"] == "aes128gcm":
            return self._decrypt_standard(body)
        return self._decrypt_draft(headers, body)

    def _shared(self, sender: bytes) -> bytes:
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        return self.key.exchange(ec.ECDH(), public)

    def _decrypt_standard(self, body: bytes) -> bytes:
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        assert len(sealed) <= size  # one record
        mine = _point(self.key.public_key())
        secret = _hkdf(self.auth, self._shared(sender), b"WebPush: info\0" + mine + sender, 32)
        key = _hkdf(salt, secret, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _hkdf(salt, secret, b"Content-Encoding: nonce\0", 12)
        plain = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\0")
        assert plain[-1] == 2  # the last record
        return plain[:-1]

    def _decrypt_draft(self, headers: dict[str, str], body: bytes) -> bytes:
        named = dict(
            part.strip().split("=", 1)
            for part in headers["Crypto-Key"].replace(",", ";").split(";")
        )
        salt = to_bytes(headers["Encryption"].removeprefix("salt="))
        sender, mine = to_bytes(named["dh"]), _point(self.key.public_key())
        secret = _hkdf(self.auth, self._shared(sender), b"Content-Encoding: auth\0", 32)
        context = b"P-256\0" + b"".join(len(one).to_bytes(2, "big") + one for one in (mine, sender))
        key = _hkdf(salt, secret, b"Content-Encoding: aesgcm\0" + context, 16)
        nonce = _hkdf(salt, secret, b"Content-Encoding: nonce\0" + context, 12)
        plain = AESGCM(key).decrypt(nonce, body, None)
        padding = int.from_bytes(plain[:2], "big")
        return plain[2 + padding :]


def claims_of(headers: dict[str, str]) -> tuple[dict[str, Any], str]:
    """What the sender's signature says, checked, and its key."""
    scheme, _, rest = headers["Authorization"].partition(" ")
    if scheme == "vapid":
        parts = dict(part.strip().split("=", 1) for part in rest.split(","))
        token, key = parts["t"], parts["k"]
    else:
        assert scheme == "WebPush"
        token = rest
        key = headers["Crypto-Key"].split("p256ecdsa=")[1].split(";")[0]
    signed, _, signature = token.rpartition(".")
    raw = to_bytes(signature)
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), to_bytes(key))
    public.verify(
        encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")),
        signed.encode(),
        ec.ECDSA(hashes.SHA256()),
    )
    return json.loads(to_bytes(signed.split(".")[1])), key


@dataclass(slots=True)
class PushService:
    base: str = ""
    devices: dict[str, Device] = field(default_factory=dict)
    answers: list[int] = field(default_factory=list)
    """What is answered first; then 201."""
    asked: int = 0

    def device(self, name: str) -> Device:
        made = self.devices[name] = Device(f"{self.base}/push/{name}")
        return made

    async def take(self, request: web.Request) -> web.Response:
        self.asked += 1
        device = self.devices.get(request.match_info["name"])
        if device is None:
            return web.Response(status=410)
        if self.answers:
            return web.Response(status=self.answers.pop(0))
        headers = dict(request.headers)
        plain = device.decrypt(headers, await request.read())
        device.read.append(json.loads(plain))
        device.headers.append(headers)
        return web.Response(status=201)


@contextlib.asynccontextmanager
async def push_service() -> AsyncIterator[PushService]:
    service = PushService()
    application = web.Application()
    application.router.add_post("/push/{name}", service.take)
    async with TestServer(application, host="127.0.0.1") as server:
        service.base = str(server.make_url("")).rstrip("/")
        yield service


async def until(true: Any, *, seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
