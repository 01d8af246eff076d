"""Reading signatures: what is broken is refused, and says so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from node.activitypub.rejected import Rejected
from tests.wire.zoe import (
    HOST,
    KEY,
    cavage,
    claimed,
    read,
    refused,
    rfc,
    rsa_sign,
    with_header,
)


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
