"""What the tests of one's own pages begin with: people, an announcement, an answer to it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest
import pytest_asyncio

from node.actions import agreements as acting
from node.actions.accounts import NewAccount, create_account, prepare_account
from node.aid.agreements import Agreement
from node.social.accounts import Actor
from tests.databases import new_sqlite
from tests.serving import PASSWORD, Serving, serving

_names = itertools.count(1)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def node(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Serving]:
    path: Path = tmp_path_factory.mktemp("mine")
    async with serving(new_sqlite(path), path) as running:
        yield running


@dataclass(frozen=True, slots=True)
class Agreed:
    author: Actor
    answerer: Actor
    proposal: int
    agreement: Agreement

    @property
    def path(self) -> str:
        return f"/me/agreements/{self.agreement.id}"


@cache
def _somebody() -> NewAccount:
    """Keys and the hash of a password take long: all of a process have the same."""
    return prepare_account(
        username="somebody",
        email="somebody@example.org",
        password=PASSWORD,
        kind="resident",
        role="member",
    )


async def person(node: Serving, *, role: str = "member") -> Actor:
    """Somebody of a name of their own."""
    name = f"personne{next(_names)}"
    new = replace(
        await asyncio.to_thread(_somebody),
        username=name,
        email=f"{name}@example.org",
        display_name=name.capitalize(),
        role=role,
    )
    return await node.store.write(create_account, node.here, new)


async def answered(node: Serving, *, accepted: bool = False, **fields: object) -> Agreed:
    """Somebody asked for something, somebody else answered."""
    author, answerer = await person(node), await person(node)
    uri = await node.publish(author, **{"title": "Courses pour mardi", **fields})
    number = int(uri.rsplit("/", 1)[1])
    made = await node.store.write(
        acting.offer_help, node.here, answerer, number, text="Je peux mardi matin."
    )
    if accepted:
        made = await node.store.write(acting.accept, node.here, author, made.id)
    return Agreed(author, answerer, number, made)
