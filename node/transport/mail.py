"""Mail on its way to an SMTP server (RFC 5321), as plain text with headers that nothing can be
smuggled into.

What the server said of each mail is a value; only what becomes of it is decided elsewhere.
"""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime
from typing import Protocol
from urllib.parse import urlsplit

import aiosmtplib

from node.config import MailSettings, Settings

HEADER_MAX = 400
"""Characters of a subject or a name; the rest is cut off."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A mail to one person."""

    id: int
    """Makes its Message-ID: one that is sent again after a doubt is known as the same."""
    to: str
    subject: str
    text: str
    created_at: float
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a try. `code` is SMTP's, None when there was no answer; a refusal is
    `final` when the server said that this very recipient or mail will never do."""

    ok: bool
    code: int | None = None
    text: str = ""
    final: bool = False


class Mailer(Protocol):
    async def send(self, mails: Sequence[Outgoing]) -> list[Sent]:
        """Try each of them, over one connection; one answer for each, in their order."""
        ...


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes."""

    name: str
    address: str
    domain: str
    """Host of our Message-IDs and of our EHLO."""


def sender_of(settings: Settings) -> Sender:
    return Sender(
        name=settings.node.name,
        address=settings.mail_sender,
        domain=urlsplit(settings.base_url).hostname or "localhost",
    )


def compose(mail: Outgoing, sender: Sender) -> bytes:
    """The message as it travels. Line breaks in a header become blanks, so that nobody's name
    or title begins a header of its own; raises ValueError for a recipient that is none."""
    message = EmailMessage(policy=SMTP_POLICY)
    message["From"] = Address(display_name=_flat(sender.name), addr_spec=sender.address)
    message["To"] = Address(addr_spec=mail.to)
    message["Subject"] = _flat(mail.subject)
    message["Date"] = format_datetime(datetime.fromtimestamp(mail.created_at, UTC))
    message["Message-ID"] = f"<mail-{mail.id}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notes in return
    for name, value in mail.headers.items():
        message[name] = _flat(value)
    message.set_content(mail.text, cte="quoted-printable")
    return message.as_bytes()


def _flat(text: str) -> str:
    plain = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(plain.split())[:HEADER_MAX]


class SmtpMailer:
    """By aiosmtplib. Certificates are verified against the system's authorities; `trust` is for
    a server whose authority only we know."""

    def __init__(
        self, settings: MailSettings, sender: Sender, *, trust: ssl.SSLContext | None = None
    ) -> None:
        self._settings = settings
        self._sender = sender
        self._trust = trust

    async def send(self, mails: Sequence[Outgoing]) -> list[Sent]:
        answers: list[Sent] = []
        client = self._client()
        try:
            await client.connect()
            if self._settings.username:
                await client.login(self._settings.username, self._settings.password)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            client.close()
            return [_unreached(error)] * len(mails)
        for mail in mails:
            if answers and answers[-1].code is None and not answers[-1].ok:
                answers.append(answers[-1])  # the connection is lost: not tried
                continue
            answers.append(await self._one(client, mail))
        with contextlib.suppress(aiosmtplib.SMTPException, OSError):
            await client.quit()
        client.close()
        return answers

    def _client(self) -> aiosmtplib.SMTP:
        settings = self._settings
        return aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.port,
            use_tls=settings.security == "tls",
            start_tls=settings.security == "starttls",  # demanded, not merely taken when offered
            tls_context=self._trust,
            timeout=settings.seconds,
            local_hostname=self._sender.domain,  # else the machine's name is asked of the DNS
        )

    async def _one(self, client: aiosmtplib.SMTP, mail: Outgoing) -> Sent:
        try:
            message = compose(mail, self._sender)
        except ValueError as error:
            return Sent(False, 0, f"it cannot be written: {error}", final=True)
        try:
            await client.sendmail(self._sender.address, [mail.to], message)
        except aiosmtplib.SMTPRecipientsRefused as error:
            refusal = error.recipients[0]
            return _refused(refusal.code, refusal.message, about_it=True)
        except aiosmtplib.SMTPDataError as error:
            return _refused(error.code, error.message, about_it=True)
        except aiosmtplib.SMTPResponseException as error:
            return _refused(error.code, error.message, about_it=False)
        except (aiosmtplib.SMTPException, OSError) as error:
            return _unreached(error)
        return Sent(True, 250)


def _refused(code: int, text: str, *, about_it: bool) -> Sent:
    """A 5xx about the recipient or the words is final; one about us (the sender, the sign-in) is
    for the administrator to mend, and the mail waits."""
    return Sent(False, code, f"{code} {text}"[:300], final=about_it and code >= 500)


def _unreached(error: Exception) -> Sent:
    return Sent(False, None, f"{type(error).__name__}: {error}"[:300])
