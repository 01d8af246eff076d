"""A real SMTP server on loopback (aiosmtpd), for tests that send mail.

async with mailbox() as box:
    box.port
    box.mails           # email.message.EmailMessage, as they came
    box.refuse = "550 5.1.1 nobody of that name"
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Mailbox:
    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    tries: int = 0
    refuse: str = ""
    """What to answer to RCPT instead of taking it."""
    refuse_data: str = ""
    refuse_these: dict[str, str] = field(default_factory=dict)
    break_at: str = ""
    """The recipient at whom the connection breaks."""
    connections: int = 0
    _came: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        self.tries += 1
        if address == self.break_at and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        if refusal := self.refuse or self.refuse_these.get(address):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.refuse_data:
            return self.refuse_data
        assert isinstance(envelope.content, bytes)
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        self.recipients += envelope.rcpt_tos
        self.senders.append(envelope.mail_from or "")
        self._came.set()
        return "250 OK"

    async def one(self, *, seconds: float = 10.0) -> EmailMessage:
        """The next mail that comes, or came and was not taken from here yet."""
        async with asyncio.timeout(seconds):
            while not self.mails:
                self._came.clear()
                await self._came.wait()
        return self.mails.pop(0)


def words(mail: EmailMessage) -> str:
    """The plain text of a mail."""
    return str(mail.get_content()).replace("\r\n", "\n")


def link(mail: EmailMessage, part: str) -> str:
    """The link in a mail whose path begins so: ``/confirm/``."""
    found = re.search(rf"https?://[^/\s]+({re.escape(part)}\S*)", words(mail))
    assert found is not None, words(mail)
    return found[1]


@contextlib.asynccontextmanager
async def mailbox(
    *, port: int = 0, tls: ssl.SSLContext | None = None, login: tuple[str, str] | None = None
) -> AsyncIterator[Mailbox]:
    """Until the block ends. With `tls`, STARTTLS is demanded; with `login`, a name and password."""
    box = Mailbox()
    loop = asyncio.get_running_loop()

    connections: list[asyncio.Transport] = []

    class Connection(SMTP):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            super().connection_made(transport)
            assert isinstance(transport, asyncio.Transport)
            connections.append(transport)
            box.connections += 1

    def connection() -> SMTP:
        return Connection(
            box,
            hostname="mail.example",
            tls_context=tls,
            require_starttls=tls is not None,
            loop=loop,
            **({} if login is None else _authenticated(login)),
        )

    server = await loop.create_server(connection, "127.0.0.1", port)
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        server.close()
        for _ in range(5):  # whoever was accepted in this very moment is seen
            await asyncio.sleep(0)
        for transport in connections:
            transport.abort()


def _authenticated(login: tuple[str, str]) -> dict[str, Any]:
    from aiosmtpd.smtp import AuthResult, LoginPassword

    def check(
        server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        fits = isinstance(data, LoginPassword) and data == LoginPassword(
            login[0].encode(), login[1].encode()
        )
        return AuthResult(success=fits, handled=False)

    return {"authenticator": check, "auth_required": True}
