"""Pictures of a draft, from a telephone's camera or a folder, each with what there is to see."""

from __future__ import annotations

from typing import Final

from aiohttp.web import FileField

from node.actions import pictures as actions
from node.errors import Conflict, EntraideError, Invalid, TooLarge
from node.moderation.rates import Rate
from node.store import pictures
from node.store.pictures import Picture
from node.web.asking.steps import Writing, keep
from node.web.site.languages import later
from node.web.site.visit import Visit

MOST: Final = 4
BODY: Final = 40 * 1024 * 1024
"""Some pictures as telephones make them; one may have 16 MiB."""
UPLOADS: Final = Rate("words and pictures of the pages", 120, 1800.0)
NONE: Final = later("Choisissez d’abord une image, ou prenez-la en photo.")
ENOUGH: Final = later("Quatre images suffisent : retirez-en une d’abord.")
WORDLESS: Final = later(
    "Choisissez l’image à nouveau, et dites ce qu’on y voit : une phrase suffit, pour les "
    "personnes qui ne la voient pas."
)
Errors = dict[str, str]


async def take(visit: Visit, draft: Writing) -> Errors:
    """What was sent with the words: files of ``photo`` and ``file`` with ``alt``, and other
    descriptions of those that are there (``alt-ID``). What is wrong, by field."""
    errors = await _described(visit, draft)
    files = [
        one
        for name in ("photo", "file")
        for one in visit.form.getall(name, [])
        if isinstance(one, FileField) and one.filename
    ]
    if not files:
        if visit.text("do") == "add":
            errors["file"] = NONE
        return errors
    if not visit.text("alt"):
        return errors | {"alt": WORDLESS}
    before = await visit.store.read(pictures.of_object, draft.id)
    if len(before) + len(files) > MOST:
        return errors | {"file": ENOUGH}
    made: list[Picture] = []
    try:
        for one in files:
            picture = await _made(visit, one)
            made.append(picture)
    except (Invalid, Conflict, TooLarge) as error:
        errors["file"] = error.public
    if made:  # those that could be read stay
        await keep(visit, draft, {"pictures": [str(one.id) for one in (*before, *made)]})
    return errors


async def _made(visit: Visit, sent: FileField) -> Picture:
    return await actions.add_picture(
        visit.store,
        visit.here,
        visit.parts.workshop,
        visit.parts.files,
        visit.me.actor,
        content=sent.file.read(),
        alt=visit.text("alt"),
    )


async def _described(visit: Visit, draft: Writing) -> Errors:
    errors: Errors = {}
    for one in await visit.store.read(pictures.of_object, draft.id):
        name = f"alt-{one.id}"
        said = visit.text(name, one.alt)
        if " ".join(said.split()) == one.alt:
            continue
        try:
            await visit.store.write(
                actions.describe_picture, visit.here, visit.me.actor, one.id, said
            )
        except EntraideError as error:
            if error.status >= 500:
                raise
            errors[name] = error.public
    return errors


async def remove(visit: Visit, draft: Writing, number: str) -> None:
    """One of the draft's goes."""
    before = await visit.store.read(pictures.of_object, draft.id)
    left = [str(one.id) for one in before if str(one.id) != number]
    await keep(visit, draft, {"pictures": left})
