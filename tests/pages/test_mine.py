"""What one has to do, and does: from an answer to the thanks, by the pages alone."""

from __future__ import annotations

from pathlib import Path

from node.actions import agreements as acting
from tests.databases import new_sqlite
from tests.pages.reading import reader
from tests.serving import serving


async def test_from_an_answer_to_the_thanks(tmp_path: Path) -> None:
    async with serving(new_sqlite(tmp_path), tmp_path) as node:
        amina, bruno = await node.account("amina"), await node.account("bruno")
        uri = await node.publish(amina, title="Courses pour mardi")
        number = int(uri.rsplit("/", 1)[1])
        made = await node.store.write(
            acting.offer_help, node.here, bruno, number, text="Je peux mardi matin."
        )
        async with reader(node, amina) as a, reader(node, bruno) as b:
            page = await a.get("/me")
            print(page.status, page.text)
            page = await a.press(page, "Accepter")
            print(page.status, page.path, page.text)
            page = await b.get(f"/me/agreements/{made.id}")
            print(page.status, page.path, page.text)
