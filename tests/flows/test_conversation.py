"""People on Mastodon take part from following to thanks, in French and in English, answering and
posting; what they read of it is a file that anybody can read: ``tests/data/golden/transcript_*``.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from node.actions import agreements as agreeing
from node.actions import drafts as drafting
from node.aid.lifecycle import State
from node.store import agreements, drafts, proposals
from tests.flows.conversing import Scene, Street, street
from tests.peers.mastodonlike import Line, MastodonLike

__all__ = ["street"]

GOLDEN = Path(__file__).parents[1] / "data" / "golden"
HOW = {
    "fr": {"public": "à tous", "direct": "en privé", "boost": "partage", "follow": "s’abonne"},
    "en": {"public": "to all", "direct": "privately", "boost": "boosts", "follow": "follows"},
}
DAY = {"fr": "[jour et heure]", "en": "[day and hour]"}


pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True)
class Words:
    """What is said in one language."""

    language: str
    title: str
    text: str
    answer: str
    contact: str
    comment: str
    yes: str
    done: str
    thanks: str
    mention: str
    topic: str
    urgency: str
    help: str
    accept: str
    finish: str
    lost: str


FRENCH = Words(
    language="fr",
    title="Courses pour une voisine",
    text="Elle ne peut pas porter lourd. Le magasin est à deux rues.",
    answer="Bonjour ! Je vais au marché samedi matin, je peux y aller pour elle.",
    contact="06 12 34 56 78",
    comment="Belle idée, je partage !",
    yes="Oui, c’est bien ça",
    done="C’est fait ! Votre voisine est adorable.",
    thanks="Merci Zoé, elle était ravie !",
    mention="#demande Je cherche quelqu’un pour réparer une étagère. Elle penche depuis l’été.",
    topic="bricolage",
    urgency="Non, pas du tout",
    help="J’ai une visseuse, je passe mardi si vous voulez.",
    accept="Oui volontiers",
    finish="Fait, merci mille fois Amina !",
    lost="Euh, je ne sais plus où j’en suis avec tout ça",
)
ENGLISH = Words(
    language="en",
    title="Shopping for a neighbour",
    text="She cannot carry much. The shop is two streets away.",
    answer="Hello! I go to the market on Saturday morning, I can go for her.",
    contact="06 12 34 56 78",
    comment="What a lovely idea!",
    yes="Yes, that is right",
    done="Done! Your neighbour is lovely.",
    thanks="Thank you Zoé, she was delighted!",
    mention="#request I am looking for somebody to mend a shelf. It has been leaning since summer.",
    topic="diy",
    urgency="No, not at all",
    help="I have a drill, I can come on Tuesday if you like.",
    accept="Yes please",
    finish="Done, a thousand thanks Amina!",
    lost="Well, I have lost track of all this now",
)


@pytest.mark.parametrize("words", [FRENCH, ENGLISH], ids=lambda words: words.language)
async def test_from_following_to_thanks(street: Street, words: Words) -> None:
    """Zoé follows the quartier, answers, posts, and reads each time what to do next."""
    async with MastodonLike("zoe", language=words.language) as mastodon:
        scene = Scene(street.node, mastodon, street.amina, street.rosa)
        await _answering(scene, words)
        await _posting(scene, words)
        assert mastodon.unread == []
        _compare(scene, words.language)


async def _answering(scene: Scene, words: Words) -> None:
    node, server, amina = scene.node, scene.mastodon, scene.amina
    zoe, quartier = server.user, node.here.quartier.uri
    await server.follow(quartier)
    await server.received(lambda one: one["type"] == "Accept")
    uri = await node.publish(
        amina, title=words.title, text=words.text, language=words.language, urgency="high"
    )
    await server.heard(words.title)
    await server.write(zoe, words.comment, to=(amina.uri,), visibility="public", reply_to=uri)
    await server.write(zoe, words.answer, to=(amina.uri,), reply_to=uri)
    letter = await server.letter(zoe, 1)
    await server.write(zoe, words.lost, to=(quartier,), reply_to=letter["id"])
    letter = await server.letter(zoe, 2)
    await server.write(zoe, words.yes, to=(quartier,), reply_to=letter["id"])
    await server.letter(zoe, 3)
    agreement = (await node.store.read(agreements.of_person, amina.id))[0]
    await node.store.write(agreeing.accept, node.here, amina, agreement.id)
    letter = await server.letter(zoe, 4)
    await node.store.write(agreeing.reveal_contact, node.here, amina, agreement.id, words.contact)
    await server.letter(zoe, 5)
    await server.write(zoe, words.done, to=(quartier,), reply_to=letter["id"])
    await server.letter(zoe, 6)
    await node.store.write(agreeing.confirm, node.here, amina, agreement.id, thanks=words.thanks)
    await server.letter(zoe, 7)


async def _posting(scene: Scene, words: Words) -> None:
    node, server, amina = scene.node, scene.mastodon, scene.amina
    zoe, quartier = server.user, node.here.quartier.uri
    phone = f"{words.mention} 06 12 34 56 78"
    note = await server.write(zoe, phone, to=(quartier,), visibility="public")
    letter = await server.letter(zoe, 8)
    await server.write(zoe, words.topic, to=(quartier,), reply_to=letter["id"])
    letter = await server.letter(zoe, 9)
    await server.write(zoe, words.urgency, to=(quartier,), reply_to=letter["id"])
    await server.letter(zoe, 10)
    await server.edit(zoe, note, words.mention)
    await server.letter(zoe, 11)
    [kept] = await node.store.read(drafts.in_review, most=10)
    mark = len(server.said)
    await node.store.write(drafting.approve, node.here, scene.rosa, kept.id)
    await server.letter(zoe, 12)
    await server.received(lambda one: one["type"] == "Announce" and str(kept.id) in one["object"])
    await server.until(mark + 3)
    # The letter, the post and its boost go out at once; they are read in one order or another.
    server.said[mark:] = sorted(server.said[mark:], key=lambda line: line.visibility)
    made = await node.store.write(
        agreeing.offer_help,
        node.here,
        amina,
        kept.id,
        text=words.help,
        language=words.language,
    )
    letter = await server.letter(zoe, 13)
    await server.write(zoe, words.accept, to=(quartier,), reply_to=letter["id"])
    letter = await server.letter(zoe, 14)
    await node.store.write(agreeing.confirm, node.here, amina, made.id)
    letter = await server.letter(zoe, 15)
    await server.write(zoe, words.finish, to=(quartier,), reply_to=letter["id"])
    await server.letter(zoe, 16)
    stored = await node.store.read(proposals.by_id, kept.id)
    assert stored is not None
    assert stored.proposal.state is State.DONE


def _compare(scene: Scene, language: str) -> None:
    text = transcript(scene, language)
    path = GOLDEN / f"transcript_{language}.txt"
    if os.environ.get("ENTRAIDE_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def transcript(scene: Scene, language: str) -> str:
    """What was said, as somebody reads it; hosts, numbers and times have names instead."""
    blocks = []
    for line in scene.mastodon.said:
        head = f"{line.who} ({HOW[language][line.visibility]})"
        body = "\n".join(f"    {one}".rstrip() for one in _named(scene, line, language).split("\n"))
        blocks.append(f"{head}\n{body}")
    return "\n\n".join(blocks) + "\n"


def _named(scene: Scene, line: Line, language: str) -> str:
    text = line.text.replace(scene.node.base, "https://croix-rousse.example")
    text = text.replace(scene.node.domain, "croix-rousse.example")
    text = text.replace(scene.mastodon.domain, "mastodon.example")
    text = re.sub(r"/\d{15,}", "/1234", text)
    days = "lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
    text = re.sub(rf"\b(?:{days}) \S+ \S+ \d{{4}} à \d+\s(?:h)(?:\s\d\d)?", DAY[language], text)
    return re.sub(r"\b[A-Z][a-z]+day \d+ \w+ \d{4} at \d+:\d\d", DAY[language], text)
