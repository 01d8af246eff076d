"""Hashtags: looked at, followed, and shown on one's profile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from node.errors import Invalid
from node.mastodon.entities.tag import featured, tags
from node.mastodon.method import Ask, Bounds, Handler, Listing, Method, listed, missing, ordered
from node.outbox.here import Here
from node.social import limits, writing
from node.social.accounts import Actor
from node.store import featured_tags
from node.store import tags as store
from node.store.transaction import Transaction

FOLLOWED_MOST: Final = 1_000
SUGGESTED: Final = 10
SUGGESTED_S: Final = 365 * 86_400.0


def slug_of(text: str) -> str:
    """Raises Invalid for what cannot be a tag."""
    name = text.strip().removeprefix("#")
    if [name] != writing.hashtags(f"#{name}"):
        raise Invalid("Validation failed: Tag is invalid")
    return name.casefold()


# ── one ──────────────────────────────────────────────────────────────────────────────────────


async def one(ask: Ask) -> dict[str, Any]:
    """GET /api/v1/tags/:name."""
    try:
        slug = slug_of(ask.request.match_info["name"])
    except Invalid as error:
        raise missing() from error
    return (await ask.store.read(tags, ask.here, [slug], ask.me))[0]


def _changed(unit: Callable[[Transaction, Actor, str], None]) -> Handler:
    def change(tx: Transaction, here: Here, me: Actor, slug: str) -> dict[str, Any]:
        unit(tx, me, slug)
        return tags(tx, here, [slug], me)[0]

    async def handler(ask: Ask) -> dict[str, Any]:
        slug = slug_of(ask.request.match_info["name"])
        return await ask.store.write(change, ask.here, ask.person.actor, slug)

    return handler


def _follow(tx: Transaction, me: Actor, slug: str) -> None:
    if store.followed_count(tx, me.id) >= FOLLOWED_MOST:
        raise Invalid(f"On ne peut pas suivre plus de {FOLLOWED_MOST} mots-clés.")
    store.follow(tx, account_id=me.id, slug=slug)


def _unfollow(tx: Transaction, me: Actor, slug: str) -> None:
    store.unfollow(tx, account_id=me.id, slug=slug)


def _show(tx: Transaction, me: Actor, slug: str) -> None:
    _feature(tx, me, slug)


def _hide(tx: Transaction, me: Actor, slug: str) -> None:
    for shown in featured_tags.of(tx, me.id):
        if shown.slug == slug:
            featured_tags.remove(tx, actor_id=me.id, identifier=shown.id)


async def followed(ask: Ask) -> Listing:
    """GET /api/v1/followed_tags."""
    bounds = ask.bounds(default=100, most=200)
    return await ask.store.read(_followed, ask.here, ask.person.actor, bounds)


def _followed(tx: Transaction, here: Here, me: Actor, bounds: Bounds) -> Listing:
    found = store.followed_page(tx, me.id, **ordered(bounds))
    shown = tags(tx, here, [slug for _, slug in found], me)
    return listed(shown, [number for number, _ in found], bounds)


# ── shown on the profile ─────────────────────────────────────────────────────────────────────


async def every_featured(ask: Ask) -> list[dict[str, Any]]:
    """GET /api/v1/featured_tags."""
    return await ask.store.read(_every_featured, ask.here, ask.person.actor)


def _every_featured(tx: Transaction, here: Here, me: Actor) -> list[dict[str, Any]]:
    return featured(tx, here, me, featured_tags.of(tx, me.id))


async def feature(ask: Ask) -> dict[str, Any]:
    """POST /api/v1/featured_tags."""
    name = ask.parameters.text("name").strip().removeprefix("#")
    slug = slug_of(name)
    return await ask.store.write(_featured, ask.here, ask.person.actor, slug, name)


def _featured(tx: Transaction, here: Here, me: Actor, slug: str, name: str) -> dict[str, Any]:
    return featured(tx, here, me, [_feature(tx, me, slug, name)])[0]


def _feature(tx: Transaction, me: Actor, slug: str, name: str = "") -> featured_tags.FeaturedTag:
    known = featured_tags.of(tx, me.id)
    if len(known) >= limits.FEATURED_TAGS and all(one.slug != slug for one in known):
        raise Invalid(f"Au plus {limits.FEATURED_TAGS} mots-clés sur un profil.")
    return featured_tags.add(tx, actor_id=me.id, slug=slug, name=name or slug)


async def unfeature(ask: Ask) -> dict[str, Any]:
    """DELETE /api/v1/featured_tags/:id."""
    me = ask.person.actor
    if not await ask.store.write(featured_tags.remove, actor_id=me.id, identifier=ask.number()):
        raise missing()
    return {}


async def suggestions(ask: Ask) -> list[dict[str, Any]]:
    """GET /api/v1/featured_tags/suggestions: what one uses most, and does not show."""
    return await ask.store.read(_suggestions, ask.here, ask.person.actor)


def _suggestions(tx: Transaction, here: Here, me: Actor) -> list[dict[str, Any]]:
    shown = {one.slug for one in featured_tags.of(tx, me.id)}
    since = here.clock.now() - SUGGESTED_S
    used = store.favourites_of(tx, me.id, since=since, most=SUGGESTED + len(shown))
    return tags(tx, here, [one for one in used if one not in shown][:SUGGESTED], me)


_ONE = "/api/v1/tags/{name}"
_FEATURED = "/api/v1/featured_tags"

METHODS = (
    Method("GET", _ONE, one, scope="read", who="reader"),
    Method("POST", f"{_ONE}/follow", _changed(_follow), scope="write:follows"),
    Method("POST", f"{_ONE}/unfollow", _changed(_unfollow), scope="write:follows"),
    Method("POST", f"{_ONE}/feature", _changed(_show), scope="write:accounts"),
    Method("POST", f"{_ONE}/unfeature", _changed(_hide), scope="write:accounts"),
    Method("GET", "/api/v1/followed_tags", followed, scope="read:follows"),
    Method("GET", _FEATURED, every_featured, scope="read:accounts"),
    Method("POST", _FEATURED, feature, scope="write:accounts"),
    Method("DELETE", f"{_FEATURED}/{{id}}", unfeature, scope="write:accounts"),
    Method("GET", f"{_FEATURED}/suggestions", suggestions, scope="read:accounts"),
)
