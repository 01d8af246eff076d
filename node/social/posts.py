"""What somebody wants to publish, and whether it may be so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from node.errors import Invalid
from node.social import limits, writing
from node.social.visibility import Visibility

QuotePolicy = Literal["public", "followers", "nobody"]

WORDS: Final = {
    "public": Visibility.PUBLIC,
    "unlisted": Visibility.UNLISTED,
    "private": Visibility.FOLLOWERS,
    "direct": Visibility.DIRECT,
}
"""As apps name who may see it."""
POLICIES: Final[tuple[QuotePolicy, ...]] = ("public", "followers", "nobody")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Ballot:
    """A poll as it is asked for."""

    options: tuple[str, ...]
    expires_in: int
    """Seconds."""
    multiple: bool = False
    hide_totals: bool = False


@dataclass(frozen=True, slots=True)
class Post:
    text: str
    spoiler: str = ""
    visibility: Visibility = Visibility.PUBLIC
    language: str = "fr"
    sensitive: bool = False
    reply_to: int | None = None
    """The id of the status that it answers."""
    media: tuple[int, ...] = ()
    ballot: Ballot | None = None
    quoted: int | None = None
    quote_policy: QuotePolicy = "public"


def visibility_of(word: str) -> Visibility:
    if word not in WORDS:
        raise Invalid("La visibilité est public, unlisted, private ou direct.")
    return WORDS[word]


def policy_of(word: str) -> QuotePolicy:
    for one in POLICIES:
        if one == word:
            return one
    raise Invalid("Qui peut citer : public, followers ou nobody.")


def language_of(word: str) -> str:
    """BCP 47 as apps send it. Raises Invalid."""
    if _LANGUAGE.fullmatch(word) is None:
        raise Invalid("Cette langue n’en est pas une : par exemple fr, en ou pt-BR.")
    return word.replace("_", "-")


def check(post: Post) -> Post:
    """The same with its text made plain. Raises Invalid with what to do."""
    text = writing.clean(post.text)
    spoiler = writing.clean(" ".join(post.spoiler.split()))
    if not text and not post.media and post.quoted is None:
        if not spoiler:
            raise Invalid("Écrivez quelque chose, ou ajoutez une image.")
        text, spoiler = spoiler, ""
    if writing.length(text) + len(spoiler) > limits.CHARACTERS:
        raise Invalid(f"C’est trop long : {limits.CHARACTERS} caractères au plus.")
    if len(post.media) > limits.ATTACHMENTS:
        raise Invalid(f"C’est trop : {limits.ATTACHMENTS} images ou sons au plus.")
    if len(set(post.media)) != len(post.media):
        raise Invalid("La même image y est deux fois.")
    ballot = post.ballot
    if ballot is not None:
        if post.media:
            raise Invalid("Un sondage n’a pas d’images.")
        ballot = check_ballot(ballot)
    return Post(
        text=text,
        spoiler=spoiler,
        visibility=post.visibility,
        language=language_of(post.language),
        sensitive=post.sensitive or bool(spoiler),
        reply_to=post.reply_to,
        media=post.media,
        ballot=ballot,
        quoted=post.quoted,
        quote_policy="nobody" if not post.visibility.open else post.quote_policy,
    )


def check_ballot(ballot: Ballot) -> Ballot:
    options = tuple(writing.clean(" ".join(one.split())) for one in ballot.options)
    _check_options(options)
    if not limits.POLL_SHORTEST_S <= ballot.expires_in <= limits.POLL_LONGEST_S:
        raise Invalid("Un sondage dure de cinq minutes à un mois.")
    return Ballot(options, ballot.expires_in, ballot.multiple, ballot.hide_totals)


def _check_options(options: Sequence[str]) -> None:
    if not 2 <= len(options) <= limits.POLL_OPTIONS:
        raise Invalid(f"Un sondage a de 2 à {limits.POLL_OPTIONS} réponses possibles.")
    if any(not one for one in options):
        raise Invalid("Une réponse possible est vide.")
    if any(len(one) > limits.OPTION_CHARACTERS for one in options):
        raise Invalid(f"Une réponse a {limits.OPTION_CHARACTERS} caractères au plus.")
    if len(set(options)) != len(options):
        raise Invalid("Deux réponses possibles sont les mêmes.")
