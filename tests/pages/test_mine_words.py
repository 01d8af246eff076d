"""Contact details become links, and messages lose the names at their head; nothing else changes."""

from __future__ import annotations

import pytest

from node.web.mine.contacts import linked
from node.web.mine.words import unnamed
from tests.ending import ends


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("06 12 34 56 78, le soir", ["tel:0612345678"]),
        ("+33 (0)6.12.34.56.78", ["tel:+33612345678"]),
        ("zoe.b@example.org ou 04-78-00-00-00", ["mailto:zoe.b@example.org", "tel:0478000000"]),
        ("Écrivez à zoe@example.org.", ["mailto:zoe@example.org"]),
        ("3e étage, code 1234, le 12/05", []),
        ("javascript:alert(1) <a href='x'>0612345678</a>", ["tel:0612345678"]),
        ("@zoe@m.example", []),
    ],
)
def test_what_can_be_dialled_or_written_to_is_a_link(text: str, links: list[str]) -> None:
    html = str(linked(text))
    assert [part.split('"')[0] for part in html.split('<a href="')[1:]] == links
    assert "<a href='" not in html


def test_lines_stay_lines() -> None:
    assert str(linked("a & b\nc")) == "a &amp; b<br>c"


@pytest.mark.parametrize(
    ("content", "left"),
    [
        (
            '<p><span class="h-card"><a href="https://m.example/@zoe" class="u-url mention">'
            "@<span>zoe</span></a></span> Bonjour @bruno</p>",
            "<p>Bonjour @bruno</p>",
        ),
        ('<p><a href="https://x.example/a">@a</a> <a href="https://x.example/b">@b</a> oui</p>',
         "<p>oui</p>"),
        ("<p>Bonjour</p>", "<p>Bonjour</p>"),
        ('<p><a href="https://x.example">un lien</a></p>',
         '<p><a href="https://x.example">un lien</a></p>'),
    ],
)  # fmt: skip
def test_names_at_the_head_of_a_message_are_left_out(content: str, left: str) -> None:
    assert str(unnamed(content)) == left


def test_hostile_texts_come_to_an_end() -> None:
    with ends():
        linked("0 " * 10_000)
        linked("a@" * 10_000)
        linked("a." * 5_000 + "@" + "a." * 5_000)
        unnamed("<p>" + '<span><a href="x">@<span>' * 5_000)
        unnamed("<p>" + '<a href="x">@a</a> ' * 5_000 + "<")
