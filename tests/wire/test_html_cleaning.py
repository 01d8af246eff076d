"""Remote HTML: an allow-list, and plain text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.activitypub.html import clean_html, from_plain, plain_text
from tests.ending import ends

MASTODON = (
    '<p><span class="h-card" translate="no"><a href="https://m.example/@ana" class="u-url mention">'
    '@<span>ana</span></a></span> <a href="https://x.example/a" rel="tag">'
    '<span class="invisible">https://</span><span class="ellipsis">x.example</span></a></p>'
)


def test_the_form_of_mentions_survives() -> None:
    """Mastodon's microformats stay, links get rel and nothing else."""
    cleaned = clean_html(MASTODON)
    assert 'class="u-url mention"' in cleaned
    assert 'class="invisible"' in cleaned
    assert 'rel="nofollow noopener noreferrer"' in cleaned
    assert 'rel="tag"' not in cleaned


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href='data:text/html,x'>x</a>",
        "<p style='position:fixed' onclick=alert(1) id=main class='navbar'>x</p>",
        "<svg><script>alert(1)</script></svg>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        "<iframe src=//x.example></iframe>",
        "<form action=//x.example><input></form>",
        "a\u202eb &#x202e; &#8238;",
    ],
)
def test_nothing_hostile_survives(hostile: str) -> None:
    """No script, handler, style, foreign class, frame, form or bidi control comes through."""
    cleaned = clean_html(hostile)
    for trace in (
        "alert",
        "script",
        "style",
        "onclick",
        "navbar",
        "frame",
        "form",
        "data:",
        "\u202e",
    ):
        assert trace not in cleaned


def test_plain_text_keeps_the_lines() -> None:
    """Breaks become newlines, paragraphs are set apart, entities become characters."""
    assert plain_text("<p>Bonjour<br>à tous &lt;3</p><p>Ana</p><script>x</script>") == (
        "Bonjour\nà tous <3\n\nAna"
    )


def test_plain_text_becomes_paragraphs() -> None:
    """Text with empty lines becomes paragraphs, and what looks like a tag stays text."""
    assert from_plain("un <b>\ndeux\n\ntrois & quatre") == (
        "<p>un &lt;b&gt;<br>deux</p><p>trois &amp; quatre</p>"
    )


@pytest.mark.parametrize("piece", ["<b>", "<a href=x>", "<b><p>", "<table><tr>", "<", "&", "</p>"])
def test_cleaning_is_bounded(piece: str) -> None:
    """A megabyte of misnested tags costs in proportion to its length."""
    with ends():
        clean_html(piece * (1_000_000 // len(piece)))
        plain_text(piece * (1_000_000 // len(piece)))


@given(st.text(st.sampled_from("<>&;/ab=\"' \u202e#x20e"), max_size=80))
def test_cleaning_twice_changes_nothing(raw: str) -> None:
    """What is clean stays as it is."""
    once = clean_html(raw)
    assert clean_html(once) == once
