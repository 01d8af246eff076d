"""The author's own words, out of what a node made of them."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from node.activitypub.html import clean_html
from node.aid.content import Tag, html
from node.aid.content_reading import own_part
from node.aid.drafts import check_draft
from node.aid.lifecycle import State
from node.aid.proposals import Proposal, propose

TAGS = (Tag("demande", "https://a.example/tags/demande"),)


def made(**fields: object) -> Proposal:
    draft = check_draft(
        {
            "author": "amina",
            "purpose": "request",
            "topic": "care.groceries",
            "title": "Courses & « pain »",
            **fields,
        }
    )
    return propose(
        draft,
        id=1,
        uri="https://a.example/objects/1",
        author_uri="https://a.example/users/amina",
        origin="a.example",
        now=time.time(),
        centre=(45.774, 4.828),
    )


def told(proposal: Proposal) -> str:
    return clean_html(html(proposal, quartier="Presqu’île", tags=TAGS, zone="Europe/Paris"))


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("", ""),
        ("Deux sacs.", "<p>Deux sacs.</p>"),
        ("Deux sacs,\nle jeudi.\n\nMerci !", "<p>Deux sacs,<br>le jeudi.</p><p>Merci !</p>"),
        ("1 < 2 & 3", "<p>1 &lt; 2 &amp; 3</p>"),
    ],
)
def test_what_the_author_wrote_is_left(language: str, text: str, kept: str) -> None:
    proposal = made(text=text, language=language, quantity="3")
    assert own_part(told(proposal), proposal) == kept


def test_what_ended_is_read_the_same() -> None:
    proposal = replace(made(text="Deux sacs."), state=State.MATCHED)
    assert own_part(told(proposal), proposal) == "<p>Deux sacs.</p>"


@pytest.mark.parametrize(
    "content",
    [
        "",
        "<p>Une annonce d’un autre logiciel.</p>",
        "<p><strong>Demande : autre titre</strong></p><p>Aide.</p><p>Vers ici, à 1 km près.</p>",
        "<ul><li>a</li></ul>",
        "<p>a</p>b",
    ],
)
def test_what_is_made_otherwise_stays_whole(content: str) -> None:
    assert own_part(content, made()) == content
