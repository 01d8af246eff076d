"""What the desk is told of the node and of the quartier as a whole: figures without names, what
does not arrive, mail."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest
import sqlalchemy as sa
from bs4 import Tag

from node.store import tables
from node.store.transaction import Transaction
from node.web.house.mail_words import explained
from node.web.site.visit import Visit
from tests.databases import new_sqlite
from tests.mailbox import mailbox
from tests.pages.reading import Read, one, reader
from tests.serving import Serving, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")

HALF = "La moitié des annonces ont une première réponse en moins de"


async def test_small_figures_say_nothing_of_anybody(tmp_path: Path) -> None:
    """One answer has no median; a few people are not counted; what the table has, the file has."""
    async with serving(new_sqlite(tmp_path), tmp_path) as node:
        people = [await node.account(f"voisin{at}") for at in range(6)]
        alma = await node.account("alma", role="admin")
        for at, who in enumerate(people):
            await node.publish(who, title=f"Une soupe, {at}")
        async with reader(node, alma) as reads:
            page = await reads.get("/desk/figures")
            told = dict(
                zip(
                    (words(tag) for tag in page.soup.select("dt")),
                    (words(tag) for tag in page.soup.select("dd")),
                    strict=True,
                )
            )
            assert told["Membres qui ont publié ou répondu"] == "6"
            assert told["Réponses"] == "0"
            assert "trop peu" in told[HALF]
            table = (await reads.get("/desk/figures.csv")).html
            for name in told:
                assert name in table
            assert "voisin" not in table


def words(tag: Tag) -> str:
    return " ".join(tag.get_text(" ").split())


async def test_what_does_not_arrive_is_told_and_settled(tmp_path: Path) -> None:
    """A neighbour that is switched off: why, in words; tried again; given up. What could not be
    read is read again."""
    async with serving(new_sqlite(tmp_path), tmp_path) as node:
        alma = await node.account("alma", role="admin")
        await node.store.write(dead_letters, node)
        async with reader(node, alma) as reads:
            page = await reads.get("/desk/health")
            for said in (
                "! à regarder – 1 envoi n’arrive pas malgré tous les essais",
                "eteint.example",
                "Il ne répond pas : il est sans doute éteint.",
                "? à vérifier vous-même",
                "SQLite",
            ):
                assert said in page.text
            held = mark(page)
            page = await reads.press(page, "Abandonner : eteint.example")
            assert page.notice == "1 envoi est abandonné."
            assert "tout arrive" in page.text
            assert "eteint.example" not in page.text.replace(page.notice, "")
            log = await reads.get("/desk/audit")
            assert "a abandonné ce qui attendait pour eteint.example" in log.text
            again = await reads.post("/desk/health/retry", {"_form": held, "what": "aside"})
            assert again.notice == "0 chose sera relue."


def dead_letters(tx: Transaction, node: Serving) -> None:
    """One delivery that was given up on."""
    tx.execute(
        sa.insert(tables.outbox).values(
            id=1,
            actor_id=node.here.quartier.id,
            activity_uri="https://here.example/activities/1",
            type="Create",
            body="{}",
            public=False,
            sync=False,
            created_at=node.here.clock.now(),
        )
    )
    tx.execute(
        sa.insert(tables.deliveries).values(
            id=1,
            outbox_id=1,
            inbox="https://eteint.example/inbox",
            host="eteint.example",
            order_key="1",
            urgent=0,
            state="dead",
            attempts=12,
            created_at=0.0,
            next_at=0.0,
            error="ConnectionRefusedError: refused",
        )
    )


def mark(page: Read) -> str:
    return str(one(page.soup, "main input[name=_form]")["value"])


@pytest.mark.parametrize(
    ("code", "text", "told"),
    [
        (535, "535 5.7.8 bad credentials", "mot de passe"),
        (554, "554 relay access denied", "n’accepte pas de lettres de notre part"),
        (550, "550 no such user", "refuse l’adresse"),
        (451, "451 try later", "demande d’attendre"),
        (500, "500 what", "refuse la lettre"),
        (None, "SMTPConnectTimeoutError: Timed out", "à temps"),
        (None, "SSLError: certificate verify failed", "certificat"),
        (None, "SMTPConnectError: refused", "n’arrive pas jusqu’au serveur"),
    ],
)
async def test_what_a_mail_server_says_is_explained(code: int | None, text: str, told: str) -> None:
    assert told in explained(cast(Visit, Speaks()), code, text)


class Speaks:
    """What of a visit is asked for words."""

    def say(self, text: str, **_: object) -> str:
        return text


async def test_a_letter_to_oneself(tmp_path: Path) -> None:
    """Past the queue, and what the mail server said is told."""
    async with mailbox() as box:
        mail = {"host": "127.0.0.1", "port": box.port, "security": "none"}
        async with serving(new_sqlite(tmp_path), tmp_path, mail=mail) as node:
            alma = await node.account("alma", role="admin")
            async with reader(node, alma) as reads:
                page = await reads.get("/desk/mail")
                page = await reads.submit(page, "/desk/mail")
                assert "Le serveur de courrier a pris la lettre." in page.text
