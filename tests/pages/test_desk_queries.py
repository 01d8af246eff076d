"""The desk's pages cost as many queries with much as with little, on both databases."""

from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from node.actions import agreements as acting
from node.actions import blocklists, drafts, moderation, on_behalf, reports
from node.aid.drafts import check_draft
from node.aid.on_behalf import Consent, How
from node.moderation.policy import DomainBlock
from node.social.accounts import Actor
from node.store.people_pages import Wanted
from node.store.transaction import Transaction
from node.web.desk import (
    auditing,
    behalf,
    blocks,
    conflicts,
    hall,
    people,
    person,
    referrals,
    review,
)
from node.web.desk import reports as reported
from node.web.site.languages import language
from node.web.site.visit import Visit
from tests.pages.test_mine_queries import counted
from tests.serving import Serving, serving


def visiting(node: Serving, actor: Actor, **path: str) -> Visit:
    """As much of a visit as reading needs."""
    french = language("fr")
    return cast(
        Visit,
        SimpleNamespace(
            here=node.here,
            now=node.here.clock.now(),
            me=SimpleNamespace(actor=actor),
            language=french,
            say=french.say,
            path=lambda name: path[name],
            number=lambda: int(path["id"]),
        ),
    )


async def happened(node: Serving, maud: Actor, number: int) -> int:
    """Something of everything; the number of a report."""
    here, store = node.here, node.store
    one, other = [await node.account(f"{name}{number}") for name in ("amina", "benoit")]
    uri = await node.publish(one, title=f"Courses {number}")
    about = int(uri.rsplit("/", 1)[1])
    made = await store.write(acting.offer_help, here, other, about, text="Oui")
    await store.write(acting.accept, here, one, made.id)
    await store.write(acting.dispute, here, one, made.id, reason="Personne n’est venu.")

    def unit(tx: Transaction) -> int:
        fields: dict[str, Any] = {"purpose": "offer", "topic": "goods.books", "title": "Un livre"}
        drafts.submit(tx, here, other, fields, review=True)
        draft = check_draft({**fields, "author": maud.username, "expires": "1d"})
        consent = Consent(f"Mme {number}", "elle", time.time(), How.PAPER, "au marché")
        on_behalf.write_for(tx, here, maud, draft, consent)
        moderation.silence(tx, here, maud, other, "Trop")
        moderation.write_note(tx, here, maud, "actor", one.id, "Passe le mardi")
        blocklists.block_domain(tx, here, maud, DomainBlock(f"bad{number}.example", "suspend"))
        return reports.report(
            tx, here, other, target=one, object_ids=[about], content=str(number)
        ).id

    return await store.write(unit)


async def test_the_desk(database_url: str, tmp_path: Path) -> None:
    async with serving(database_url, tmp_path) as node:
        maud = await node.account("maud", role="mediator")
        report = await happened(node, maud, 1)
        visit = visiting(node, maud, name="amina1", id=str(report))

        def costs(tx: Transaction) -> dict[str, int]:
            return {
                "hall": counted(tx, hall.waiting, visit.now),
                "review": counted(tx, review._waiting, visit, None),
                "behalf": counted(tx, behalf._lines, visit, False, None),
                "ending": counted(tx, behalf._lines, visit, True, None),
                "reports": counted(tx, reported._whole, visit),
                "conflicts": counted(tx, conflicts._lines, visit),
                "referrals": counted(tx, referrals._lines, visit),
                "people": counted(tx, people._page_of, Wanted(local=True), None),
                "person": counted(tx, person._whole, visit),
                "blocks": counted(tx, blocks._found, None),
                "audit": counted(tx, auditing._page, visit, "", None),
            }

        few = await node.store.read(costs)
        for number in range(2, 6):
            await happened(node, maud, number)
        assert await node.store.read(costs) == few
        assert max(few.values()) <= 20
