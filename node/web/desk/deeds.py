"""What the desk does about somebody: each deed says first what it brings about, on a page of its
own, and stands in the log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from node.actions import accounts as account_actions
from node.actions import audit, credentials, mailing, moderation, second_factor, vouching
from node.errors import Conflict, Forbidden, Invalid, NotFound
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import accounts
from node.store.transaction import Transaction
from node.web.desk.people import ROLES
from node.web.desk.person import named, path_of
from node.web.site.languages import later
from node.web.site.visit import Page, Visit, act, show

Do = Callable[[Transaction, Here, Actor, Actor, str], None]


@dataclass(frozen=True, slots=True)
class Deed:
    do: Do
    title: str
    """With ``%(name)s``."""
    explained: str
    button: str
    done: str
    reason: bool = False
    """Whether one has to say why."""
    danger: bool = False


def _vouch(tx: Transaction, here: Here, who: Actor, target: Actor, _: str) -> None:
    vouching.vouch(tx, here, who, target.id)
    audit.record(tx, here, who, "account.vouch", target.handle)


def _unvouch(tx: Transaction, here: Here, who: Actor, target: Actor, _: str) -> None:
    vouching.take_back(tx, who, target.id)
    audit.record(tx, here, who, "account.unvouch", target.handle)


def _second(tx: Transaction, here: Here, who: Actor, target: Actor, _: str) -> None:
    _judges(tx, who, target)
    second_factor.forget(tx, here, who, target.username)


def _mail(tx: Transaction, here: Here, who: Actor, target: Actor, _: str) -> None:
    account = accounts.by_actor(tx, target.id)
    if account is None or not mailing.sends_mail(here):
        raise NotFound("Ce site n’envoie pas de courrier.")
    credentials.ask_new_password(tx, here, account.email)
    audit.record(tx, here, who, "account.password-mail", target.handle)


def _judges(tx: Transaction, who: Actor, target: Actor) -> None:
    """Who has a role is an administrator's to help with. Raises Forbidden."""
    theirs, ours = accounts.by_actor(tx, target.id), accounts.by_actor(tx, who.id)
    if theirs is not None and theirs.role != "member" and (ours is None or ours.role != "admin"):
        raise Forbidden("Pour une personne qui a un rôle, c’est l’administration qui le fait.")


DEEDS: Final[Mapping[str, Deed]] = {
    "vouch": Deed(
        _vouch,
        later("%(name)s : se porter garant"),
        later(
            "Dites-le de qui vous connaissez. Votre nom et la date sont montrés, et ses annonces "
            "ne sont plus relues avant d’être publiées. Cela se reprend."
        ),
        later("Je me porte garant"),
        later("C’est noté, avec votre nom."),
    ),
    "unvouch": Deed(
        _unvouch,
        later("%(name)s : ne plus se porter garant"),
        later("Votre nom n’est plus montré auprès du sien. La personne n’en est pas prévenue."),
        later("Ne plus me porter garant"),
        later("C’est repris."),
    ),
    "silence": Deed(
        moderation.silence,
        later("%(name)s : mettre en sourdine"),
        later(
            "Ses annonces quittent les listes et ne passent plus aux quartiers voisins. La "
            "personne garde son compte et peut écrire. Cela se lève à tout moment."
        ),
        later("Mettre en sourdine"),
        later("La personne est en sourdine."),
        reason=True,
        danger=True,
    ),
    "unsilence": Deed(
        moderation.unsilence,
        later("%(name)s : lever la sourdine"),
        later("Ses annonces qui sont ouvertes sont de nouveau dans les listes."),
        later("Lever la sourdine"),
        later("La sourdine est levée."),
        reason=True,
    ),
    "suspend": Deed(
        moderation.suspend,
        later("%(name)s : suspendre le compte"),
        later(
            "La personne ne peut plus se connecter, ses annonces sont retirées et ce qui était "
            "convenu est annulé. La suspension se lève, mais ce qui est retiré le reste."
        ),
        later("Suspendre le compte"),
        later("Le compte est suspendu."),
        reason=True,
        danger=True,
    ),
    "unsuspend": Deed(
        moderation.unsuspend,
        later("%(name)s : lever la suspension"),
        later("La personne peut se connecter de nouveau. Ce qui a été retiré le reste."),
        later("Lever la suspension"),
        later("La suspension est levée."),
        reason=True,
    ),
    "password-mail": Deed(
        _mail,
        later("%(name)s : un nouveau mot de passe"),
        later(
            "Un lien pour en choisir un part à l’adresse électronique de son compte. Il vaut deux "
            "heures."
        ),
        later("Envoyer le lien"),
        later("Le lien est parti."),
    ),
    "second-factor": Deed(
        _second,
        later("%(name)s : enlever la seconde vérification"),
        later(
            "Pour qui a perdu son téléphone et ses codes. Assurez-vous que c’est bien cette "
            "personne : en la voyant, ou en l’appelant au numéro que vous connaissez."
        ),
        later("L’enlever"),
        later("La seconde vérification est enlevée."),
        danger=True,
    ),
}
HAND_OVER: Final = (
    later("%(name)s : un lien à remettre"),
    later(
        "Pour qui n’a plus accès à son courrier et que vous connaissez. Qui a ce lien entre dans "
        "le compte : ne le donnez qu’en main propre ou de vive voix. Il vaut deux heures."
    ),
    later("Faire le lien"),
)
ROLE: Final = (
    later("%(name)s : donner un autre rôle"),
    later(
        "La médiation relit, règle les désaccords et écrit pour les autres : elle voit ce qui est "
        "confié à l’accueil. L’administration règle aussi le site et donne les rôles."
    ),
    later("Donner ce rôle"),
)


async def asked(visit: Visit) -> web.Response:
    """GET /desk/people/{name}/{deed}."""
    return await _page(visit)


async def done(visit: Visit) -> web.Response:
    """POST /desk/people/{name}/{deed}: ``reason``, where one has to say why."""
    deed = DEEDS[visit.path("deed")]

    def unit(tx: Transaction) -> Actor:
        target = named(tx, visit)
        deed.do(tx, visit.here, visit.me.actor, target, visit.text("reason"))
        return target

    try:
        target = await visit.store.write(unit)
    except Invalid as error:
        field = "reason" if deed.reason else ""
        return await _page(visit, status=422, errors={field: error.public})
    except (Conflict, Forbidden) as error:
        return await _page(visit, status=error.status, errors={"": error.public})
    return visit.go(path_of(visit, target), visit.say(deed.done))


async def role(visit: Visit) -> web.Response:
    """GET /desk/people/{name}/role: ``role``, chosen on the page before."""
    return await _role(visit)


async def give_role(visit: Visit) -> web.Response:
    """POST /desk/people/{name}/role: ``role``, by an administrator, and not their own."""
    wanted = visit.text("role")
    if wanted not in ROLES:
        return await _role(visit, status=422, errors={"role": later("Choisissez un rôle.")})

    def unit(tx: Transaction) -> Actor:
        target = named(tx, visit)
        if target.id == visit.me.actor.id:
            raise Forbidden("Votre propre rôle, c’est une autre personne qui le change.")
        account_actions.set_role(tx, target.username, wanted)
        audit.record(tx, visit.here, visit.me.actor, "account.role", target.handle, wanted)
        return target

    target = await visit.store.write(unit)
    return visit.go(path_of(visit, target), visit.say("Le rôle est changé."))


async def link(visit: Visit) -> web.Response:
    """GET /desk/people/{name}/password-link."""
    title, explained, button = HAND_OVER
    return await _shown(visit, title, explained, button)


async def linked(visit: Visit) -> web.Response:
    """POST /desk/people/{name}/password-link: it is shown this once, and kept nowhere."""

    def unit(tx: Transaction) -> tuple[Actor, str]:
        target = named(tx, visit)
        return target, credentials.password_link(tx, visit.here, visit.me.actor, target)

    target, made = await visit.store.write(unit)
    return visit.page(
        "desk/link.html",
        headers={"Cache-Control": "no-store"},
        name=target.name or target.username,
        base=path_of(visit, target),
        link=made,
    )


async def _page(
    visit: Visit, *, status: int = 200, errors: Mapping[str, str] | None = None
) -> web.Response:
    deed = DEEDS[visit.path("deed")]
    return await _shown(
        visit,
        deed.title,
        deed.explained,
        deed.button,
        status=status,
        errors=errors or {},
        reason=deed.reason,
        danger=deed.danger,
    )


async def _role(
    visit: Visit, *, status: int = 200, errors: Mapping[str, str] | None = None
) -> web.Response:
    title, explained, button = ROLE
    return await _shown(
        visit,
        title,
        explained,
        button,
        status=status,
        errors=errors or {},
        roles=[(value, visit.say(said), "") for value, said in ROLES.items()],
    )


async def _shown(
    visit: Visit, title: str, explained: str, button: str, *, status: int = 200, **more: object
) -> web.Response:
    target = await visit.store.read(named, visit)
    given: dict[str, Any] = {"errors": {}, "reason": False, "danger": False, "roles": (), **more}
    return visit.page(
        "desk/deed.html",
        status=status,
        title=visit.say(title, name=target.name or target.username),
        explained=visit.say(explained),
        button=visit.say(button),
        base=path_of(visit, target),
        path=visit.request.path,
        name=target.name or target.username,
        typed=visit.text("reason"),
        chosen=visit.text("role") or visit.query("role"),
        **given,
    )


DEED: Final = "/desk/people/{name}/{deed:" + "|".join(DEEDS) + "}"
PAGES: Final[tuple[Page, ...]] = (
    show(DEED, asked, who="mediator"),
    act(DEED, done, who="mediator"),
    show("/desk/people/{name}/role", role, who="admin"),
    act("/desk/people/{name}/role", give_role, who="admin"),
    show("/desk/people/{name}/password-link", link, who="admin"),
    act("/desk/people/{name}/password-link", linked, who="admin"),
)
