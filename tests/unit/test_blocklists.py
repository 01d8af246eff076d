"""Lists of blocked servers, as Mastodon writes and reads them."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from node.errors import Invalid
from node.moderation.blocklists import (
    HEADER,
    ROWS_MAX,
    obfuscated,
    plan,
    read_csv,
    write_csv,
)
from node.moderation.policy import SEVERITIES, DomainBlock, Severity

MASTODON = b"""#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate
bad.example,silence,false,false,"bad, and ""loud"", too",false
worse.example,suspend,true,true,worse,true
reject.example,noop,true,false,only pictures,false
"""
NEWER = (
    b"#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate,#reject_follows\n"
    b"follows.example,silence,false,false,reject follows,false,true\n"
)


def test_a_list_of_mastodons_is_read() -> None:
    """Every column that we have; what newer ones add is left."""
    reading = read_csv(MASTODON)
    assert reading.blocks == (
        DomainBlock("bad.example", "silence", reason='bad, and "loud", too'),
        DomainBlock(
            "worse.example",
            "suspend",
            reject_media=True,
            reject_reports=True,
            reason="worse",
            obfuscate=True,
        ),
        DomainBlock("reject.example", "noop", reject_media=True, reason="only pictures"),
    )
    assert not reading.wrong
    assert not reading.skipped
    assert read_csv(NEWER).blocks == (
        DomainBlock("follows.example", "silence", reason="reject follows"),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bad.example\nworse.example\n", ["bad.example suspend", "worse.example suspend"]),
        ("domain,severity\nbad.example,silence\n", ["bad.example silence"]),
        ("#severity,#domain\nsilence,bad.example\n", ["bad.example silence"]),
        ("\ufeff#domain\nbad.example\n", ["bad.example suspend"]),
        ("#domain,#severity\r\nbad.example,SUSPEND\r\n", ["bad.example suspend"]),
        ("#domain\nB\u00fccher.example\n", ["xn--bcher-kva.example suspend"]),
        ("#domain\n*.bad.example\n", ["bad.example suspend"]),
        ("\n\n#domain\n\n bad.example \n\n", ["bad.example suspend"]),
        ("#domain\nbad.example\nBAD.example\n", ["bad.example suspend"]),
        ("", []),
    ],
)  # fmt: skip
def test_the_lists_that_people_share_are_read(text: str, expected: list[str]) -> None:
    """With fewer columns, in another order, from other systems, doubled."""
    reading = read_csv(text.encode())
    assert [f"{one.domain} {one.severity}" for one in reading.blocks] == expected
    assert not reading.wrong


def test_wrong_lines_are_told_by_their_number_and_hidden_names_left() -> None:
    """The other lines are taken all the same."""
    reading = read_csv(
        b"#domain,#severity,#reject_media\n"
        b"good.example,silence,false\n"
        b"b*d.example,suspend,false\n"
        b'"two\nlines",suspend,false\n'
        b"fr,suspend,false\n"
        b"hard.example,crush,false\n"
        b"maybe.example,suspend,perhaps\n"
        b",suspend,false\n"
        b"last.example,suspend,true\n"
    )
    assert [one.domain for one in reading.blocks] == ["good.example", "last.example"]
    assert [line.number for line in reading.skipped] == [3]
    assert "masqué" in reading.skipped[0].text
    assert [line.number for line in reading.wrong] == [5, 6, 7, 8, 9]
    assert "crush" in reading.wrong[2].text
    assert "perhaps" in reading.wrong[3].text


@pytest.mark.parametrize(
    "content",
    [
        b"#domain\n\xff\xfe\n",
        b"#domain\nbad\0.example\n",
        b'#domain\n"bad.example\n',
        b"x" * (4 * 1024 * 1024 + 1),
        b"#domain\n" + b"".join(b"s%d.example\n" % n for n in range(ROWS_MAX + 1)),
    ],
    ids=["not UTF-8", "a null", "an open quote", "too large", "too many lines"],
)
def test_what_is_no_list_is_told(content: bytes) -> None:
    """As a whole, and nothing is taken."""
    with pytest.raises(Invalid):
        read_csv(content)


def test_an_import_says_what_it_does_and_loosens_nothing() -> None:
    """New ones are added, milder ones hardened, the others kept; a second time nothing changes."""
    present = [
        DomainBlock("soft.example", "silence", reason="ours"),
        DomainBlock("hard.example", "suspend", private_reason="we know why"),
        DomainBlock("pictures.example", "noop", reject_media=True),
    ]
    wanted = read_csv(
        b"#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n"
        b"soft.example,suspend,false,false,theirs,true\n"
        b"hard.example,noop,false,false,theirs,false\n"
        b"pictures.example,noop,false,true,,false\n"
        b"new.example,silence,false,false,new,false\n"
    ).blocks
    first = plan(present, wanted)
    assert first.added == (DomainBlock("new.example", "silence", reason="new"),)
    assert first.hardened == (
        DomainBlock("soft.example", "suspend", reason="ours"),
        DomainBlock("pictures.example", "noop", reject_media=True, reject_reports=True),
    )
    assert first.kept == ("hard.example",)
    after = {one.domain: one for one in (*present, *first.changes)}
    second = plan(after.values(), wanted)
    assert not second.changes
    assert len(second.kept) == 4


def test_what_is_exported_is_what_mastodon_reads() -> None:
    """Its header, true and false, quotes where they must be; not what is for mediators."""
    blocks = [
        DomainBlock("b.example", "suspend", reason='a "b", c\nd', private_reason="PLANTED"),
        DomainBlock("a.example", "noop", reject_media=True, reject_reports=True, obfuscate=True),
    ]
    text = write_csv(blocks)
    assert "PLANTED" not in text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert tuple(rows[0]) == HEADER
    assert rows == [
        dict(zip(HEADER, ("a.example", "noop", "true", "true", "", "true"), strict=True)),
        dict(zip(HEADER, ("b.example", "suspend", "false", "false", 'a "b", c d', "false"),
                 strict=True)),
    ]  # fmt: skip


SEVERITY = st.sampled_from(SEVERITIES)


@st.composite
def a_block(draw: st.DrawFn) -> DomainBlock:
    severity: Severity = draw(SEVERITY)
    words = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), max_size=20)
    return DomainBlock(
        f"s{draw(st.integers(0, 50))}.example",
        severity,
        reject_media=draw(st.booleans()),
        reject_reports=draw(st.booleans()),
        reason=draw(words),
        obfuscate=draw(st.booleans()),
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(a_block(), max_size=20, unique_by=lambda one: one.domain))
def test_what_is_written_is_read_again(blocks: list[DomainBlock]) -> None:
    """Every list, whole."""
    reading = read_csv(write_csv(blocks))
    assert not reading.wrong
    assert sorted(reading.blocks, key=lambda one: one.domain) == sorted(
        blocks, key=lambda one: one.domain
    )
    assert not plan(blocks, reading.blocks).changes


def test_a_hidden_name_is_known_by_who_knows_it() -> None:
    """Half of it is stars; an import leaves such a name."""
    assert obfuscated("something.example") == "some*****.***mple"
    assert read_csv(f"#domain\n{obfuscated('something.example')}\n").skipped
