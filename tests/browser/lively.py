"""Two quartiers side by side in which something goes on, for tests that look at every page: people
of every role, announcements of every kind, an answer under way, one that is settled, a report, a
request to join, something written for somebody else."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from node.actions import agreements as agreeing
from node.actions import credentials, drafts, mailing
from node.actions.neighbours import answer_neighbour, ask_neighbour
from node.actions.posts import write_to
from node.aid.neighbours import Event
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import accounts, conversations, objects
from node.store.transaction import Transaction
from tests.databases import new_sqlite
from tests.flows.asking import Asking, people
from tests.flows.neighbourhood import iso, until
from tests.nodes.quartiers import link, neighbour_id, shows
from tests.serving import Serving, serving

PLACES = {"Croix-Rousse": (45.774, 4.828), "Presqu’île": (45.760, 4.834)}
Role = Literal["anybody", "member", "mediator", "admin"]
HOSTILE = "<script>alert(1)</script> & « Zoé » <img src=x onerror=alert(2)>"


@dataclass(frozen=True, slots=True)
class Lively:
    here: Serving
    beside: Serving
    amina: Asking
    """A member: asks."""
    benoit: Asking
    """A member: answers."""
    maud: Asking
    """A mediator."""
    alma: Asking
    """An admin."""
    repair: Asking
    """An association."""
    zoe: Asking
    """A member of the neighbouring quartier."""
    numbers: dict[str, str]
    """What stands in addresses: ``own`` (Amina's open request), ``answered``, ``copy`` (the
    neighbour's), ``agreement``, ``agreed``, ``thread``, ``report``, ``behalf``, ``review``,
    ``invitation``."""

    def who(self, role: Role) -> Actor | None:
        return {
            "anybody": None,
            "member": self.amina.actor,
            "mediator": self.maud.actor,
            "admin": self.alma.actor,
        }[role]


async def number(node: Serving, uri: str) -> str:
    status = await node.store.read(objects.by_uri, uri)
    assert status is not None
    return str(status.id)


@contextlib.asynccontextmanager
async def lively(directory: Path, **tables: Any) -> AsyncIterator[Lively]:
    rules = {"rules": ("On se dit bonjour.", "On rend ce qu’on emprunte.")}
    async with contextlib.AsyncExitStack() as stack:
        nodes: list[Serving] = []
        for place, (latitude, longitude) in PLACES.items():
            below = directory / f"node-{len(nodes)}"
            below.mkdir()
            node = {"name": place, "latitude": latitude, "longitude": longitude, **rules}
            options = {**tables, "node": {**node, **tables.get("node", {})}}
            nodes.append(
                await stack.enter_async_context(serving(new_sqlite(below), below, **options))
            )
        here, beside = nodes
        cast = await stack.enter_async_context(
            people(
                here,
                amina="member",
                benoit="member",
                maud="mediator",
                alma="admin",
                repair="association",
            )
        )
        zoe = (await stack.enter_async_context(people(beside, zoe="member")))["zoe"]
        town = Lively(here, beside, **cast, zoe=zoe, numbers={})
        await _join(town)
        await _live(town)
        yield town


async def _join(t: Lively) -> None:
    await ask_neighbour(t.here.store, t.here.here, t.here.node.remote, t.beside.base)
    await until(lambda: link(t.beside, t.here), "asked")
    await answer_neighbour(t.beside.store, t.beside.here, t.here.domain, Event.WE_ACCEPT)
    await until(lambda: link(t.here, t.beside), "joined")


async def _live(t: Lively) -> None:
    numbers = t.numbers
    own = await t.here.publish(
        t.amina.actor,
        title="Courses pour une voisine",
        text="Deux sacs, le jeudi matin. Elle habite au troisième sans ascenseur.",
    )
    numbers["own"] = await number(t.here, own)
    answered = await t.here.publish(
        t.amina.actor, topic="lending.tools", title="Une perceuse pour samedi", urgency="high"
    )
    numbers["answered"] = await number(t.here, answered)
    hostile = await t.here.publish(
        t.benoit.actor, purpose="offer", topic="goods.books", title=HOSTILE[:80], text=HOSTILE
    )
    numbers["hostile"] = await number(t.here, hostile)
    await t.here.publish(
        t.repair.actor,
        purpose="offer",
        topic="collective.repair",
        mode="together",
        title="Atelier de réparation",
        text="Apportez ce qui ne marche plus, on regarde ensemble.",
        starts=iso(time.time() + 5 * 86_400),
        ends=iso(time.time() + 5 * 86_400 + 3 * 3_600),
        quantity="12",
    )
    theirs = await t.beside.publish(
        t.zoe.actor, purpose="offer", topic="services.it", title="J’aide pour les ordinateurs"
    )
    await until(lambda: shows(t.here, theirs), True)
    numbers["neighbour"] = str(await neighbour_id(t.here, t.beside))
    numbers["copy"] = await number(t.here, theirs)
    status, answer = await t.benoit.ask(
        "POST", f"/proposals/{numbers['answered']}/answers", text="J’en ai une, avec ses mèches."
    )
    assert status == 200, answer
    mine = await t.amina.get("/agreements")
    numbers["agreement"] = mine[0]["id"]
    await _agree(t)
    status, made = await t.benoit.ask(
        "POST", "/reports", account_id=t.amina.id, content="Elle écrit trop.", category="other"
    )
    assert status in (200, 201), made
    numbers["report"] = (await t.maud.get("/reports"))[0]["id"]
    await t.maud.ask("PUT", "/moderation/domain-blocks", domain="bad.example", severity="silence")
    status, draft = await t.amina.ask(
        "POST",
        "/drafts",
        purpose="request",
        topic="care.meals",
        title="Un repas chaud, 12 rue Mercière",
        text="Je suis malade : appelez le 06 12 34 56 78.",
    )
    assert status in (200, 201), draft
    numbers["draft"] = draft["id"]
    status, made = await t.maud.ask(
        "POST",
        "/on-behalf",
        proposal={"purpose": "request", "topic": "care.visit", "title": "Une visite le dimanche"},
        beneficiary="Mme Vial",
        consented_by="sa fille",
        consented_at=iso(time.time()),
        consent_how="phone",
        call_back="04 78 99 88 77",
    )
    assert status == 201, made
    numbers["behalf"] = made["id"]
    fields = {"purpose": "offer", "topic": "goods.books", "title": HOSTILE[:80], "text": HOSTILE}
    waits = await t.here.store.write(
        drafts.submit, t.here.here, t.benoit.actor, fields, review=True
    )
    numbers["review"] = str(waits)
    status, invited = await t.amina.ask("POST", "/invitations")
    assert status == 201, invited
    numbers["invitation"] = str(invited.get("link") or invited.get("code")).rsplit("/", 1)[-1]
    numbers |= await t.here.store.write(_keys, t.here.here, t.amina.actor)
    await t.here.settled()


def _keys(tx: Transaction, here: Here, actor: Actor) -> dict[str, str]:
    """What opens the pages to which mails lead."""
    account = accounts.by_actor(tx, actor.id)
    assert account is not None
    stop = mailing.unsubscribe_link(tx, here, account).rsplit("/", 1)[-1]
    return {"unsubscribe": stop} | {
        name: mailing.make_mail_key(
            tx, here, actor.id, purpose=purpose, email=account.email, seconds=3_600.0
        )
        for name, purpose in (("reset", credentials.PASSWORD), ("confirm", credentials.EMAIL))
    }


async def _agree(t: Lively) -> None:
    """What was asked, accepted, talked about, with contacts shown on both sides."""
    store, here = t.here.store, t.here.here
    asked = await t.here.publish(t.amina.actor, topic="services.diy", title="Une étagère à fixer")
    about = int(await number(t.here, asked))
    made = await store.write(agreeing.offer_help, here, t.benoit.actor, about, text="Samedi ?")
    await store.write(agreeing.accept, here, t.amina.actor, made.id)
    for who, contact in ((t.amina, "06 12 34 56 78"), (t.benoit, "benoit@example.org, le soir")):
        await store.write(agreeing.reveal_contact, here, who.actor, made.id, contact)
    words = "Vers dix heures ?\n\n" + HOSTILE
    await store.write(write_to, here, t.benoit.actor, [t.amina.actor], words, language="fr")
    (thread,) = await store.read(
        conversations.page, t.amina.actor.id, below=None, above=None, upward=False, most=1
    )
    t.numbers["agreed"], t.numbers["thread"] = str(made.id), str(thread.id)
