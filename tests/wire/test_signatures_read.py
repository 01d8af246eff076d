"""Reading signatures: what peers write in their own way is read, what attackers write is not."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA512, HashAlgorithm

from node.activitypub.keys import (
    PublicKey,
    multibase_encode,
    multikey_public_key,
    rsa_public_key,
)
from node.activitypub.rejected import Rejected
from node.activitypub.signatures import Claim, SignedRequest, read_claim, verify

NOW = 1795370400.0
DATE = "Sun, 22 Nov 2026 18:00:00 GMT"
HOST = "croix-rousse.example"
ACTOR = "https://lyon.example/users/zoe"
KEY = ACTOR + "#main-key"
BODY = b'{"type":"Follow"}'
DIGEST = "SHA-256=" + base64.b64encode(hashlib.sha256(BODY).digest()).decode()
CONTENT_DIGEST = "sha-256=:" + base64.b64encode(hashlib.sha256(BODY).digest()).decode() + ":"


@cache
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@cache
def ed_key() -> ed25519.Ed25519PrivateKey:
    return ed25519.Ed25519PrivateKey.generate()


@cache
def rsa_public() -> PublicKey:
    pem = rsa_key().public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )  # fmt: skip
    key = rsa_public_key(KEY, ACTOR, pem.decode())
    assert isinstance(key, PublicKey)
    return key


@cache
def ed_public() -> PublicKey:
    raw = ed_key().public_key().public_bytes_raw()
    key = multikey_public_key(KEY, ACTOR, multibase_encode(b"\xed\x01" + raw))
    assert isinstance(key, PublicKey)
    return key


def rsa_sign(base: str, hash_: HashAlgorithm | None = None) -> str:
    signature = rsa_key().sign(base.encode(), padding.PKCS1v15(), hash_ or SHA256())
    return base64.b64encode(signature).decode()


def ed_sign(base: str) -> str:
    return base64.b64encode(ed_key().sign(base.encode())).decode()


def cavage(
    covered: str = "(request-target) host date digest",
    *,
    parameters: str = 'algorithm="rsa-sha256",',
    sign: Callable[[str], str] = rsa_sign,
    created: str = "",
    expires: str = "",
    method: str = "POST",
    body: bytes | None = BODY,
    **headers: str,
) -> SignedRequest:
    """A request that Zoé's server signs, with these headers (``_`` for ``-``) in it."""
    values = {"host": HOST, "date": DATE, "digest": DIGEST}
    values |= {name.replace("_", "-"): value for name, value in headers.items()}
    special = {
        "(request-target)": f"{method.lower()} /inbox",
        "(created)": created,
        "(expires)": expires,
    }
    base = "\n".join(f"{n}: {(special | values).get(n, '')}" for n in covered.lower().split())
    signature = f'keyId="{KEY}",{parameters}headers="{covered}",signature="{sign(base)}"'
    sent = {name: [value] for name, value in values.items()} | {"signature": [signature]}
    return SignedRequest(method, "/inbox", f"https://{HOST}/inbox", sent, body)


def rfc(
    covered: str = '"@method" "@target-uri" "content-digest"',
    *,
    parameters: str = f';created=1795370400;keyid="{KEY}"',
    sign: Callable[[str], str] = ed_sign,
    method: str = "POST",
    path: str = "/inbox",
    body: bytes | None = BODY,
    label: str = "sig1",
    **headers: str,
) -> SignedRequest:
    values = {"host": HOST, "date": DATE, "content-digest": CONTENT_DIGEST}
    values |= {name.replace("_", "-"): value for name, value in headers.items()}
    url = f"https://{HOST}{path}"
    special = {
        "@method": method,
        "@target-uri": url,
        "@authority": HOST,
        "@scheme": "https",
        "@path": path.partition("?")[0],
        "@query": "?" + path.partition("?")[2],
        "@request-target": path,
    }
    names = [name.strip('"') for name in covered.split()]
    lines = [f'"{name}": {(special | values).get(name, "")}' for name in names]
    lines.append(f'"@signature-params": ({covered}){parameters}')
    sent = {name: [value] for name, value in values.items()}
    sent["signature-input"] = [f"{label}=({covered}){parameters}"]
    sent["signature"] = [f"{label}=:{sign(chr(10).join(lines))}:"]
    return SignedRequest(method, path, url, sent, body)


def read(request: SignedRequest, now: float = NOW) -> Claim | Rejected:
    return read_claim(request, now=now, expected_host=HOST)


def claimed(request: SignedRequest, now: float = NOW) -> Claim:
    claim = read(request, now)
    assert isinstance(claim, Claim), claim
    return claim


def refused(request: SignedRequest, *, status: int = 401, now: float = NOW) -> str:
    answer = read(request, now)
    assert isinstance(answer, Rejected)
    assert answer.status == status, answer.reason
    return answer.reason


def with_header(request: SignedRequest, name: str, *values: str) -> SignedRequest:
    headers: dict[str, Sequence[str]] = {**request.headers, name: list(values)}
    if not values:
        del headers[name]
    return replace(request, headers=headers)


# What peers write


@pytest.mark.parametrize(
    "request_",
    [
        cavage(),
        cavage(parameters=""),
        cavage(parameters='algorithm="hs2019",'),
        cavage(parameters='algorithm="RSA-SHA256",'),
        cavage("(request-target) Host Date Digest"),
        cavage("(request-target) host date digest content-type", content_type="application/json"),
        cavage(parameters='algorithm="hs2019",', sign=lambda base: rsa_sign(base, SHA512())),
        cavage(
            "(request-target) host (created) (expires) digest",
            parameters='algorithm="hs2019",created=1795370400,expires=1795370700,',
            created="1795370400",
            expires="1795370700",
        ),
        cavage(
            "(request-target) host (created) digest",
            parameters='algorithm="hs2019", created="1795370400", ',
            created="1795370400",
        ),
        cavage(digest="sha-256=" + DIGEST[8:]),
        cavage(digest="MD5=AAAA," + DIGEST),
        cavage(
            digest="SHA-512=" + base64.b64encode(hashlib.sha512(BODY).digest()).decode(),
        ),
        cavage(date="Sun, 22 Nov 2026 18:00:00 +0000"),
        cavage(date="Sun, 22 Nov 2026 19:00:00 +0100"),
        cavage(host=HOST.upper()),
        cavage(host=HOST + ":443"),
        cavage("(request-target) host date", method="GET", body=None),
        cavage("(request-target) host date", body=b""),
        rfc(sign=rsa_sign),
        rfc(sign=rsa_sign, parameters=f';created=1795370400;alg="rsa-v1_5-sha256";keyid="{KEY}"'),
        rfc('"@method" "@target-uri" "@authority" "host" "date" "content-digest"', sign=rsa_sign),
    ],
)
def test_signatures_in_the_forms_of_real_peers_are_read(request_: SignedRequest) -> None:
    """Case, order, spaces, hash and algorithm names differ; all of these verify with the key."""
    claim = claimed(request_)
    assert claim.key_id == KEY
    assert claim.algorithm == "rsa"
    assert verify(claim, rsa_public())
    assert not verify(claim, ed_public())


@pytest.mark.parametrize(
    "request_",
    [
        rfc(),
        rfc(parameters=f';created=1795370400;keyid="{KEY}";alg="ed25519"'),
        rfc(parameters=f';created=1795370400;keyid="{KEY}";nonce="a\\"b";tag="x";other=?0;flag'),
        rfc(parameters=f';expires=1795370700;created=1795370400;keyid="{KEY}"'),
        rfc('"@method" "@authority" "@path" "content-digest"'),
        rfc('"@method" "@authority" "@path" "@query" "content-digest"', path="/inbox?a=b"),
        rfc('"@method" "@authority" "@path" "@query" "content-digest"'),
        rfc('"@method" "host" "@request-target" "content-digest"', path="/inbox?a=b"),
        rfc('"@method" "@target-uri" "@scheme" "date" "content-digest"'),
        rfc('"@method" "@target-uri" "date" "content-digest"', parameters=f';keyid="{KEY}"'),
        rfc('"@method" "@target-uri"', method="GET", body=None),
        rfc(label="*my-sig_1.0"),
        rfc(content_digest="unknown=:AAAA:, " + CONTENT_DIGEST),
        rfc(
            content_digest="sha-512=:"
            + base64.b64encode(hashlib.sha512(BODY).digest()).decode()
            + ":"
        ),
    ],
)
def test_ed25519_under_rfc_9421_is_read(request_: SignedRequest) -> None:
    """The forms that RFC 9421 allows for the target, the time and the digest."""
    claim = claimed(request_)
    assert claim.scheme == "rfc9421-ed25519"
    assert claim.created == NOW
    assert verify(claim, ed_public())
    assert not verify(claim, rsa_public())


def test_loose_spacing_is_signed_in_canonical_form() -> None:
    """RFC 9421 §2.5: the parameters are serialised anew, so spaces do not break a signature."""
    request = rfc()
    spaced = request.headers["signature-input"][0]
    spaced = spaced.replace("(", "(  ").replace(")", " )").replace(";", "; ").replace('" "', '"  "')
    assert verify(claimed(with_header(request, "signature-input", spaced)), ed_public())


def test_ed25519_under_draft_cavage_is_read() -> None:
    """hs2019 leaves the algorithm to the key; such a host is remembered as one of draft-cavage."""
    for parameters in ("", 'algorithm="hs2019",'):
        claim = claimed(cavage(parameters=parameters, sign=ed_sign))
        assert claim.scheme == "cavage-rsa"
        assert claim.algorithm == "ed25519"
        assert verify(claim, ed_public())


def test_a_signature_in_the_authorization_header_is_read() -> None:
    """Draft-cavage §3.1: the older place of the same thing."""
    request = cavage()
    value = request.headers["signature"][0]
    moved = with_header(with_header(request, "signature"), "authorization", "Signature " + value)
    assert verify(claimed(moved), rsa_public())
    bearer = with_header(request, "authorization", "Bearer abc")
    assert verify(claimed(bearer), rsa_public())


def test_what_else_is_covered_is_told() -> None:
    """A header such as Collection-Synchronization counts for the caller only when covered."""
    covered = "(request-target) host date digest"
    synchronized = 'collectionId="https://lyon.example/f", digest="00"'
    signed = claimed(
        cavage(covered + " collection-synchronization", collection_synchronization=synchronized)
    )
    assert "collection-synchronization" in signed.covered
    unsigned = claimed(cavage(covered, collection_synchronization=synchronized))
    assert "collection-synchronization" not in unsigned.covered


def test_one_of_several_own_hosts_is_enough() -> None:
    """A node may be reached by more than one name."""
    answer = read_claim(cavage(), now=NOW, expected_host=["www.example", HOST.upper() + ":443"])
    assert isinstance(answer, Claim)


# What attackers write


@pytest.mark.parametrize(
    ("covered", "missing"),
    [
        ("host date digest", "(request-target)"),
        ("(request-target) date digest", "host"),
        ("(request-target) host digest", "time"),
        ("(request-target) host date", "digest"),
        ("date", "(request-target)"),
        ("", "(request-target)"),
    ],
)
def test_draft_cavage_must_cover_everything_that_matters(covered: str, missing: str) -> None:
    """Leave out target, host, time or digest, and the rest could be moved to another request."""
    assert missing in refused(cavage(covered))


@pytest.mark.parametrize(
    "request_",
    [
        rfc('"@target-uri" "content-digest"'),
        rfc('"@method" "content-digest"'),
        rfc('"@method" "@target-uri"'),
        rfc('"@method" "@path" "content-digest"'),
        rfc('"@method" "@authority" "content-digest"'),
        rfc('"@method" "@request-target" "content-digest"'),
        rfc('"@method" "@authority" "@path" "content-digest"', path="/inbox?a=b"),
        rfc('"@method" "@authority" "@query" "content-digest"', path="/inbox?a=b"),
        rfc(parameters=f';keyid="{KEY}"'),
        rfc(""),
    ],
)
def test_rfc_9421_must_cover_everything_that_matters(request_: SignedRequest) -> None:
    """The same for RFC 9421, whichever components are left out."""
    assert "cover" in refused(request_)


def test_an_unsigned_request_is_refused() -> None:
    """No signature, no belief."""
    assert refused(with_header(cavage(), "signature")) == "the request is not signed"
    assert "missing" in refused(with_header(rfc(), "signature"))


@pytest.mark.parametrize("make", [cavage, rfc])
def test_another_body_is_refused(make: Callable[[], SignedRequest]) -> None:
    """The digest that was signed must be that of the bytes that came, also when none came."""
    for body in (BODY + b" ", b"{}", b"", None):
        assert "digest" in refused(replace(make(), body=body))


def test_another_digest_does_not_verify() -> None:
    """An attacker who adapts the digest to another body breaks the signature."""
    other = base64.b64encode(hashlib.sha256(b"{}").digest()).decode()
    old = replace(with_header(cavage(), "digest", "SHA-256=" + other), body=b"{}")
    assert not verify(claimed(old), rsa_public())
    new = replace(with_header(rfc(), "content-digest", f"sha-256=:{other}:"), body=b"{}")
    assert not verify(claimed(new), ed_public())


def test_every_known_digest_must_match() -> None:
    """A true SHA-256 beside a false SHA-512 is two bodies in one request."""
    false = base64.b64encode(hashlib.sha512(b"{}").digest()).decode()
    assert "match" in refused(cavage(digest=f"{DIGEST},SHA-512={false}"))
    assert "match" in refused(rfc(content_digest=f"{CONTENT_DIGEST}, sha-512=:{false}:"))


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (cavage(digest="MD5=AAAA"), 401),
        (cavage(digest=""), 401),
        (cavage(digest="SHA-256=é"), 400),
        (cavage(digest="SHA-256=A"), 400),
        (cavage(digest="SHA-256"), 401),
        (cavage(digest=CONTENT_DIGEST), 400),
        (cavage(digest="x," * 10_000 + DIGEST), 400),
        (rfc(content_digest=DIGEST), 400),
        (rfc(content_digest="sha-256=:"), 400),
        (rfc(content_digest="sha=:AAAA:"), 401),
    ],
)
def test_a_digest_that_says_nothing_is_refused(request_: SignedRequest, status: int) -> None:
    """Unknown, empty, broken, of the other specification, or endless."""
    refused(request_, status=status)


def test_a_request_for_another_host_is_refused() -> None:
    """What Zoé's server sent to somebody else cannot be sent on to us."""
    other = "presqu-ile.example"
    assert "host" in refused(cavage(host=other))
    assert "host" in refused(replace(rfc(), url=f"https://{other}/inbox"))
    covered = '"@method" "@authority" "@path" "content-digest"'
    assert "host" in refused(rfc(covered, host=other))
    assert "host" in refused(rfc(covered.replace("@authority", "host"), host=other))
    assert "host" in refused(cavage(host=HOST + ":8443"))
    assert "address" in refused(replace(rfc(), url="nowhere"), status=400)


@pytest.mark.parametrize(
    ("request_", "key"), [(cavage(), rsa_public()), (rfc(), ed_public())], ids=["cavage", "rfc"]
)
def test_another_target_does_not_verify(request_: SignedRequest, key: PublicKey) -> None:
    """A signature for one inbox and method is none for another."""
    assert verify(claimed(request_), key)
    moved = replace(request_, path="/users/amina/inbox", url=f"https://{HOST}/users/amina/inbox")
    assert not verify(claimed(moved), key)
    assert not verify(claimed(replace(request_, method="PUT")), key)
    queried = replace(request_, path="/inbox?a", url=f"https://{HOST}/inbox?a")
    assert not verify(claimed(queried), key)


def timed(seconds: int) -> SignedRequest:
    return rfc(parameters=f';created={seconds};keyid="{KEY}"')


def test_the_window_of_time() -> None:
    """An hour past and five minutes ahead, with five minutes of clock error on both sides."""
    now = int(NOW)
    for at in (now - 3900, now + 600):
        claimed(timed(at))
    for at in (now - 3901, now + 601, 0, 10**11):
        assert "too long ago" in refused(timed(at))
    claimed(cavage(), NOW + 3900)
    claimed(cavage(), NOW - 600)
    for now_ in (NOW + 3901, NOW - 601):
        assert "too long ago" in refused(cavage(), now=now_)


def test_both_times_must_be_in_the_window() -> None:
    """A fresh `created` does not make up for an old date, and the older one is told."""
    covered = '"@method" "@target-uri" "date" "content-digest"'
    assert "too long ago" in refused(rfc(covered, date="Sun, 22 Nov 2026 12:00:00 GMT"))
    assert claimed(rfc(covered, date="Sun, 22 Nov 2026 17:59:00 GMT")).created == NOW - 60


def test_an_expired_signature_is_refused() -> None:
    """`expires` in the past ends it, in both families, covered or not."""
    assert "expired" in refused(
        rfc(parameters=f';created=1795370000;expires=1795370099;keyid="{KEY}"')
    )
    assert "expired" in refused(cavage(parameters='algorithm="hs2019",expires=1795370099,'))


@pytest.mark.parametrize(
    "date",
    [
        "",
        "yesterday",
        "Sun, 22 Foo 2026 18:00:00 GMT",
        "Sun, 22 Nov 2026 99:00:00 GMT",
        "Sun, 22 Nov 999999999999 18:00:00 GMT",
        "Sun, 22 Nov 2026 18:00:00 +99999999999",
        "0" * 5000,
        "٢٢",
    ],
)
def test_a_date_that_is_none_is_refused(date: str) -> None:
    """Nonsense for a date is refused without an exception."""
    assert isinstance(read(cavage(date=date)), Rejected)


def test_two_signatures_are_refused() -> None:
    """One signature per request: which of two counts is a question nobody should have to ask."""
    one = cavage()
    text = one.headers["signature"][0]
    assert "more than one" in refused(with_header(one, "signature", text, text))
    assert "more than one" in refused(with_header(one, "authorization", "Signature " + text))
    new = rfc()
    given, value = new.headers["signature-input"][0], new.headers["signature"][0]
    second = with_header(new, "signature-input", f"{given}, {given.replace('sig1', 'sig2')}")
    assert "more than one" in refused(second)
    assert "more than once" in refused(with_header(new, "signature-input", given, given))
    assert "more than once" in refused(with_header(new, "signature", value, value))
    assert "more than one" in refused(with_header(new, "signature", f"{value}, {value}"))
    assert "more than one" in refused(with_header(new, "authorization", "Signature " + text))


@pytest.mark.parametrize("name", ["host", "date", "digest"])
def test_a_covered_header_that_comes_twice_is_refused(name: str) -> None:
    """Which of two Host headers was signed, and which is obeyed? Neither."""
    request = cavage()
    value = request.headers[name][0]
    assert "more than once" in refused(with_header(request, name, value, value))
    assert "missing" in refused(with_header(request, name))


def test_a_covered_field_that_comes_twice_is_refused_under_rfc_9421() -> None:
    """The same, although RFC 9421 would join them."""
    request = rfc()
    assert "more than once" in refused(
        with_header(request, "content-digest", CONTENT_DIGEST, CONTENT_DIGEST)
    )
    assert "missing" in refused(with_header(request, "content-digest"))


def test_algorithms_cannot_be_confused() -> None:
    """The algorithm named, the signature's form and the key's kind must all agree."""
    assert isinstance(read(cavage(parameters='algorithm="hmac-sha256",')), Rejected)
    assert isinstance(read(cavage(parameters='algorithm="rsa-sha1",')), Rejected)
    short = claimed(cavage(sign=ed_sign))  # says rsa-sha256, is Ed25519
    assert not verify(short, ed_public())
    assert not verify(short, rsa_public())
    for algorithm in ("rsa-pss-sha512", "hmac-sha256", "ecdsa-p256-sha256", "none", ""):
        parameters = f';created=1795370400;keyid="{KEY}";alg="{algorithm}"'
        assert "algorithm" in refused(rfc(parameters=parameters, sign=rsa_sign))
    mislabelled = f';created=1795370400;keyid="{KEY}";alg="ed25519"'
    assert "length" in refused(rfc(parameters=mislabelled, sign=rsa_sign))
    mislabelled = mislabelled.replace("ed25519", "rsa-v1_5-sha256")
    crossed = claimed(rfc(parameters=mislabelled))
    assert not verify(crossed, ed_public())
    assert not verify(crossed, rsa_public())
    sha512 = claimed(rfc(sign=lambda base: rsa_sign(base, SHA512())))
    assert not verify(sha512, rsa_public())


def test_a_key_of_another_name_does_not_verify() -> None:
    """The key must be the one that the signature names, even if the bytes fit."""
    claim = claimed(rfc())
    assert not verify(claim, replace(ed_public(), id=ACTOR + "#other"))


@pytest.mark.parametrize(
    ("name", "parameter"),
    [
        ("(created)", "created=1795370400"),
        ("(expires)", "expires=1795370700"),
    ],
)
def test_created_under_rsa_sha256_is_refused(name: str, parameter: str) -> None:
    """Draft 12 §2.3 makes it an error to mix them."""
    covered = f"(request-target) host date digest {name}"
    refused(cavage(covered, parameters=f'algorithm="rsa-sha256",{parameter},'))


@pytest.mark.parametrize(
    "header",
    [
        "",
        " ",
        ",",
        "keyId",
        'keyId="a"',
        'keyId="a",',
        'keyId="a",signature="AAAA"',
        'keyId="a,signature="AAAA"',
        'keyId=a,signature="AAAA"',
        'keyId="a" signature="AAAA"',
        'keyId="a",keyId="b",signature="AAAA"',
        'keyId="a",signature="!!!!"',
        'keyId="a",signature="\u00e9"',
        "signature=:AAAA:",
        'x="' * 10_000,
    ],
)
def test_a_broken_signature_header_is_refused(header: str) -> None:
    """What cannot be read is refused as such."""
    assert isinstance(read(with_header(cavage(), "signature", header)), Rejected)


def test_other_nonsense_in_draft_cavage_is_refused() -> None:
    """No key, a key id that is no address, a repeated or endless list, times that are none."""
    good = cavage().headers["signature"][0]
    for old, new in (
        (f'keyId="{KEY}"', 'keyId=""'),
        (f'keyId="{KEY}",', ""),
        (KEY, "k" * 3000),
        (KEY, "k\u202e"),
        ('headers="', 'headers="host '),
        ('headers="', 'headers="' + " ".join(f"x{n}" for n in range(70)) + " "),
        ('algorithm="rsa-sha256"', 'expires="soon"'),
        ('algorithm="rsa-sha256"', "expires=1.2.3"),
    ):
        assert old in good
        refused(with_header(cavage(), "signature", good.replace(old, new)), status=400)
    refused(cavage("(request-target) host (created) digest", parameters=""), status=400)


@pytest.mark.parametrize(
    "given",
    [
        "",
        "sig1",
        "sig1=",
        "sig1=()",
        "sig1=1;created=1",
        'Sig1=("@method")',
        'sig1=("@method" "@target-uri"',
        'sig1="@method" "@target-uri");created=1795370400',
        "sig1=(@method @target-uri);created=1795370400",
        'sig1=("@method""@target-uri");created=1795370400',
        'sig1=("@method"\t"@target-uri");created=1795370400',
        'sig1=("@method" "@target-uri" "@method");created=1795370400',
        'sig1=("@METHOD" "@target-uri");created=1795370400',
        'sig1=("@method" "@target-uri" "content-digest") created=1795370400',
        'sig1=("@method" "@target-uri" "content-digest");created=1;created=2;keyid="a"',
        'sig1=("@method" "@target-uri" "content-digest");created="1795370400";keyid="a"',
        'sig1=("@method" "@target-uri" "content-digest");created=1795370400.5;keyid="a"',
        'sig1=("@method" "@target-uri" "content-digest");created=-1;keyid="a"',
        'sig1=("@method" "@target-uri" "content-digest");created=1795370400',
        'sig1=("@method" "@target-uri" "content-digest");created=1795370400;keyid=""',
        'sig1=("@method" "@target-uri" "content-digest");created=1795370400;keyid=a',
        'sig1=("@method" "@target-uri" "content-digest");created=1795370400;keyid="a',
        'sig1=("@method" "@target-uri" "content-digest");created=1795370400;keyid="\u00e9"',
        'sig1=("@method" "@target-uri" "content-digest");created=1795370400;keyid="a"; ',
        'sig1=("@method" "@target-uri" "@status" "content-digest");created=1795370400;keyid="a"',
        'sig1=("@method" "@target-uri" "@query-param" "content-digest");created=1795370400',
        "sig1=(" + '"x" ' * 100 + ")",
        "sig1=(" + "(" * 10_000,
        'sig1=("@method"' + ";" * 5_000,
    ],
)
def test_a_broken_signature_input_is_refused(given: str) -> None:
    """Every way to write it wrong ends in a refusal."""
    assert isinstance(read(with_header(rfc(), "signature-input", given)), Rejected)


@pytest.mark.parametrize("parameter", ["sf", "bs", "req", "tr", 'key="a"', 'name="a"'])
def test_component_parameters_are_refused(parameter: str) -> None:
    """They let a signature mean less than it seems: a member of a field, a trailer, a response."""
    given = rfc().headers["signature-input"][0]
    for name in ("@method", "@target-uri", "content-digest"):
        changed = given.replace(f'"{name}"', f'"{name}";{parameter}')
        assert "parameters" in refused(with_header(rfc(), "signature-input", changed))


@pytest.mark.parametrize(
    "value", ["", "sig1", "sig1=", "sig1=::", "sig1=:A:", "sig1=AAAA", "sig2=:AAAA:", 'sig1="AAAA"']
)
def test_a_broken_signature_value_is_refused(value: str) -> None:
    """The other half, too: its syntax, its label, its length."""
    assert isinstance(read(with_header(rfc(), "signature", value)), Rejected)


def test_line_breaks_cannot_write_a_second_line_of_the_base() -> None:
    """A value with a line break would let one header speak for another."""
    extra = "(request-target) host date digest x"
    assert "line break" in refused(cavage(extra, x="a\nhost: b"), status=400)
    assert "line break" in refused(replace(cavage(), path="/inbox\nhost: b"), status=400)
    covered = '"@method" "@target-uri" "content-digest" "x"'
    assert "line break" in refused(rfc(covered, x='a\n"@method": GET'), status=400)
    assert "line break" in refused(replace(rfc(), url=f"https://{HOST}/\nx"), status=400)
    assert "line break" in refused(replace(rfc(), method="POST\nx"), status=400)


def test_header_bytes_beyond_ascii_are_signed_as_bytes() -> None:
    """A web server hands undecodable bytes on as surrogates; other surrogates are refused."""
    covered = "(request-target) host date digest x"
    claim = claimed(cavage(covered, sign=lambda _: rsa_sign(""), x="caf\udce9"))
    assert claim.signing_base.endswith(b"x: caf\xe9")
    refused(cavage(covered, sign=lambda _: rsa_sign(""), x="\ud800"), status=400)
