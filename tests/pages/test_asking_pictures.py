"""Pictures in the steps of asking and offering, by pages without a script."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.flows.photographed import PHOTO
from tests.pages.reading import Reader, one, reader
from tests.serving import serving

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def amina(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Reader]:
    directory: Path = tmp_path_factory.mktemp("pictures")
    async with serving(f"sqlite:///{directory}/node.db", directory) as node:
        async with reader(node, await node.account("amina")) as reads:
            yield reads


async def test_a_picture_with_what_there_is_to_see(amina: Reader) -> None:
    """Without a description it is not taken; words that were typed stay; it can be described anew
    and taken out again; it is published along."""
    page = await amina.submit(await amina.get("/offer"), "/offer", topic="goods.furniture")
    photo, add = ("photo.jpg", PHOTO, "image/jpeg"), "Ajouter l’image"
    wrong = await amina.press(page, add, photo=photo, alt="", title="Une chaise")
    assert wrong.status == 422
    assert "dites ce qu’on y voit" in wrong.problems[0]
    page = await amina.press(wrong, add, photo=photo, alt="Une chaise")
    assert page.notice == "L’image est ajoutée."
    assert one(page.soup, "input[name=title]")["value"] == "Une chaise"
    page = await amina.press(page, add, file=[photo, photo], alt="Une autre")
    name = [one["name"] for one in page.soup.select("input[name^=alt-]")]
    page = await amina.press(page, add, file=[photo, photo], alt="Encore")
    assert "Quatre images suffisent" in page.problems[0]
    page = await amina.press(page, "Retirer cette image : Une chaise")
    assert page.notice == "L’image est retirée."
    none = await amina.press(page, add, file=None, alt="Rien")
    assert "Choisissez d’abord une image" in none.problems[0]
    anew: dict[str, Any] = {str(name[1]): "De face"}
    page = await amina.submit(page, button="Continuer", **anew)
    page = await amina.submit(page, button="Continuer")
    assert [one["alt"] for one in page.soup.select(".pictures img")] == ["De face", "Une autre"]
    page = await amina.press(page, "Publier")
    assert page.status == 200


async def test_a_picture_that_was_chosen_goes_along_without_another_button(amina: Reader) -> None:
    page = await amina.submit(await amina.get("/offer"), "/offer", topic="goods.books")
    photo = ("photo.jpg", PHOTO, "image/jpeg")
    page = await amina.press(page, "Continuer", title="Des livres", file=photo, alt="Une pile")
    assert page.h1 == "Quand, et jusqu’où ?"
    page = await amina.get(page.path.replace("/when", "/check"))
    assert [one["alt"] for one in page.soup.select(".pictures img")] == ["Une pile"]
