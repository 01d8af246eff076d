"""The second factor, its recovery codes, and what is connected, on both databases."""

from __future__ import annotations

import asyncio

from node.store import connected, second_factors, web_sessions
from node.store.apps import add_token
from node.store.engine import Store
from tests.store.people import NOW
from tests.store.test_accounts import add_account


async def account(store: Store, name: str) -> int:
    return await store.write(add_account, name, f"{name}@x.example")


async def test_from_its_beginning_to_its_end(store: Store) -> None:
    amina = await account(store, "amina")
    assert await store.read(second_factors.of, amina) is None
    for secret in ("AAAA", "BBBB"):
        await store.write(second_factors.begin, amina, secret)
    assert not await store.read(second_factors.is_on, amina)
    assert await store.write(second_factors.confirm, amina, step=5, now=NOW)
    assert not await store.write(second_factors.confirm, amina, step=6, now=NOW)
    found = await store.read(second_factors.of, amina)
    assert found == second_factors.Factor("BBBB", NOW, 5)
    await store.write(second_factors.put_codes, amina, ["a", "b"])
    assert await store.write(second_factors.drop, amina)
    assert not await store.write(second_factors.drop, amina)
    assert await store.read(second_factors.codes_left, amina) == 0


async def test_of_many_at_once_one_uses_a_code(store: Store) -> None:
    amina, bruno = await account(store, "amina"), await account(store, "bruno")
    await store.write(second_factors.begin, amina, "AAAA")
    await store.write(second_factors.confirm, amina, step=5, now=NOW)
    steps = await asyncio.gather(
        *(store.write(second_factors.use_step, amina, 6) for _ in range(5))
    )
    assert sorted(steps) == [False, False, False, False, True]
    assert not await store.write(second_factors.use_step, amina, 4)
    await store.write(second_factors.put_codes, amina, ["a", "b"])
    assert not await store.write(second_factors.use_code, bruno, "a")
    used = await asyncio.gather(
        *(store.write(second_factors.use_code, amina, "a") for _ in range(5))
    )
    assert sorted(used) == [False, False, False, False, True]
    assert await store.read(second_factors.codes_left, amina) == 1


async def test_what_is_connected(store: Store) -> None:
    """Of its owner alone, without what is over; sessions that nobody used are forgotten."""
    amina, bruno = await account(store, "amina"), await account(store, "bruno")
    for at, name in enumerate(("one", "two")):
        await store.write(
            web_sessions.begin, name, amina, device="Firefox, Linux", now=NOW + at * 100
        )
    for name, owner in (("mine", amina), ("theirs", bruno)):
        await store.write(
            add_token, hash=name, account_id=owner, app_id=None, scopes="read", now=NOW
        )
    assert await store.read(connected.apps_of, amina) == [connected.Connected("mine", None, NOW)]
    assert not await store.write(connected.end, amina, "theirs", now=NOW)
    assert await store.write(connected.end, amina, "mine", now=NOW)
    assert not await store.write(connected.end, amina, "mine", now=NOW)
    keep = web_sessions.hash_of("two")
    await store.write(connected.end_others, amina, keep, now=NOW + 200)
    left = await store.read(web_sessions.of, amina, now=NOW + 200)
    assert [one.hash for one in left] == [keep]
    assert len(await store.read(connected.apps_of, bruno)) == 1
    assert await store.write(web_sessions.forget, before=NOW + 50) == 1
    assert await store.write(web_sessions.forget, before=NOW + 150) == 1
