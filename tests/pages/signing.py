"""Signing in as somebody does it, and what apps hold, for the tests of the locks."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from node.actions import authorization, passwords, signing_in
from node.social.accounts import Actor
from tests.pages.reading import Read, Reader, reader
from tests.serving import PASSWORD, Serving


@contextlib.contextmanager
def cheap_passwords() -> Iterator[None]:
    """Hashes that cost next to nothing: it is not they that are tested."""
    cheap = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", cheap)
        nobody = cheap.hash("nobody's")
        for module in (passwords, signing_in):
            patch.setattr(module, "NOBODY", nobody)
        yield


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
