"""People with an account here, on both databases."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from node.store import accounts, tables
from node.store.accounts import Account
from node.store.engine import Store
from node.store.transaction import Transaction
from tests.store.people import NOW, add_actor


def add_account(tx: Transaction, name: str, email: str) -> int:
    actor_id = add_actor(tx, name)
    assert accounts.insert(
        tx,
        actor_id=actor_id,
        email=email,
        password_hash="argon",
        role="member",
        confirmed_at=NOW,
        now=NOW,
    )
    return actor_id


def open_tokens(tx: Transaction, account_id: int) -> list[str]:
    where = tables.tokens.c.account_id == account_id, tables.tokens.c.revoked_at.is_(None)
    return [row.hash for row in tx.all(sa.select(tables.tokens.c.hash).where(*where))]


async def test_an_account_is_found_by_name_in_any_case(store: Store) -> None:
    """A remote actor of the same name has none, nor has one of ours without an account."""

    def unit(tx: Transaction) -> None:
        add_actor(tx, "bruno")
        add_actor(tx, "amina", "m.example")
        amina = add_account(tx, "amina", "amina@x.example")
        expected = Account(
            amina, "amina", "amina@x.example", "argon", "member", "fr", NOW, created_at=NOW
        )
        assert accounts.by_username(tx, "amina") == expected
        assert accounts.by_username(tx, "AMINA") == expected
        assert accounts.by_username(tx, "bruno") is None
        assert accounts.by_username(tx, "nobody") is None
        assert accounts.count(tx) == 1

    await store.write(unit)


async def test_an_address_is_taken_once(store: Store) -> None:
    """The second account with it is refused and changes nothing."""

    def unit(tx: Transaction) -> None:
        add_account(tx, "amina", "a@x.example")
        bruno = add_actor(tx, "bruno")
        assert not accounts.insert(
            tx,
            actor_id=bruno,
            email="a@x.example",
            password_hash="other",
            role="admin",
            confirmed_at=None,
            now=NOW,
        )
        assert accounts.by_username(tx, "bruno") is None
        assert accounts.count(tx) == 1

    await store.write(unit)


async def test_a_new_password_ends_every_token_of_its_account(store: Store) -> None:
    """Others' tokens stay, and those made afterwards."""

    def unit(tx: Transaction) -> None:
        amina = add_account(tx, "amina", "a@x.example")
        bruno = add_account(tx, "bruno", "b@x.example")
        for hash_, account in (("a1", amina), ("a2", amina), ("b1", bruno)):
            accounts.add_token(tx, hash=hash_, account_id=account, scopes="read", now=NOW)
        accounts.set_password(tx, amina, "argon2", now=NOW + 1)
        accounts.add_token(tx, hash="a3", account_id=amina, scopes="read write", now=NOW + 2)
        assert open_tokens(tx, amina) == ["a3"]
        assert open_tokens(tx, bruno) == ["b1"]
        found = accounts.by_username(tx, "amina")
        assert found is not None
        assert found.password_hash == "argon2"

    await store.write(unit)


async def test_roles_and_the_end_of_an_account(store: Store) -> None:
    """A role is set on one account; deleting it takes its tokens along and leaves the actor."""

    def unit(tx: Transaction) -> None:
        amina = add_account(tx, "amina", "a@x.example")
        accounts.add_token(tx, hash="a1", account_id=amina, scopes="read", now=NOW)
        accounts.set_role(tx, amina, "mediator")
        found = accounts.by_username(tx, "amina")
        assert found is not None
        assert found.role == "mediator"
        accounts.delete(tx, amina)
        accounts.delete(tx, amina)
        assert accounts.by_username(tx, "amina") is None
        assert open_tokens(tx, amina) == []
        assert accounts.count(tx) == 0

    await store.write(unit)


async def test_a_token_needs_an_account(store: Store) -> None:
    """A token of nobody is an error, and the unit that tried it changes nothing."""

    def unit(tx: Transaction) -> None:
        add_account(tx, "amina", "a@x.example")
        accounts.add_token(tx, hash="x", account_id=7, scopes="read", now=NOW)

    with pytest.raises(sa.exc.IntegrityError):
        await store.write(unit)
    assert await store.read(accounts.count) == 0
