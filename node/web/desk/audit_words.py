"""What people with a role did, as sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from node.store import objects
from node.store.audit import Entry
from node.store.transaction import Transaction
from node.web.site.languages import later
from node.web.site.visit import Visit

SENTENCES: Final[Mapping[str, str]] = {
    "account.delete": later("%(who)s a supprimé le compte %(target)s"),
    "account.password-link": later(
        "%(who)s a fait pour %(target)s un lien pour un nouveau mot de passe"
    ),
    "account.password-mail": later(
        "%(who)s a fait envoyer à %(target)s un lien pour un nouveau mot de passe"
    ),
    "account.role": later("%(who)s a changé le rôle de %(target)s"),
    "account.second-factor": later("%(who)s a enlevé la seconde vérification de %(target)s"),
    "account.unvouch": later("%(who)s ne se porte plus garant de %(target)s"),
    "account.vouch": later("%(who)s se porte garant de %(target)s"),
    "actor.silence": later("%(who)s a mis %(target)s en sourdine"),
    "actor.suspend": later("%(who)s a suspendu le compte %(target)s"),
    "actor.unsilence": later("%(who)s a levé la sourdine de %(target)s"),
    "actor.unsuspend": later("%(who)s a levé la suspension de %(target)s"),
    "domain.limit": later("%(who)s a changé ce qui vient du site %(target)s"),
    "domain.silence": later("%(who)s a mis le site %(target)s en sourdine"),
    "domain.suspend": later("%(who)s a bloqué le site %(target)s"),
    "domain.unblock": later("%(who)s a débloqué le site %(target)s"),
    "draft.approve": later("%(who)s a publié une annonce après l’avoir relue"),
    "draft.remove": later("%(who)s a refusé une annonce"),
    "draft.send-back": later("%(who)s a rendu une annonce à son auteur"),
    "held.left": later("%(who)s a laissé de côté une annonce d’un quartier voisin"),
    "held.shown": later("%(who)s a montré une annonce d’un quartier voisin"),
    "house.picture": later("%(who)s a changé l’image du quartier"),
    "house.territory": later("%(who)s a redessiné le quartier"),
    "house.texts": later("%(who)s a changé les textes du quartier"),
    "join.accepted": later("%(who)s a accepté une demande d’adhésion"),
    "join.declined": later("%(who)s a décliné une demande d’adhésion"),
    "neighbour.accept": later("%(who)s a accepté le quartier voisin %(target)s"),
    "neighbour.ask": later("%(who)s a proposé au quartier %(target)s d’être voisins"),
    "neighbour.decline-introduction": later(
        "%(who)s a décliné d’être présenté au quartier %(target)s"
    ),
    "neighbour.introduce": later("%(who)s a présenté deux quartiers l’un à l’autre : %(target)s"),
    "neighbour.pause": later("%(who)s a mis en pause le quartier voisin %(target)s"),
    "neighbour.refuse": later("%(who)s a refusé le quartier voisin %(target)s"),
    "neighbour.resume": later("%(who)s a repris avec le quartier voisin %(target)s"),
    "neighbour.stop": later("%(who)s a mis fin au lien avec le quartier voisin %(target)s"),
    "neighbour.terms": later("%(who)s a changé ce que nous prenons du quartier %(target)s"),
    "on-behalf.change": later("%(who)s a changé une annonce écrite pour quelqu’un d’autre"),
    "on-behalf.remove": later("%(who)s a retiré une annonce écrite pour quelqu’un d’autre"),
    "proposal.remove": later("%(who)s a retiré une annonce"),
    "queue.drop": later("%(who)s a abandonné ce qui attendait pour %(target)s"),
    "referral.accept": later("%(who)s a accepté une demande confiée par un voisin"),
    "referral.ask": later("%(who)s a confié une demande à un quartier voisin"),
    "referral.decline": later("%(who)s a décliné une demande confiée par un voisin"),
    "referral.take-back": later("%(who)s a repris une demande confiée à un voisin"),
    "report.forward": later("%(who)s a transmis un signalement à l’autre quartier"),
    "report.reopen": later("%(who)s a rouvert un signalement"),
    "report.settle": later("%(who)s a réglé un signalement"),
    "topics.choose": later("%(who)s a choisi les sujets du quartier"),
}
OTHERWISE: Final = later("%(who)s : %(action)s (%(target)s)")
NOBODY: Final = later("Le site lui-même")
REASONS: Final[Mapping[str, str]] = {
    "member": later("membre"),
    "mediator": later("médiation"),
    "admin": later("administration"),
    "nothing": later("rien à faire"),
    "talked": later("on a parlé avec la personne"),
    "removed": later("des annonces sont retirées"),
    "silenced": later("la personne est en sourdine"),
    "suspended": later("le compte est suspendu"),
}


@dataclass(frozen=True, slots=True)
class Line:
    said: str
    reason: str
    at: float
    link: str
    """What it was about; "" where there is nothing to look at."""


def lines(tx: Transaction, visit: Visit, found: Sequence[Entry]) -> list[Line]:
    """With one query, whatever they are about."""
    uris = [one.target for one in found if one.target.startswith(("http://", "https://"))]
    numbers = objects.ids_of(tx, uris) if uris else {}
    return [_line(visit, one, numbers) for one in found]


def _line(visit: Visit, one: Entry, numbers: Mapping[str, int]) -> Line:
    who = _short(visit, one.who) if one.who else visit.say(NOBODY)
    target = one.target
    if one.action.startswith(("account.", "actor.")):
        target = f"@{_short(visit, target)}"
    sentence = SENTENCES.get(one.action, OTHERWISE)
    reason = REASONS.get(one.reason) if one.action in ("account.role", "report.settle") else None
    return Line(
        said=visit.say(sentence, who=who, target=target, action=one.action),
        reason=visit.say(reason) if reason else one.reason,
        at=one.at,
        link=_link(visit, one, numbers),
    )


def _short(visit: Visit, handle: str) -> str:
    """Of our own people the name alone."""
    return handle.removesuffix(f"@{visit.here.domain}")


def _link(visit: Visit, one: Entry, numbers: Mapping[str, int]) -> str:
    kind, _, number = one.target.partition(" ")
    if one.target in numbers:
        return f"/proposals/{numbers[one.target]}"
    if number.isdigit() and kind in ("report", "proposal"):
        return f"/desk/reports/{number}" if kind == "report" else f"/proposals/{number}"
    if one.action.startswith(("account.", "actor.")) and one.action != "account.delete":
        return f"/desk/people/{quote(_short(visit, one.target), safe='@:')}"
    return ""
