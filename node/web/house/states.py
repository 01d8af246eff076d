"""Each thing of the node that may be well or not: its state, in words, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from node.store.mails import MailLine
from node.store.statistics import Statistics
from node.web.house.mail_words import explained
from node.web.site.visit import Visit

State = Literal["good", "look", "bad", "ask"]
"""``ask``: only a person can tell."""
GIB: Final = 1024**3
LITTLE: Final = 2 * GIB
NONE: Final = GIB // 4
LONG: Final = 500


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    state: State
    said: str
    todo: str = ""
    deed: str = ""
    """``aside`` or ``mails``: what may be tried again by a button."""


def disk(visit: Visit, free: int, total: int) -> Line:
    name = visit.say("Place sur le disque")
    said = visit.say(
        "%(free)s libres sur %(total)s", free=size(visit, free), total=size(visit, total)
    )
    if free < NONE:
        todo = visit.say(
            "Faites de la place tout de suite : bientôt, rien ne pourra plus s’écrire."
        )
        return Line(name, "bad", said, todo)
    if free < LITTLE:
        todo = visit.say("Prévoyez de faire de la place dans les jours qui viennent.")
        return Line(name, "look", said, todo)
    return Line(name, "good", said)


def database(visit: Visit, found: int) -> Line:
    sqlite = visit.here.settings.database_url.startswith("sqlite")
    said = f"{size(visit, found)} ({'SQLite' if sqlite else 'PostgreSQL'})"
    return Line(visit.say("Base de données"), "good", said)


def queue(visit: Visit, found: Statistics) -> Line:
    many = found.deliveries_pending
    said = visit.count("%(n)s envoi attend", "%(n)s envois attendent", many)
    state: State = "look" if many > LONG else "good"
    todo = visit.say("Un site voisin est peut-être éteint : voyez plus bas.") if many > LONG else ""
    return Line(visit.say("Ce qui part vers les voisins"), state, said, todo)


def dead(visit: Visit, found: Statistics) -> Line:
    many = found.deliveries_dead
    name = visit.say("Ce qui n’arrive pas")
    if not many:
        return Line(name, "good", visit.say("tout arrive"))
    said = visit.count(
        "%(n)s envoi n’arrive pas malgré tous les essais",
        "%(n)s envois n’arrivent pas malgré tous les essais",
        many,
    )
    todo = visit.say(
        "Le site d’en face est éteint ou a disparu. Appelez le voisin, puis réessayez ou "
        "abandonnez plus bas."
    )
    return Line(name, "look", said, todo)


def inbox(visit: Visit, found: Statistics) -> Line:
    name = visit.say("Ce qui arrive des voisins")
    if found.inbox_aside:
        said = visit.count(
            "%(n)s chose reçue n’a pas pu être lue",
            "%(n)s choses reçues n’ont pas pu être lues",
            found.inbox_aside,
        )
        todo = visit.say("Réessayez ; si cela revient, dites-le à qui développe Entraide.")
        return Line(name, "look", said, todo, "aside")
    if not found.inbox_pending:
        return Line(name, "good", visit.say("tout est lu"))
    said = visit.count(
        "%(n)s chose reçue attend d’être lue",
        "%(n)s choses reçues attendent d’être lues",
        found.inbox_pending,
    )
    return Line(name, "look" if found.inbox_pending > LONG else "good", said)


def mail(visit: Visit, waiting: Sequence[MailLine]) -> Line:
    name = visit.say("Courrier")
    if not visit.here.settings.mail.host:
        todo = visit.say(
            "Réglez [mail] pour que les gens soient prévenus et retrouvent leur mot de passe."
        )
        return Line(name, "look", visit.say("aucune lettre ne part"), todo)
    late = [one for one in waiting if one.error]
    if not late:
        return Line(
            name, "good", visit.say("les lettres partent ; essayez-en une à la page du courrier")
        )
    said = visit.count(
        "%(n)s lettre n’est pas partie", "%(n)s lettres ne sont pas parties", len(late)
    )
    text = late[-1].error or ""
    code = int(text[:3]) if text[:3].isascii() and text[:3].isdigit() else None
    return Line(name, "look", said, explained(visit, code, text), "mails")


def backup(visit: Visit) -> Line:
    return Line(
        visit.say("Sauvegardes"),
        "ask",
        visit.say("ce site n’en fait pas lui-même, et ne peut pas savoir s’il y en a"),
        visit.say(
            "Vérifiez qu’une copie de %(folder)s se fait chaque jour sur une autre machine, comme "
            "le dit le guide d’installation, et essayez une fois par an de la relire.",
            folder=visit.here.settings.data_dir,
        ),
    )


def clock(visit: Visit) -> Line:
    zone = visit.here.settings.node.time_zone
    minutes = visit.here.settings.limits.clock_error_s // 60
    return Line(
        visit.say("Horloge"),
        "ask",
        visit.say("ce site croit qu’il est %(time)s", time=visit.language.moment(visit.now, zone)),
        visit.count(
            "Comparez avec votre montre. À plus de %(n)s minute d’écart, les voisins n’écoutent "
            "plus : faites mettre la machine à l’heure.",
            "Comparez avec votre montre. À plus de %(n)s minutes d’écart, les voisins n’écoutent "
            "plus : faites mettre la machine à l’heure.",
            minutes,
        ),
    )


def refusal(visit: Visit, status: int | None, error: str | None) -> str:
    """Why the last letter to a site did not arrive."""
    text = (error or "").lower()
    if status is not None:
        if status in (401, 403):
            return visit.say("Ce site ne veut pas de nos envois : demandez-lui pourquoi.")
        if status in (404, 410):
            return visit.say("Il n’y a plus rien à cette adresse : vous pouvez abandonner.")
        if status == 429:
            return visit.say("Ce site demande d’envoyer moins vite : cela reprendra seul.")
        if status >= 500:
            return visit.say("Ce site est en panne : cela reprendra quand il sera réparé.")
        return visit.say("Ce site n’a pas compris ce que nous envoyons.")
    if "gaierror" in text or "name or service" in text or "no address" in text:
        return visit.say("Son nom n’existe pas ou plus : vérifiez l’adresse avec le voisin.")
    if "certificate" in text or "ssl" in text:
        return visit.say("Son certificat n’est pas bon : dites-le au voisin.")
    if "timeout" in text or "timed out" in text:
        return visit.say("Il ne répond pas à temps : il est peut-être surchargé.")
    return visit.say("Il ne répond pas : il est sans doute éteint.")


def size(visit: Visit, many: int) -> str:
    if many >= GIB:
        return visit.say("%(n)s Go", n=visit.language.number(round(many / GIB, 1)))
    return visit.say("%(n)s Mo", n=visit.language.number(round(many / 1024**2)))
