"""What we sign: its exact form, and that it is read back."""

from __future__ import annotations

import base64
from functools import cache

import pytest

from node.activitypub.keys import (
    PrivateKey,
    PublicKey,
    generate_ed25519,
    generate_rsa,
    load_private,
    multikey_public_key,
    rsa_public_key,
)
from node.activitypub.signatures import (
    Claim,
    Scheme,
    SignedRequest,
    body_digests,
    read_claim,
    sign_request,
    verify,
)

NOW = 1795370400.0  # 2026-11-22T18:00:00Z
ACTOR = "https://croix-rousse.example/quartier"
INBOX = "https://presqu-ile.example/inbox"
BODY = b'{"type":"Create"}'
SCHEMES: tuple[Scheme, ...] = ("cavage-rsa", "rfc9421-rsa", "rfc9421-ed25519")


@cache
def rsa() -> PrivateKey:
    return load_private(ACTOR + "#main-key", "rsa", generate_rsa()[0])


@cache
def ed25519() -> PrivateKey:
    return load_private(ACTOR + "#ed25519-key", "ed25519", generate_ed25519()[0])


def signer(scheme: Scheme) -> PrivateKey:
    return ed25519() if scheme == "rfc9421-ed25519" else rsa()


def public(key: PrivateKey) -> PublicKey:
    made = (rsa_public_key if key.algorithm == "rsa" else multikey_public_key)(
        key.id, ACTOR, key.public_text
    )
    assert isinstance(made, PublicKey)
    return made


def received(method: str, url: str, headers: dict[str, str], body: bytes | None) -> SignedRequest:
    """The request as the other side's server would hand it on."""
    path = url[url.index("/", 8) :]
    return SignedRequest(
        method, path, url, {name.lower(): [value] for name, value in headers.items()}, body
    )


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    ("method", "url", "body"),
    [
        ("POST", INBOX, BODY),
        ("GET", "https://presqu-ile.example/users/amina/outbox?page=true&min_id=1", None),
        ("POST", "https://presqu-ile.example:8443/inbox", BODY),
        ("POST", "http://127.0.0.1:4000/inbox", BODY),
        ("POST", INBOX, b""),
    ],
)
def test_what_is_signed_is_read_back(
    scheme: Scheme, method: str, url: str, body: bytes | None
) -> None:
    """Each scheme, each kind of request: the claim is right and its signature verifies."""
    key = signer(scheme)
    headers = sign_request(key, scheme, method=method, url=url, body=body, now=NOW + 0.7)
    host = url.split("/")[2]
    assert headers["Host"] == host
    claim = read_claim(received(method, url, headers, body), now=NOW, expected_host=host)
    assert isinstance(claim, Claim)
    assert claim.scheme == scheme
    assert claim.key_id == key.id
    assert claim.algorithm == key.algorithm
    assert claim.created == NOW
    assert verify(claim, public(key))


def test_the_form_of_a_draft_cavage_signature() -> None:
    """Exactly what Mastodon documents: `(request-target) host date digest`, rsa-sha256."""
    headers = sign_request(rsa(), "cavage-rsa", method="POST", url=INBOX, body=BODY, now=NOW)
    signature = headers.pop("Signature")
    assert headers == {
        "Host": "presqu-ile.example",
        "Date": "Sun, 22 Nov 2026 18:00:00 GMT",
        "Content-Type": "application/activity+json",
        "Digest": body_digests(BODY).digest,
    }
    start, text = signature.split('signature="')
    assert start == (
        f'keyId="{ACTOR}#main-key",algorithm="rsa-sha256",'
        'headers="(request-target) host date digest",'
    )
    base = (
        "(request-target): post /inbox\nhost: presqu-ile.example\n"
        f"date: Sun, 22 Nov 2026 18:00:00 GMT\ndigest: {headers['Digest']}"
    )
    assert public(rsa()).verify(base64.b64decode(text.rstrip('"')), base.encode())


def test_the_form_of_an_rfc_9421_signature() -> None:
    """`@method`, `@target-uri`, `content-digest`, created, keyid, alg: as wire.md has it."""
    headers = sign_request(
        ed25519(), "rfc9421-ed25519", method="POST", url=INBOX, body=BODY, now=NOW
    )
    parameters = (
        '("@method" "@target-uri" "content-digest");created=1795370400;'
        f'keyid="{ACTOR}#ed25519-key";alg="ed25519"'
    )
    assert headers["Signature-Input"] == f"sig1={parameters}"
    assert headers["Content-Digest"] == body_digests(BODY).content_digest
    assert "Digest" not in headers
    base = (
        f'"@method": POST\n"@target-uri": {INBOX}\n"content-digest": {headers["Content-Digest"]}\n'
        f'"@signature-params": {parameters}'
    )
    signature = headers["Signature"].removeprefix("sig1=:").removesuffix(":")
    assert public(ed25519()).verify(base64.b64decode(signature), base.encode())


@pytest.mark.parametrize("scheme", SCHEMES)
def test_extra_headers_are_under_the_signature(scheme: Scheme) -> None:
    """FEP-8fcf: Collection-Synchronization counts only when it is signed."""
    extra = {"Collection-Synchronization": 'collectionId="https://a.example/f", digest="00"'}
    key = signer(scheme)
    headers = sign_request(key, scheme, method="POST", url=INBOX, body=BODY, now=NOW, extra=extra)
    assert headers["Collection-Synchronization"] == extra["Collection-Synchronization"]
    claim = read_claim(
        received("POST", INBOX, headers, BODY), now=NOW, expected_host="presqu-ile.example"
    )
    assert isinstance(claim, Claim)
    assert "collection-synchronization" in claim.covered
    assert verify(claim, public(key))
    headers["Collection-Synchronization"] = extra["Collection-Synchronization"].replace("0", "1")
    tampered = read_claim(
        received("POST", INBOX, headers, BODY), now=NOW, expected_host="presqu-ile.example"
    )
    assert isinstance(tampered, Claim)
    assert not verify(tampered, public(key))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_digest_made_before_gives_the_same_headers(scheme: Scheme) -> None:
    """A body that goes to many is hashed once."""
    digest = body_digests(BODY)
    key = signer(scheme)
    assert sign_request(
        key, scheme, method="POST", url=INBOX, body=BODY, now=NOW, digest=digest
    ) == sign_request(key, scheme, method="POST", url=INBOX, body=BODY, now=NOW)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    ("written", "host", "url"),
    [
        ("https://PRESQU-ILE.example:443/inbox", "presqu-ile.example", INBOX),
        ("https://presqu-ile.example", "presqu-ile.example", "https://presqu-ile.example/"),
        ("https://presqu-ile.example?a=b", "presqu-ile.example", "https://presqu-ile.example/?a=b"),
        ("https://presqu-ile.example/inbox#top", "presqu-ile.example", INBOX),
        ("http://presqu-ile.example:80/inbox", "presqu-ile.example", INBOX.replace("s:", ":")),
    ],
)
def test_addresses_are_signed_in_their_normal_form(
    scheme: Scheme, written: str, host: str, url: str
) -> None:
    """However an inbox is written, what is signed is what the other side will see."""
    key = signer(scheme)
    headers = sign_request(key, scheme, method="POST", url=written, body=BODY, now=NOW)
    assert headers["Host"] == host
    claim = read_claim(received("POST", url, headers, BODY), now=NOW, expected_host=host)
    assert isinstance(claim, Claim)
    assert verify(claim, public(key))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://presqu-ile.example/inbox",
        "https://",
        "https:///inbox",
        "https://user@presqu-ile.example/inbox",
        "https://presqu-ile.example/in box",
        "https://presqu-ile.example/inbox\r\nX: y",
        "https://presqu-île.example/inbox",
    ],
)
def test_an_address_that_is_none_is_not_signed(url: str) -> None:
    """An inbox address comes from a stranger: nothing of it may end in a header of its own."""
    with pytest.raises(ValueError, match=r"."):
        sign_request(rsa(), "cavage-rsa", method="POST", url=url, body=BODY, now=NOW)


def test_a_line_break_in_an_extra_header_is_not_signed() -> None:
    """Nor may an extra header bring a second one with it."""
    with pytest.raises(ValueError, match="line break"):
        sign_request(
            rsa(), "cavage-rsa", method="GET", url=INBOX, body=None, now=NOW, extra={"X": "a\r\nb"}
        )


def test_a_key_signs_only_by_its_own_scheme() -> None:
    """An RSA key cannot be used where Ed25519 is announced, nor the other way round."""
    with pytest.raises(ValueError, match="cannot sign as"):
        sign_request(rsa(), "rfc9421-ed25519", method="GET", url=INBOX, body=None, now=NOW)
    with pytest.raises(ValueError, match="cannot sign as"):
        sign_request(ed25519(), "cavage-rsa", method="GET", url=INBOX, body=None, now=NOW)
