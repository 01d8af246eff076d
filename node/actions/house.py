"""What the association says of itself, and where its quartier lies, without a file of settings."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from node.actions import audit
from node.actions.accounts import set_profile
from node.actions.passing import decoded
from node.activitypub.html import from_plain
from node.aid.draft_checks import clean_words
from node.aid.territory import Territory
from node.errors import Invalid
from node.outbox.here import Here
from node.social.accounts import Actor, check_email
from node.store import actors, house, neighbours
from node.store.engine import Store
from node.store.transaction import Transaction

DESCRIPTION_MAX: Final = 2_000
LINE_MAX: Final = 200
RULES_MOST: Final = 20
RULE_MAX: Final = 300
LOOK_S: Final = 3.0
LINES: Final = {
    "contact_email": "L’adresse électronique",
    "phone": "Le téléphone",
    "hours": "Les heures d’ouverture",
    "address": "L’adresse",
}


@dataclass(frozen=True, slots=True)
class QuartierTexts:
    """Plain text; "" for what is not said."""

    description: str = ""
    rules: tuple[str, ...] = ()
    contact_email: str = ""
    phone: str = ""
    """Of the association; it stands on posters."""
    hours: str = ""
    address: str = ""
    """Where the desk is."""
    welcome: str = ""
    """What newcomers read first."""


def texts_of(tx: Transaction, here: Here) -> QuartierTexts:
    """What was said on the pages, else in the settings."""
    settings = here.settings.node
    said = house.texts(tx)
    values: dict[str, Any] = {
        name: value
        for name, value in said.items()
        if name in QuartierTexts.__dataclass_fields__ and isinstance(value, str)
    }
    rules = said.get("rules")
    values["rules"] = tuple(map(str, rules)) if isinstance(rules, list) else settings.rules
    values.setdefault("contact_email", settings.contact_email)
    return QuartierTexts(**values)


def set_texts(
    tx: Transaction, here: Here, who: Actor, given: Mapping[str, str], rules: Sequence[str]
) -> QuartierTexts:
    """Other words, in place of all that were there; the description is also the profile of the
    quartier's account, which is read elsewhere. Raises Invalid."""
    values: dict[str, Any] = {
        "description": _words(given.get("description", ""), DESCRIPTION_MAX, "La présentation"),
        "welcome": _words(given.get("welcome", ""), DESCRIPTION_MAX, "Le mot d’accueil"),
    }
    for name, said in LINES.items():
        values[name] = _words(given.get(name, ""), LINE_MAX, said)
    if values["contact_email"]:
        values["contact_email"] = check_email(values["contact_email"])
    wanted = [" ".join(rule.split()) for rule in rules if rule.strip()]
    if len(wanted) > RULES_MOST or any(len(rule) > RULE_MAX for rule in wanted):
        raise Invalid(f"Au plus {RULES_MOST} règles, de {RULE_MAX} caractères chacune.")
    values["rules"] = wanted
    house.put_texts(tx, values)
    group = actors.by_id(tx, here.quartier.id)
    told = from_plain(values["description"])
    if group is not None and group.summary != told:
        set_profile(tx, here, group, {"summary": told})
    audit.record(tx, here, who, "house.texts", here.domain)
    return texts_of(tx, here)


def set_territory(
    tx: Transaction, here: Here, who: Actor, territory: Territory | None
) -> Territory:
    """Where the quartier lies from now on; None: as the settings say. Whoever knows the quartier is
    told. Takes effect in this process with `follow`."""
    if territory is None:
        house.drop_territory(tx)
    else:
        house.put_territory(tx, territory)
    found = territory or here.place.settled
    group = actors.by_id(tx, here.quartier.id)
    if group is not None and group.territory != found.encode():
        set_profile(tx, here, group, {"territory": found.encode()})
    audit.record(tx, here, who, "house.territory", here.domain)
    return found


@dataclass(frozen=True, slots=True)
class Beside:
    """Names of neighbours."""

    touched: list[str]
    """They lie beside it."""
    new: list[str]
    """Of those: not beside what was before."""
    lost: list[str]
    """Beside what was before, and not beside it."""


def beside(tx: Transaction, territory: Territory, before: Territory) -> Beside:
    """Which neighbours lie beside a territory, and what that changes."""
    found = Beside([], [], [])
    for row in neighbours.every(tx):
        theirs = decoded(row.territory) if row.territory else None
        if theirs is None:
            continue
        name = row.name or row.domain
        then, now = before.adjacent(theirs), territory.adjacent(theirs)
        if now:
            found.touched.append(name)
        if now and not then:
            found.new.append(name)
        if then and not now:
            found.lost.append(name)
    return found


async def follow(store: Store, here: Here) -> None:
    """Where the quartier lies, as it is kept now: for this process, after somebody drew it."""
    kept = await store.read(house.territory_kept)
    here.place.territory = here.place.settled if kept is None else kept


async def keep_following(store: Store, here: Here) -> None:
    """In each process: what another one was told is followed within seconds. Until cancelled."""
    seen = store.versions.of((house.TABLE,))
    while True:
        await asyncio.sleep(LOOK_S)
        now = store.versions.of((house.TABLE,))
        if now != seen:
            seen = now
            await follow(store, here)


def _words(text: str, most: int, what: str) -> str:
    words = clean_words(text, most + 1)
    if len(words) > most:
        raise Invalid(f"{what} : {most} caractères au plus.")
    return words
