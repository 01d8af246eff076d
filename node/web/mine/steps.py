"""The steps of an agreement in plain words: where it stands, what one may do, what was done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from node.aid.agreements import Event, State
from node.aid.proposals import Purpose
from node.store.agreements import Happened
from node.web.mine.dealings import Dealing
from node.web.site.languages import later
from node.web.site.visit import Visit

CONTACT: Final = "contact"


@dataclass(frozen=True, slots=True)
class Step:
    """Something that one may do, as a button."""

    name: str
    """The last part of the address that it is sent to."""
    label: str
    explained: str
    """What it brings about."""
    words: str = ""
    """The label of what may be written with it, "" for nothing."""
    required: bool = False
    style: str = "second"


def step_of(visit: Visit, one: Dealing, event: Event) -> Step:
    say, who = visit.say, one.who
    match event:
        case Event.ACCEPT:
            return Step(
                event.value,
                say("Accepter"),
                say("%(who)s le saura tout de suite. Vous pourrez ensuite vous joindre.", who=who),
            )
        case Event.REFUSE:
            return Step(
                event.value,
                say("Ne pas donner suite"),
                say("%(who)s le saura, avec votre mot si vous en écrivez un.", who=who),
                words=say("Un mot pour dire pourquoi"),
            )
        case Event.WITHDRAW:
            return Step(
                event.value,
                say("Reprendre ma réponse"),
                say("%(who)s saura que vous ne pouvez plus.", who=who),
            )
        case Event.HAND_OVER:
            label = say("Je l’ai remis") if one.gives else say("Je l’ai reçu")
            return Step(event.value, label, say("La chose a changé de mains."))
        case Event.GIVE_BACK:
            label = say("On me l’a rendu") if one.gives else say("Je l’ai rendu")
            return Step(event.value, label, say("La chose est revenue chez elle."))
        case Event.CONFIRM:
            return Step(
                event.value,
                say("C’est fait"),
                say("Quand %(who)s l’aura dit aussi, tout sera en ordre.", who=who)
                if not one.confirmed_there
                else say("%(who)s l’a déjà dit : tout sera en ordre.", who=who),
                words=say("Un mot de remerciement"),
            )
        case Event.CANCEL:
            return Step(
                event.value,
                say("Annuler"),
                say("%(who)s le saura. Les coordonnées montrées disparaissent.", who=who),
                words=say("Un mot pour dire pourquoi"),
                style="danger",
            )
        case Event.NO_SHOW:
            return Step(
                event.value,
                say("La rencontre n’a pas eu lieu"),
                say("%(who)s le lira, et l’accord prend fin.", who=who),
                words=say("Ce qui s’est passé"),
                style="danger",
            )
        case _:
            return Step(
                Event.DISPUTE.value,
                say("Demander de l’aide à la médiation"),
                say(
                    "La médiation du quartier lit ce que vous écrivez et vous contacte. "
                    "%(who)s saura que vous l’avez demandé.",
                    who=who,
                ),
                words=say("Ce qui ne va pas"),
                style="danger",
            )


def reveal_step(visit: Visit, one: Dealing) -> Step:
    return Step(
        CONTACT,
        visit.say("Montrer mes coordonnées à %(who)s", who=one.who),
        visit.say("Pour convenir du jour et de l’heure."),
    )


def next_step(visit: Visit, one: Dealing) -> Step | None:
    """The one thing to do now; None where it is the other's turn, or all is over."""
    if Event.ACCEPT in one.may:
        return step_of(visit, one, Event.ACCEPT)
    if one.proposal.gathering and not one.was_to_be(visit.now):
        return None  # they meet there
    if one.state is State.ACCEPTED and not one.confirmed:
        if one.mine is None and not one.confirmed_there:
            return reveal_step(visit, one)
        return step_of(visit, one, Event.HAND_OVER if one.loan else Event.CONFIRM)
    for event in (Event.GIVE_BACK, Event.CONFIRM):
        if event in one.may:
            return step_of(visit, one, event)
    return None


def other_steps(visit: Visit, one: Dealing, first: Step | None) -> list[Step]:
    """What else one may do now."""
    taken = first.name if first is not None else ""
    return [step_of(visit, one, event) for event in one.may if event.value != taken]


# ── where it stands ──────────────────────────────────────────────────────────────────────────


def standing(visit: Visit, one: Dealing) -> str:
    """In one or two sentences."""
    say, who, at = visit.say, one.who, one.agreement
    request = one.proposal.purpose is Purpose.REQUEST
    match one.state:
        case State.PROPOSED if not one.is_author:
            return say("%(who)s n’a pas encore répondu.", who=who)
        case State.PROPOSED:
            if request:
                return say("%(who)s propose de vous aider.", who=who)
            return say("%(who)s aimerait en profiter.", who=who)
        case State.ACCEPTED if one.confirmed:
            return say(
                "Vous avez dit que c’est fait. %(who)s ne l’a pas encore dit : rien ne presse.",
                who=who,
            )
        case State.ACCEPTED if one.confirmed_there:
            return say("%(who)s dit que c’est fait. Dites-le aussi.", who=who)
        case State.ACCEPTED:
            return say("C’est convenu avec %(who)s.", who=who)
        case State.HANDED_OVER if at.due is not None:
            when = visit.language.date(at.due, visit.here.settings.node.time_zone)
            return say("C’est prêté, à rendre au plus tard %(when)s.", when=when)
        case State.HANDED_OVER:
            return say("C’est prêté.")
        case State.RETURNED if one.confirmed:
            return say("C’est rendu. %(who)s doit encore dire que tout est en ordre.", who=who)
        case State.RETURNED:
            return say("C’est rendu.")
        case State.CONFIRMED:
            return say("C’est fait. Merci !")
        case State.REFUSED if one.is_author:
            return say("Vous n’avez pas donné suite.")
        case State.REFUSED:
            return say("%(who)s n’a pas donné suite.", who=who)
        case State.WITHDRAWN if one.is_author:
            return say("%(who)s a repris sa réponse.", who=who)
        case State.WITHDRAWN:
            return say("Vous avez repris votre réponse.")
        case State.CANCELLED:
            return say("C’est annulé.")
        case State.NO_SHOW:
            return say("La rencontre n’a pas eu lieu.")
        case _:
            return say("La médiation du quartier s’en occupe. Elle vous contactera.")


DONE: Final = {
    "accept": later("C’est accepté. Montrez maintenant vos coordonnées, pour vous joindre."),
    "refuse": later("C’est dit, merci d’avoir répondu."),
    "withdraw": later("Votre réponse est reprise."),
    "hand-over": later("C’est noté."),
    "give-back": later("C’est noté. Dites encore que tout est en ordre."),
    "confirm": later("C’est noté. Merci !"),
    "cancel": later("C’est annulé."),
    "no-show": later("C’est noté."),
    "dispute": later("La médiation est prévenue. Elle vous contactera."),
}
"""What is said after a step."""


# ── what happened ────────────────────────────────────────────────────────────────────────────

_MINE: Final = {
    "offer": later("Vous avez répondu"),
    "correction": later("Vous avez corrigé votre réponse"),
    "accept": later("Vous avez accepté"),
    "refuse": later("Vous n’avez pas donné suite"),
    "withdraw": later("Vous avez repris votre réponse"),
    "hand-over": later("Vous avez dit que c’est remis"),
    "give-back": later("Vous avez dit que c’est rendu"),
    "confirm": later("Vous avez dit que c’est fait"),
    "cancel": later("Vous avez annulé"),
    "no-show": later("Vous avez dit que la rencontre n’a pas eu lieu"),
    "dispute": later("Vous avez demandé l’aide de la médiation"),
    "word": later("Vous avez écrit"),
}
_THEIRS: Final = {
    "offer": later("%(who)s a répondu"),
    "correction": later("%(who)s a corrigé sa réponse"),
    "accept": later("%(who)s a accepté"),
    "refuse": later("%(who)s n’a pas donné suite"),
    "withdraw": later("%(who)s a repris sa réponse"),
    "hand-over": later("%(who)s a dit que c’est remis"),
    "give-back": later("%(who)s a dit que c’est rendu"),
    "confirm": later("%(who)s a dit que c’est fait"),
    "cancel": later("%(who)s a annulé"),
    "no-show": later("%(who)s a dit que la rencontre n’a pas eu lieu"),
    "dispute": later("%(who)s a demandé l’aide de la médiation"),
    "word": later("%(who)s a écrit"),
}
_MEDIATION: Final = {
    "confirm": later("La médiation a répondu : c’est fait"),
    "cancel": later("La médiation a répondu : c’est annulé"),
    "settle": later("La médiation a répondu : l’accord continue"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of what happened."""

    said: str
    text: str
    at: float


def happened(visit: Visit, one: Dealing, line: Happened) -> Line:
    mine = one.agreement.author_id if one.is_author else one.agreement.answerer_id
    if line.actor_id == mine:
        said = visit.say(_MINE[line.event]) if line.event in _MINE else ""
    elif line.actor_id in (one.agreement.author_id, one.agreement.answerer_id):
        said = visit.say(_THEIRS[line.event], who=one.who) if line.event in _THEIRS else ""
    else:
        said = visit.say(_MEDIATION[line.event]) if line.event in _MEDIATION else ""
    return Line(said or visit.say("Il y a eu un changement"), line.text, line.at)
