"""A post with #demande or #offre is a proposal of who writes it.

What is complete and harmless is published at once, and is the status that the app shows. What a
mediator must look at first (a newcomer's, one with a phone number in it) stays a direct note to the
quartier until then, which its author may still change or take back.
"""

from __future__ import annotations

from dataclasses import replace

from node.actions import drafts as drafting
from node.actions.conversation.handing_in import dangers_in, facts_of_post, named, note_for
from node.actions.newcomers import needs_review
from node.actions.posts.making import publish_post
from node.actions.proposals import edit_proposal
from node.actions.telling import write_letter
from node.aid.posts import Post as Asked
from node.aid.posts import asks, fields_of, read_post, tongue_of, topic_said
from node.aid.proposals import Proposal, Purpose, Urgency
from node.aid.topics import OTHER
from node.aid.words import plain_words
from node.errors import Invalid
from node.outbox.here import Here
from node.social import limits, writing
from node.social.accounts import Actor
from node.social.posts import Post, check
from node.social.statuses import Status
from node.social.visibility import Visibility
from node.store import drafts, objects, pictures, topic_choices
from node.store.dialogues import Subject
from node.store.proposals import Stored
from node.store.transaction import Transaction


def is_proposal(post: Post) -> bool:
    """Whether it is to be one: the hashtag stands in something new that everybody may read."""
    return (
        post.visibility.open
        and post.reply_to is None
        and post.ballot is None
        and post.quoted is None
        and asks(writing.hashtags(writing.clean(post.text)))
    )


def publish_asked(tx: Transaction, here: Here, author: Actor, post: Post) -> Status:
    """Raises Invalid with what to do."""
    post = check(post)
    post = replace(post, language=tongue_of(writing.hashtags(post.text), post.language))
    asked = read(tx, post)
    dangers = dangers_in(asked)
    fields = fields_of(asked, language=post.language)
    fields["pictures"] = _images(tx, post.media)
    if not dangers and not needs_review(tx, here, author):
        number = drafting.submit(tx, here, author, fields, source="app", review=False)
        made = objects.by_id(tx, number)
        if made is None:
            raise Invalid("Cette annonce n’a pas pu être publiée : essayez à nouveau.")
        return made
    status = publish_post(
        tx,
        here,
        author,
        replace(post, visibility=Visibility.DIRECT, media=()),
        {here.quartier.username: here.quartier},
        heard=False,
    )
    number = drafting.submit(
        tx, here, author, fields, source="app", asked_in=status.uri, review=True
    )
    if dangers:
        drafts.change(tx, number, note=note_for(dangers), now=here.clock.now())
    write_letter(
        tx,
        here,
        author,
        "posted-review",
        *(("careful",) if dangers else ()),
        subject=Subject.PROPOSAL,
        subject_id=number,
        awaits="",
        language=post.language,
        in_reply_to=status.uri,
        what=named(dangers),
        **facts_of_post(asked),
    )
    return status


def change_asked(tx: Transaction, here: Here, stored: Stored, post: Post) -> Proposal:
    """A proposal whose text was changed in an app: what the text does not name stays. Raises
    Invalid and Conflict."""
    before = stored.proposal
    post = check(post)
    post = replace(post, language=tongue_of(writing.hashtags(post.text), post.language))
    asked = read(tx, post, before=before)
    return edit_proposal(
        tx,
        here,
        before.id,
        title=asked.title,
        text=asked.text,
        topic=asked.topic,
        urgency=str(asked.urgency),
        language=post.language,
        pictures=_images(tx, post.media),
    )


def read(tx: Transaction, post: Post, *, before: Proposal | None = None) -> Asked:
    """What is asked for. A content warning is its title. Raises Invalid."""
    text = plain_words(post.text)
    if post.spoiler:
        text = f"{post.spoiler}\n{text}"
    asked = read_post(text, writing.hashtags(post.text))
    if before is not None:
        asked = replace(
            asked,
            purpose=before.purpose,
            topic=asked.topic or before.topic,
            urgency=asked.urgency or before.urgency,
        )
    if asked.purpose is None:
        raise Invalid("Écrivez #demande ou #offre : l’un des deux, pour qu’on sache ce que c’est.")
    if not asked.title:
        raise Invalid("Dites en une phrase ce que vous cherchez, ou ce que vous proposez.")
    topic = asked.topic or topic_said(f"{asked.title} {asked.text}") or OTHER.slug
    if topic_choices.is_hidden(tx, topic):
        topic = OTHER.slug
    return replace(asked, topic=topic, urgency=asked.urgency or Urgency.NORMAL)


def _images(tx: Transaction, media: tuple[int, ...]) -> list[str]:
    found = pictures.by_ids(tx, media)
    if any(not one.media_type.startswith("image/") for one in found.values()):
        raise Invalid("Une annonce a des images, pas de film ni de son.")
    return [str(one) for one in media]


def typed(proposal: Proposal) -> str:
    """A proposal as its author would type it in an app: it is read as the same again."""
    language = "en" if proposal.language.partition("-")[0] == "en" else "fr"
    words = {"fr": ("demande", "offre"), "en": ("request", "offer")}[language]
    tags = ["#" + words[proposal.purpose is Purpose.OFFER]]
    if proposal.topic != OTHER.slug:
        tags.append("#" + proposal.topic_data.hashtag(language))
    said = [f"{proposal.title}.", proposal.text, " ".join(tags)]
    return "\n\n".join(one for one in said if one)[: limits.CHARACTERS]
