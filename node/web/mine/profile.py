"""How the others see somebody: name, a few words, a picture; and who vouches for whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from aiohttp import web
from aiohttp.web import FileField

from node.actions import profile as profiles
from node.actions import vouching
from node.actions.profile import Change, Portraits
from node.actions.vouching import Voucher
from node.activitypub.html import plain_text
from node.errors import Conflict, Invalid, NotFound, TooLarge, Unavailable
from node.moderation.rates import Rate
from node.outbox.here import Here
from node.social.accounts import Actor
from node.social.membership import NAME_MAX, SUMMARY_MAX
from node.social.preferences import read
from node.store import actors
from node.store.transaction import Transaction
from node.web.kinds import kind_said
from node.web.site.visit import Page, Visit, act, show

PICTURES: Final = Rate("portraits", 30, 3600.0)
PICTURE_BYTES: Final = 17 * 1024 * 1024
VOUCHED: Final = Rate("vouching", 60, 3600.0)
SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class Around:
    """Who vouches for somebody, and for whom they do."""

    by: Sequence[Voucher]
    for_: Sequence[Voucher]


async def profile(visit: Visit) -> web.Response:
    """GET /me/profile."""
    return await _page(visit)


async def changed(visit: Visit) -> web.Response:
    """POST /me/profile: fields ``name`` and ``note``."""
    name, note = visit.text("name"), visit.text("note")
    typed = {"name": name, "note": note}
    wanted = Change(name=name, note=note)
    try:
        await visit.store.write(profiles.change, visit.here, visit.me.actor, wanted)
    except Invalid as error:
        field = "name" if len(name) > NAME_MAX else "note"
        return await _page(visit, status=422, errors={field: error.public}, typed=typed)
    return visit.go("/me/profile", notice=visit.say("C’est enregistré."))


async def pictured(visit: Visit) -> web.Response:
    """POST /me/profile/picture: a file ``picture``."""
    sent = visit.form.get("picture")
    content = sent.file.read() if isinstance(sent, FileField) else b""
    try:
        if not content:
            raise Invalid("Choisissez d’abord une image.")
        await _portraits(visit).set(visit.me.actor, "avatar", content)
    except (Invalid, TooLarge, Conflict, Unavailable) as error:
        return await _page(visit, status=error.status, errors={"picture": error.public})
    return visit.go("/me/profile", notice=visit.say("Votre image est changée."))


async def unpictured(visit: Visit) -> web.Response:
    """POST /me/profile/picture/remove."""
    await _portraits(visit).remove(visit.me.actor, "avatar")
    return visit.go("/me/profile", notice=visit.say("Votre image est retirée."))


def _portraits(visit: Visit) -> Portraits:
    parts = visit.parts
    return Portraits(parts.store, parts.here, parts.workshop, parts.files)


async def _page(
    visit: Visit,
    *,
    status: int = 200,
    errors: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
) -> web.Response:
    me = visit.me.actor
    around = await visit.store.read(_around, me.id)
    kept = read(visit.me.account.preferences).note
    note = plain_text(me.summary) if kept is None else kept
    return visit.page(
        "mine/profile.html",
        status=status,
        title=visit.say("Ma présentation"),
        errors=errors or {},
        me=me,
        typed={"name": me.name, "note": note, **(typed or {})},
        name_max=NAME_MAX,
        note_max=SUMMARY_MAX,
        kind=kind_said(visit, me.kind),
        around=around,
    )


def _around(tx: Transaction, me: int) -> Around:
    return Around(
        by=vouching.vouchers_of(tx, me)[:SHOWN], for_=vouching.vouched_for(tx, me)[:SHOWN]
    )


# ── standing up for somebody ─────────────────────────────────────────────────────────────────


async def knows(visit: Visit) -> web.Response:
    """GET /me/vouches/{name}: what it means to vouch for somebody, and the button."""
    person, mine = await visit.store.read(_known, visit.me.actor, visit.path("name"))
    return visit.page(
        "mine/vouch.html",
        title=visit.say("Répondre de %(who)s", who=person.name or person.username),
        person=person,
        mine=mine,
    )


async def vouched(visit: Visit) -> web.Response:
    """POST /me/vouches/{name}."""
    name = visit.path("name")
    await visit.store.write(_vouch, visit.here, visit.me.actor, name)
    return visit.go(f"/me/vouches/{name}", notice=visit.say("C’est dit. Merci !"))


async def taken_back(visit: Visit) -> web.Response:
    """POST /me/vouches/{name}/end."""
    name = visit.path("name")
    await visit.store.write(_take_back, visit.me.actor, name)
    return visit.go(f"/me/vouches/{name}", notice=visit.say("C’est repris."))


def _person(tx: Transaction, name: str) -> Actor:
    found = actors.local_by_username(tx, name)
    if found is None:
        raise NotFound("Il n’y a personne de ce nom ici.")
    return vouching.member(tx, found.id)


def _known(tx: Transaction, me: Actor, name: str) -> tuple[Actor, Voucher | None]:
    person = _person(tx, name)
    found = [one for one in vouching.vouchers_of(tx, person.id) if one.who.id == me.id]
    return person, found[0] if found else None


def _vouch(tx: Transaction, here: Here, me: Actor, name: str) -> None:
    vouching.vouch(tx, here, me, _person(tx, name).id)


def _take_back(tx: Transaction, me: Actor, name: str) -> None:
    vouching.take_back(tx, me, _person(tx, name).id)


PAGES: Final[tuple[Page, ...]] = (
    show("/me/profile", profile, who="member"),
    act("/me/profile", changed, who="member"),
    act("/me/profile/picture", pictured, who="member", rate=PICTURES, body_bytes=PICTURE_BYTES),
    act("/me/profile/picture/remove", unpictured, who="member"),
    show("/me/vouches/{name}", knows, who="member"),
    act("/me/vouches/{name}", vouched, who="member", rate=VOUCHED),
    act("/me/vouches/{name}/end", taken_back, who="member"),
)
