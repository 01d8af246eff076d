"""The way to a mail server: encryption, sign-in, one connection for many, and what was refused."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from node.config import MailSettings
from node.transport.fakes import FakeMailer
from node.transport.mail import Mailer, Outgoing, Sender, Sent, SmtpMailer, compose
from tests.mailbox import Mailbox, mailbox

US = Sender(name="Croix-Rousse", address="entraide@croix.example", domain="croix.example")


def outgoing(number: int = 1, **fields: Any) -> Outgoing:
    given: dict[str, Any] = {
        "id": number,
        "to": f"p{number}@example.org",
        "subject": "Bonjour",
        "text": "Un mot.\n",
        "created_at": 1_795_000_000.0,
        "headers": {},
        **fields,
    }
    return Outgoing(**given)


def mailer(box: Mailbox, trust: ssl.SSLContext | None = None, **fields: Any) -> SmtpMailer:
    given: dict[str, Any] = {"host": "127.0.0.1", "port": box.port, "security": "none", **fields}
    return SmtpMailer(MailSettings(**given), US, trust=trust)


def authority(directory: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """What a server on 127.0.0.1 shows, and what trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example")])
    now = dt.datetime.now(dt.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = directory / "server.pem"
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    client = ssl.create_default_context(cafile=str(pem))
    return server, client


async def test_encrypted_and_signed_in(tmp_path: Path) -> None:
    """STARTTLS with a certificate that is trusted, then a name and a password; a stranger's
    certificate or a wrong password, and nothing is sent, now."""
    server, trust = authority(tmp_path)
    async with mailbox(tls=server, login=("croix", "secret")) as box:
        known = {"security": "starttls", "username": "croix", "password": "secret"}
        assert await mailer(box, trust, **known).send([outgoing()]) == [Sent(True, 250)]
        assert len(box.mails) == 1
        for wrong, by in (({**known, "password": "faux"}, trust), (known, None)):
            (said,) = await mailer(box, by, **wrong).send([outgoing()])
            assert (said.ok, said.final) == (False, False)
        assert len(box.mails) == 1


async def test_no_encryption_where_it_is_demanded(tmp_path: Path) -> None:
    """A server that offers no STARTTLS gets nothing, and not the password."""
    async with mailbox() as box:
        (said,) = await mailer(box, security="starttls", username="a", password="b").send(
            [outgoing()]
        )
        assert not said.ok
        assert not said.final
        assert box.tries == 0


async def test_many_over_one_connection() -> None:
    """One that is refused does not hold up the others."""
    async with mailbox() as box:
        box.refuse_these = {"p2@example.org": "550 5.1.1 nobody", "p3@example.org": "450 busy"}
        said = await mailer(box).send([outgoing(number) for number in range(1, 5)])
        assert [one.ok for one in said] == [True, False, False, True]
        assert [one.final for one in said] == [False, True, False, False]
        assert box.recipients == ["p1@example.org", "p4@example.org"]
        assert box.connections == 1


async def test_a_connection_that_breaks() -> None:
    """What came before it is sent, what comes after is for another time."""
    async with mailbox() as box:
        box.break_at = "p2@example.org"
        said = await mailer(box).send([outgoing(number) for number in range(1, 4)])
        assert [one.ok for one in said] == [True, False, False]
        assert not any(one.final for one in said)
        assert box.recipients == ["p1@example.org"]


@pytest.mark.parametrize("name", ["subject", "text", "to"])
def test_nothing_begins_a_header(name: str) -> None:
    """Line breaks of any kind in any part make no header, and a recipient is one address."""
    evil = "a\r\nBcc: x@example.org\n\rX: y\x0b\x85\u2028z"
    try:
        message = compose(outgoing(1, **{name: evil}), US)
    except ValueError:
        assert name == "to"
        return
    head = message.split(b"\r\n\r\n")[0].decode()
    names = [line.split(":")[0] for line in head.split("\r\n") if line[:1] not in (" ", "\t")]
    assert "Bcc" not in names
    assert "X" not in names
    assert b"\r\n.\r\n" not in message


def test_long_and_foreign_words_travel() -> None:
    """Lines stay below 998 bytes and nothing but ASCII is sent, whatever is said."""
    sender = Sender("Quartier " + "é" * 300, US.address, US.domain)
    text = "été " * 1000 + "\n.\n" + "x" * 3000
    message = compose(outgoing(subject="Ça " * 200, text=text), sender)
    assert message.isascii()
    assert max(len(line) for line in message.split(b"\r\n")) < 998


async def test_the_fake_does_as_the_real_one() -> None:
    """One answer for each, in order; it keeps what was taken."""
    fake: Mailer = FakeMailer(answer=lambda mail: Sent(mail.id != 2, 250))
    said = await fake.send([outgoing(1), outgoing(2), outgoing(3)])
    assert [one.ok for one in said] == [True, False, True]
    assert isinstance(fake, FakeMailer)
    assert [mail.id for mail in fake.sent] == [1, 3]
