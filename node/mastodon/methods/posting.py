"""Statuses are posted, changed and deleted."""

from __future__ import annotations

from typing import Any, Final

from node.actions import naming, scheduling
from node.actions.media import focus_of
from node.actions.posts import Described, delete_post, edit_post, post_once
from node.errors import Invalid
from node.mastodon.entities.scheduled import scheduled
from node.mastodon.method import Ask, Method
from node.mastodon.methods.shown import shown, to_redraft
from node.moderation.rates import Rate
from node.social import posts, preferences, writing
from node.social.accounts import Actor
from node.social.posts import Ballot, Post
from node.social.preferences import Preferences
from node.social.visibility import Visibility

RATE: Final = Rate("posts", 300, 10_800.0)


async def create(ask: Ask) -> dict[str, Any]:
    """POST /api/v1/statuses: a Status, or a ScheduledStatus for one that is to come."""
    me = ask.person.actor
    word = ask.parameters.text("visibility") or _preferences(ask).privacy
    post = _post(ask, visibility=posts.visibility_of(word))
    key = ask.request.headers.get("Idempotency-Key", "")
    later = ask.parameters.text("scheduled_at")
    if later:
        at = scheduling.time_of(later, ask.here.clock.now())
        made = await ask.store.write(
            scheduling.schedule, ask.here, me, post, at=at, key=key, app_id=_app(ask)
        )
    else:
        people = await _named(ask, post)
        made = await ask.store.write(
            post_once, ask.here, me, post, people, key=key, app_id=_app(ask)
        )
    if made.scheduled is not None:
        found = await ask.store.read(scheduled, ask.here, [made.scheduled])
        return found[0]
    if made.status is None:
        raise Invalid("Ce message n’est plus là : écrivez-le à nouveau.")
    return await shown(ask, made.status)


async def edit(ask: Ask) -> dict[str, Any]:
    """PUT /api/v1/statuses/:id."""
    post = _post(ask, visibility=Visibility.PUBLIC)
    described = [
        Described(one.identifier("id") or 0, one.maybe("description"), focus_of(one.text("focus")))
        for one in ask.parameters.trees("media_attributes")
    ]
    status = await ask.store.write(
        edit_post,
        ask.here,
        ask.person.actor,
        ask.number(),
        post,
        await _named(ask, post),
        described,
    )
    return await shown(ask, status)


async def delete(ask: Ask) -> dict[str, Any]:
    """DELETE /api/v1/statuses/:id: as it was, with its text to be written anew."""
    me = ask.person.actor
    before = await to_redraft(ask, ask.number())
    await ask.store.write(
        delete_post,
        ask.here,
        me,
        ask.number(),
        with_media=ask.parameters.flag("delete_media"),
    )
    return before


async def _named(ask: Ask, post: Post) -> dict[str, Actor]:
    typed = writing.handles(writing.clean(post.text))
    return await naming.people_named(ask.store, ask.here, ask.remote, typed)


def _app(ask: Ask) -> int | None:
    return ask.grant.app.id if ask.grant is not None and ask.grant.app is not None else None


def _post(ask: Ask, *, visibility: Visibility) -> Post:
    read, wishes = ask.parameters, _preferences(ask)
    return Post(
        text=read.text("status"),
        spoiler=read.text("spoiler_text"),
        visibility=visibility,
        language=posts.language_of(
            read.text("language") or wishes.language or ask.person.account.locale
        ),
        sensitive=read.flag("sensitive", wishes.sensitive),
        reply_to=read.identifier("in_reply_to_id"),
        media=tuple(dict.fromkeys(read.identifiers("media_ids"))),
        ballot=_ballot(ask),
        quoted=read.identifier("quoted_status_id"),
        quote_policy=posts.policy_of(read.text("quote_approval_policy") or wishes.quote_policy),
    )


def _preferences(ask: Ask) -> Preferences:
    """What holds where the app does not say."""
    return preferences.read(ask.person.account.preferences)


def _ballot(ask: Ask) -> Ballot | None:
    poll = ask.parameters.tree("poll")
    options = poll.texts("options")
    if not options:
        return None
    return Ballot(
        options=tuple(options),
        expires_in=poll.integer("expires_in", 0),
        multiple=poll.flag("multiple"),
        hide_totals=poll.flag("hide_totals"),
    )


METHODS = (
    Method("POST", "/api/v1/statuses", create, scope="write:statuses", rate=RATE),
    Method("PUT", "/api/v1/statuses/{id}", edit, scope="write:statuses"),
    Method("DELETE", "/api/v1/statuses/{id}", delete, scope="write:statuses"),
)
