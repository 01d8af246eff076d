"""Taking one's data along, and leaving nothing behind."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from node.actions import membership, vouching
from node.actions.accounts import change_account, change_profile, make_token
from node.actions.deletion import delete_account
from node.actions.export import export_account
from node.clock import to_iso
from node.errors import Conflict, NotFound
from node.ids import new_id
from node.social.accounts import Actor
from node.social.notifications import Kind
from node.social.statuses import Status
from node.social.visibility import Visibility
from node.store import accounts, audit, objects, tables, vouches
from node.store.tables import metadata
from node.store.transaction import Transaction
from tests.databases import database_url, new_sqlite, postgres_url, sqlite_url
from tests.flows.letterbox import MORNING, Letterbox, letterbox
from tests.mailbox import mailbox
from tests.store.people import add_actor

__all__ = ["database_url", "postgres_url", "sqlite_url"]

PLANTED = {
    "email": "samira.planted@example.org",
    "name": "Samira Plantée",
    "summary": "RESUME-PLANTE",
    "contact": "06 99 88 77 66",
    "title": "TITRE-PLANTE",
    "text": "TEXTE-PLANTE",
    "draft": "BROUILLON-PLANTE",
    "series": "SERIE-PLANTEE",
    "answer": "REPONSE-PLANTEE",
    "thanks": "MERCI-PLANTE",
    "note": "MOT-PRIVE-PLANTE",
    "beneficiary": "BENEFICIAIRE-PLANTE",
    "alt": "IMAGE-PLANTEE",
    "report": "SIGNALEMENT-PLANTE",
    "judgement": "JUGEMENT-PLANTE",
}


def rows_of(tx: Transaction) -> dict[str, list[dict[str, Any]]]:
    """Every table that the database has, the search index and the like too."""
    names = sa.inspect(tx.connection).get_table_names()
    assert {table.name for table in metadata.sorted_tables} <= set(names)
    found = {}
    for name in names:
        rows = tx.connection.exec_driver_sql(f'SELECT * FROM "{name}"')
        found[name] = [dict(row._mapping) for row in rows]
    return found


def holding(dump: dict[str, list[dict[str, Any]]], words: Iterable[str]) -> set[tuple[str, str]]:
    """Table and word, wherever a word is found in a row."""
    found = set()
    for name, rows in dump.items():
        for row in rows:
            told = " ".join(
                value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
                for value in row.values()
            )
            plain = told.encode().decode("unicode_escape", "replace") if "\\u" in told else told
            found |= {(name, word) for word in words if word in told or word in plain}
    return found


async def life(post: Letterbox) -> tuple[Actor, Actor]:
    """Samira, who did everything that one can do, and Bruno, to whom she did it."""
    samira = await post.account("samira", email=PLANTED["email"], display_name=PLANTED["name"])
    bruno = await post.account("bruno")
    await post.store.write(change_profile, post.here, samira, summary=PLANTED["summary"])
    await post.store.write(change_account, samira.id, contact=PLANTED["contact"])
    proposal = await post.publish(samira, title=PLANTED["title"], text=PLANTED["text"])
    others = await post.publish(bruno, purpose="offer", topic="lending.tools", title="Perceuse")
    await post.store.write(plant, samira, bruno, proposal.id, others.id)
    await post.store.write(make_token, "samira", "read", MORNING)
    await post.store.write(vouching.vouch, post.here, samira, bruno.id)
    await post.store.write(vouching.vouch, post.here, bruno, samira.id)
    await post.store.write(membership.invite, post.here, samira)
    await post.tell(bruno, Kind.COMMENT, by=samira, object_id=proposal.id, urgent=True)
    await post.tell(samira, Kind.COMMENT, by=bruno, object_id=proposal.id, urgent=True)
    return samira, bruno


def plant(tx: Transaction, samira: Actor, bruno: Actor, own: int, others: int) -> None:
    def add(table: sa.Table, **values: Any) -> None:
        tx.execute(sa.insert(table), values)

    at = {"created_at": MORNING, "updated_at": MORNING}
    draft = new_id()
    add(
        tables.drafts, id=draft, author_id=samira.id, state="draft", source="api", **at,
        fields={"title": PLANTED["draft"]},
    )  # fmt: skip
    add(
        tables.series, id=new_id(), author_id=samira.id, fields={"title": PLANTED["series"]},
        rule="FREQ=WEEKLY", starts_at=MORNING, lasts_s=60.0, zone="Europe/Paris", state="running",
        made_until=MORNING, created_at=MORNING,
    )  # fmt: skip
    zoe = add_actor(tx, "zoe", "m.example")
    for number, (subject, author, answerer) in enumerate(
        ((own, samira.id, bruno.id), (others, bruno.id, samira.id), (own, samira.id, zoe))
    ):
        agreement = new_id()
        add(
            tables.agreements, id=agreement, offer_uri=f"urn:offer:{number}", proposal_id=subject,
            author_id=author, answerer_id=answerer, channel="vf", state="accepted",
            quantity="1", unit="one", text=PLANTED["answer"], **at,
        )  # fmt: skip
        add(
            tables.agreement_events, id=new_id(), agreement_id=agreement, event="accept",
            actor_id=samira.id, text=PLANTED["answer"], at=MORNING,
        )  # fmt: skip
        add(
            tables.agreement_events, id=new_id(), agreement_id=agreement, event="confirm",
            actor_id=samira.id, text=PLANTED["thanks"], at=MORNING,
        )  # fmt: skip
        add(
            tables.reveals, agreement_id=agreement, actor_id=samira.id,
            contact=PLANTED["contact"], revealed_at=MORNING,
        )  # fmt: skip
    add(
        tables.on_behalf, subject_id=draft, writer_id=samira.id, created_at=MORNING,
        beneficiary=PLANTED["beneficiary"], consented_by="elle", consented_at=MORNING,
        consent_how="spoken", call_back=PLANTED["contact"],
    )  # fmt: skip
    add(
        tables.pictures, id=new_id(), owner_id=samira.id, name="a" * 32 + ".jpg",
        media_type="image/jpeg", bytes=1, width=1, height=1, alt=PLANTED["alt"], created_at=MORNING,
    )  # fmt: skip
    for reporter, target in ((samira, bruno), (bruno, samira)):
        add(
            tables.reports, id=new_id(), reporter_id=reporter.id, target_id=target.id, objects=[],
            content=PLANTED["report"], state="open", created_at=MORNING,
        )  # fmt: skip
    add(
        tables.mediator_notes, id=new_id(), about="actor", about_id=samira.id, author_id=bruno.id,
        text=PLANTED["judgement"], created_at=MORNING,
    )  # fmt: skip
    add(
        tables.join_requests, id=new_id(), username="samira", email=PLANTED["email"], name="x",
        password_hash="", kind="resident", state="accepted", created_at=MORNING,
    )  # fmt: skip
    add(
        tables.journal, id=new_id(), activity_uri="urn:1", actor_uri="urn:2", host="m.example",
        scheme="cavage", body=PLANTED["answer"].encode(), state="handled", next_at=MORNING,
        received_at=MORNING,
    )  # fmt: skip
    for number, (writer, to) in enumerate(((samira, bruno), (bruno, samira))):
        identifier = new_id()
        private = Status(
            id=identifier, uri=f"{writer.uri}/{number}", local=True, type="Note",
            author_id=writer.id, visibility=Visibility.DIRECT, name=None,
            content=PLANTED["note"], summary=None, language="fr", sensitive=False, url=None,
            in_reply_to=None, context=None, published=MORNING, updated=None,
            document=json.dumps({"content": PLANTED["note"]}),
        )  # fmt: skip
        assert objects.insert(tx, private, addressed=[to.uri])


async def test_a_person_takes_everything_along(tmp_path: Path) -> None:
    """All that was planted but what others wrote of her is in it, times and ids as people and
    programs read them, and no secret."""
    async with letterbox(new_sqlite(tmp_path), tmp_path, None) as post:
        samira, bruno = await life(post)
        told = await post.store.read(export_account, post.here, samira.id)
        text = json.dumps(told, ensure_ascii=False)
        assert {word for word in PLANTED.values() if word not in text} == {PLANTED["judgement"]}
        assert told["account"]["created_at"] == to_iso(MORNING)
        assert told["proposals"][0]["object_id"] == told["statuses"][0]["id"]
        assert [one["handle"] for one in told["vouched_for_by"]] == [bruno.handle]
        assert len(told["agreements"]) == 3
        account = await post.store.read(accounts.by_username, "samira")
        assert account is not None
        assert account.password_hash not in text
        assert "PRIVATE KEY" not in text
        assert '"hash"' not in text
        others = await post.store.read(export_account, post.here, bruno.id)
        mine = json.dumps(others, ensure_ascii=False)
        for word in ("contact", "draft", "series", "email", "alt", "beneficiary"):
            assert PLANTED[word] not in mine, word


async def test_nothing_of_a_person_stays(database_url: str, tmp_path: Path) -> None:
    """Every row of every table is read: nothing that was planted is found, in clear or escaped;
    the name is not given again, and what others wrote and did is still there."""
    async with mailbox() as box, letterbox(database_url, tmp_path, box) as post:
        samira, bruno = await life(post)
        before = await post.store.read(rows_of)
        assert {word for _, word in holding(before, PLANTED.values())} == set(PLANTED.values())
        await post.store.write(delete_account, post.here, "samira")
        after = await post.store.read(rows_of)
        assert holding(after, PLANTED.values()) == set()
        pointing = {
            (table.name, column.name)
            for table in metadata.sorted_tables
            for column in table.columns
            for row in after.get(table.name, ())
            if column.name.endswith(("_id", "_by")) and row[column.name] == samira.id
        }
        # Who she was to others is a number with no name: her keys sign the farewells.
        assert pointing == {
            ("actor_keys", "actor_id"),
            ("graves", "local_id"),
            ("outbox", "actor_id"),
            ("reports", "reporter_id"),
            ("reports", "target_id"),
        }
        assert await post.store.read(vouches.for_, bruno.id) == []
        kept = await post.store.read(objects.latest, author_id=bruno.id)
        assert [one.name for one in kept] == ["Perceuse"]
        with pytest.raises(Conflict):
            await post.account("samira")
        with pytest.raises(NotFound):
            await post.store.read(export_account, post.here, samira.id)
        entries = await post.store.read(audit.listed, most=5)
        assert [(one.action, one.target) for one in entries] == [
            ("account.delete", f"samira@{post.here.domain}")
        ]
    if database_url.startswith("sqlite:"):
        path = Path(database_url.removeprefix("sqlite:///"))
        file = await asyncio.to_thread(path.read_bytes)
        assert not [word for word in PLANTED.values() if word.encode() in file]


async def test_the_others_are_told(tmp_path: Path) -> None:
    """Who had agreed on something with her reads that it is called off, here and elsewhere, and
    who waits for a letter reads no name in it."""
    async with mailbox() as box, letterbox(new_sqlite(tmp_path), tmp_path, box) as post:
        _, bruno = await life(post)
        await post.store.write(delete_account, post.here, "samira")
        told = await post.store.read(_told, bruno.id)
        assert Kind.AGREEMENT_CANCELLED in told
        to_zoe = await post.store.read(_sent_to, "m.example")
        assert to_zoe[-1] == "Delete"
        assert set(to_zoe) - {"Delete"}, "nothing tells her that it is called off"
        await post.post()
        await post.post(hours=12)
        assert set(box.recipients) == {"bruno@example.org"}
        letters = " ".join(str(mail["Subject"]) + str(mail.get_content()) for mail in box.mails)
        assert "… a commenté" in letters
        assert "Samira" not in letters
        assert "annulé" in letters


def _sent_to(tx: Transaction, host: str) -> list[str]:
    rows = tx.all(
        sa.select(tables.outbox.c.type)
        .join(tables.deliveries, tables.deliveries.c.outbox_id == tables.outbox.c.id)
        .where(tables.deliveries.c.host == host)
        .order_by(tables.outbox.c.id)
    )
    return [row.type for row in rows]


def _told(tx: Transaction, account_id: int) -> list[str]:
    rows = tx.all(
        sa.select(tables.notifications.c.kind).where(
            tables.notifications.c.account_id == account_id
        )
    )
    return [row.kind for row in rows]
