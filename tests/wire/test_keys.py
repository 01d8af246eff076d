"""Keys: read from strangers with suspicion, made and kept for local actors."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st

from node.activitypub.keys import (
    PublicKey,
    generate_ed25519,
    generate_rsa,
    load_private,
    multibase_decode,
    multibase_encode,
    multikey_public_key,
    rsa_public_key,
)
from node.activitypub.rejected import Rejected

KEY = "https://server.example/users/alice#main-key"
ALICE = "https://server.example/users/alice"


def spki(key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey) -> str:
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()


def test_an_rsa_key_survives_its_journey() -> None:
    """A key made here, stored, loaded and published verifies what it signed, and nothing else."""
    private, public = generate_rsa()
    signer = load_private(KEY, "rsa", private)
    assert signer.public_text == public
    key = rsa_public_key(KEY, ALICE, public)
    assert isinstance(key, PublicKey)
    assert (key.id, key.owner, key.algorithm) == (KEY, ALICE, "rsa")
    signature = signer.sign(b"bonjour")
    assert key.verify(signature, b"bonjour")
    assert not key.verify(signature, b"bonsoir")
    assert not key.verify(signature, b"bonjour", digest="sha512")
    assert not key.verify(b"", b"bonjour")


def test_an_ed25519_key_survives_its_journey() -> None:
    """The same for Ed25519, published as a Multikey."""
    private, public = generate_ed25519()
    assert public.startswith("z6Mk")
    signer = load_private(KEY, "ed25519", private)
    assert signer.public_text == public
    key = multikey_public_key(KEY, ALICE, public)
    assert isinstance(key, PublicKey)
    assert key.algorithm == "ed25519"
    signature = signer.sign(b"bonjour")
    assert len(signature) == 64
    assert key.verify(signature, b"bonjour")
    assert not key.verify(signature, b"bonsoir")
    assert not key.verify(b"short", b"bonjour")


def test_a_private_key_does_not_show_itself() -> None:
    """Printing a private key, as a log might, shows its id and nothing secret."""
    private, _ = generate_ed25519()
    shown = repr(load_private(KEY, "ed25519", private))
    assert KEY in shown
    assert "PrivateKey object" not in shown
    assert private.splitlines()[1] not in shown


def test_a_stored_key_must_be_what_its_row_says() -> None:
    """A key of another algorithm than its row names is an error of ours, told at loading."""
    private, _ = generate_ed25519()
    with pytest.raises(ValueError, match="not of the algorithm"):
        load_private(KEY, "rsa", private)


def test_pkcs1_pem_is_read_too() -> None:
    """Some peers publish RSA PUBLIC KEY (PKCS #1) too; line ends do not matter."""
    pem = (
        rsa.generate_private_key(65537, 2048)
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.PKCS1)
        .decode()
    )
    assert "RSA PUBLIC KEY" in pem
    assert isinstance(rsa_public_key(KEY, ALICE, pem), PublicKey)
    assert isinstance(rsa_public_key(KEY, ALICE, "\r\n" + pem.replace("\n", "\r\n")), PublicKey)


def test_keys_that_are_too_weak_too_big_or_not_rsa_are_refused() -> None:
    """RSA below 2048 or above 8192 bits, with a huge exponent, or another algorithm: no."""
    weak = spki(rsa.generate_private_key(65537, 1024).public_key())
    curve = spki(ec.generate_private_key(ec.SECP256R1()).public_key())
    big = spki(rsa.RSAPublicNumbers(65537, (1 << 8199) | 1).public_key())
    good = rsa.generate_private_key(65537, 2048).public_key().public_numbers()
    slow = spki(rsa.RSAPublicNumbers((1 << 2000) | 1, good.n).public_key())
    for pem in (weak, curve, big, slow):
        assert isinstance(rsa_public_key(KEY, ALICE, pem), Rejected)


@pytest.mark.parametrize(
    "pem",
    [
        "",
        "no key",
        "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----",
        "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----",
        "-----BEGIN PUBLIC KEY-----\n\u00e9\n-----END PUBLIC KEY-----",
        "-----BEGIN PUBLIC KEY-----\n" + "A" * 100_000 + "\n-----END PUBLIC KEY-----",
    ],
)
def test_nonsense_for_a_pem_is_a_value(pem: str) -> None:
    """What is no PEM is refused without an exception."""
    assert isinstance(rsa_public_key(KEY, ALICE, pem), Rejected)


def test_a_private_key_in_the_place_of_a_public_one_is_refused() -> None:
    """A peer that publishes its private key gets no help in it."""
    private, _ = generate_rsa()
    assert isinstance(rsa_public_key(KEY, ALICE, private), Rejected)


@pytest.mark.parametrize(
    "multibase",
    [
        "",
        "z",
        "6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2",  # no multibase prefix
        "u7QGWXkqO",  # base64url
        "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ",  # a digit short
        "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ0",  # 0 is not in the alphabet
        "zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169",  # P-256
        "z" + "1" * 100_000,
    ],
)
def test_a_multikey_that_is_not_ed25519_is_refused(multibase: str) -> None:
    """Only base58btc with the multicodec of Ed25519 and 32 bytes counts, and length is bounded."""
    assert isinstance(multikey_public_key(KEY, ALICE, multibase), Rejected)


def test_a_key_without_an_id_or_owner_is_refused() -> None:
    """A key that nobody owns could be anybody's."""
    _, rsa_text = generate_rsa()
    _, ed_text = generate_ed25519()
    assert isinstance(rsa_public_key("", ALICE, rsa_text), Rejected)
    assert isinstance(multikey_public_key(KEY, "", ed_text), Rejected)
    assert isinstance(multikey_public_key("x" * 4000, ALICE, ed_text), Rejected)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"Hello World!", "z2NEpo7TZRRrLZSi2U"),
        (b"The quick brown fox jumps over the lazy dog.", "zUSm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4"
         "NDv6gmeo1LkMeiKrLJUUBk6Z"),
        (bytes.fromhex("0000287fb4cd"), "z11233QC4"),
    ],
)  # fmt: skip
def test_the_published_base58_vectors(data: bytes, text: str) -> None:
    """draft-msporny-base58 §5: these bytes have these texts."""
    assert multibase_encode(data) == text
    assert multibase_decode(text) == data


@given(st.binary(min_size=1, max_size=80))
def test_base58_gives_back_what_it_was_given(data: bytes) -> None:
    """Any bytes, leading zeros too, come back from their text."""
    assert multibase_decode(multibase_encode(data)) == data


@given(st.text(max_size=140))
def test_base58_never_raises(text: str) -> None:
    """Any text is either bytes or None."""
    decoded = multibase_decode("z" + text)
    assert decoded is None or isinstance(decoded, bytes)
