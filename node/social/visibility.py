"""Who may see what, derived from whom it is addressed to."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from node.activitypub.readers import is_public


class Visibility(StrEnum):
    PUBLIC = "public"
    """Addressed to everybody, and shown in public lists."""
    UNLISTED = "unlisted"
    """Everybody may see it who comes by; no list shows it."""
    FOLLOWERS = "followers"
    DIRECT = "direct"

    @property
    def open(self) -> bool:
        """Whether somebody without an account may see it."""
        return self in (Visibility.PUBLIC, Visibility.UNLISTED)


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom something is addressed to: IRIs, each once, in order. ``hidden`` never leaves."""

    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()

    @property
    def everyone(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.to, *self.cc, *self.hidden)))

    @property
    def named(self) -> tuple[str, ...]:
        """Actors and collections, without the public."""
        return tuple(iri for iri in self.everyone if not is_public(iri))

    def visibility(self, followers: str | None) -> Visibility:
        """``followers`` is the author's followers collection, if it has one."""
        return visibility_of(self.to, (*self.cc, *self.hidden), followers=followers)


def visibility_of(to: Collection[str], cc: Collection[str], *, followers: str | None) -> Visibility:
    """The public in ``to`` is public and in ``cc`` unlisted, as Mastodon has it; ``cc`` is all
    that is addressed in second place. ``followers`` is the author's followers collection."""
    if any(is_public(iri) for iri in to):
        return Visibility.PUBLIC
    if any(is_public(iri) for iri in cc):
        return Visibility.UNLISTED
    if followers is not None and (followers in to or followers in cc):
        return Visibility.FOLLOWERS
    return Visibility.DIRECT


def addressed(
    to: Iterable[str] = (),
    cc: Iterable[str] = (),
    audience: Iterable[str] = (),
    bto: Iterable[str] = (),
    bcc: Iterable[str] = (),
) -> Audience:
    """``audience`` counts as ``cc``: FEP-1b12 names the group there, which is told all the same."""
    primary = tuple(dict.fromkeys(to))
    secondary = (iri for iri in (*cc, *audience) if iri not in primary)
    return Audience(primary, tuple(dict.fromkeys(secondary)), tuple(dict.fromkeys((*bto, *bcc))))


def may_see(
    visibility: Visibility,
    *,
    author: str,
    viewer: str | None,
    follows: bool = False,
    addressed: bool = False,
    blocked: bool = False,
) -> bool:
    """Whether ``viewer`` (an actor's IRI; None for nobody in particular) may see it.

    ``follows``: the viewer's follow of the author is accepted. ``addressed``: the viewer is
    named. ``blocked``: one of the two has blocked the other. "Not yours" is answered in the same
    way as "not there" by whoever asks this.
    """
    if viewer is None:
        return visibility.open
    if viewer == author:
        return True
    if blocked:
        return False
    if visibility.open or addressed:
        return True
    return follows and visibility is Visibility.FOLLOWERS
