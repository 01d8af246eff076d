"""Signing in as somebody does it, and what apps hold, for the tests of the locks."""

from __future__ import annotations

from node.actions import authorization
from node.social.accounts import Actor
from tests.pages.reading import Read, Reader, reader
from tests.serving import PASSWORD, Serving


async def sign_in(
    somebody: Reader, who: str = "amina", word: str = PASSWORD, path: str = "/signin"
) -> Read:
    page = await somebody.get(path)
    return await somebody.submit(page, "/signin", who=who, password=word)


async def app_of(node: Serving, actor: Actor, name: str) -> str:
    """The token of an app that somebody let in."""
    now = node.here.clock.now()
    made = await node.store.write(
        authorization.register,
        name=name,
        redirect_uris=("https://app.example/back",),
        scopes="read",
        website=None,
        now=now,
    )
    token = await node.store.write(authorization.person_token, made.app, actor.id, now=now)
    return token.text


async def is_over(node: Serving, token: str) -> bool:
    async with (
        reader(node) as somebody,
        somebody.session.get(
            f"{node.base}/api/v1/accounts/verify_credentials",
            headers={"Authorization": f"Bearer {token}"},
        ) as answer,
    ):
        return answer.status == 401
