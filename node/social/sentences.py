"""One sentence for each kind of news, in both languages.

``{who}`` is somebody's public name, ``{title}`` the title of a public announcement with its
quotation marks; a sentence has a shorter form for when there is none. People read "annonce" and
"réponse", never the words of the program.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from node.social.notifications import Kind


@dataclass(frozen=True, slots=True)
class Sentence:
    whole: str
    """With what it is about: ``{who} a répondu à votre annonce {title}.``"""
    bare: str
    """Where that is not known."""

    def say(self, *, who: str, title: str, language: str) -> str:
        someone = "Somebody" if language == "en" else "Quelqu’un"
        quoted = f"“{title}”" if language == "en" else f"« {title} »"
        form = self.whole if title or "{title}" not in self.whole else self.bare
        return form.format(who=who or someone, title=quoted)


@dataclass(frozen=True, slots=True)
class Both:
    fr: Sentence
    en: Sentence


def _both(fr: str, en: str, *, fr_bare: str = "", en_bare: str = "") -> Both:
    return Both(Sentence(fr, fr_bare or fr), Sentence(en, en_bare or en))


SENTENCES: Final[Mapping[str, Both]] = MappingProxyType(
    {
        Kind.AGREEMENT_PROPOSED: _both(
            "{who} a répondu à votre annonce {title}.",
            "{who} answered your announcement {title}.",
            fr_bare="{who} a répondu à votre annonce.",
            en_bare="{who} answered your announcement.",
        ),
        Kind.AGREEMENT_ACCEPTED: _both(
            "{who} a accepté votre réponse à {title}.",
            "{who} accepted your answer to {title}.",
            fr_bare="{who} a accepté votre réponse.",
            en_bare="{who} accepted your answer.",
        ),
        Kind.AGREEMENT_REFUSED: _both(
            "Votre réponse à {title} n’a pas pu être retenue.",
            "Your answer to {title} could not be taken up.",
            fr_bare="Votre réponse n’a pas pu être retenue.",
            en_bare="Your answer could not be taken up.",
        ),
        Kind.AGREEMENT_WITHDRAWN: _both(
            "{who} a repris sa réponse à {title}.",
            "{who} took back their answer to {title}.",
            fr_bare="{who} a repris sa réponse.",
            en_bare="{who} took back their answer.",
        ),
        Kind.AGREEMENT_CANCELLED: _both(
            "Ce qui était convenu pour {title} est annulé.",
            "What was agreed on for {title} is called off.",
            fr_bare="Ce qui était convenu est annulé.",
            en_bare="What was agreed on is called off.",
        ),
        Kind.AGREEMENT_HANDED_OVER: _both(
            "{title} : c’est remis.",
            "{title}: it was handed over.",
            fr_bare="Ce qui était prêté est remis.",
            en_bare="What was lent was handed over.",
        ),
        Kind.AGREEMENT_RETURNED: _both(
            "{title} : c’est rendu.",
            "{title}: it was given back.",
            fr_bare="Ce qui était prêté est rendu.",
            en_bare="What was lent was given back.",
        ),
        Kind.AGREEMENT_CONFIRMED: _both(
            "{who} dit que c’est fait : {title}. Merci !",
            "{who} says that it is done: {title}. Thank you!",
            fr_bare="{who} dit que c’est fait. Merci !",
            en_bare="{who} says that it is done. Thank you!",
        ),
        Kind.AGREEMENT_NO_SHOW: _both(
            "{who} dit que la rencontre pour {title} n’a pas eu lieu.",
            "{who} says that you did not meet for {title}.",
            fr_bare="{who} dit que la rencontre n’a pas eu lieu.",
            en_bare="{who} says that you did not meet.",
        ),
        Kind.AGREEMENT_DISPUTED: _both(
            "{who} a demandé l’aide de la médiation pour {title}.",
            "{who} asked the mediators for help with {title}.",
            fr_bare="{who} a demandé l’aide de la médiation.",
            en_bare="{who} asked the mediators for help.",
        ),
        Kind.AGREEMENT_SETTLED: _both(
            "La médiation a répondu au sujet de {title}.",
            "The mediators answered about {title}.",
            fr_bare="La médiation a répondu.",
            en_bare="The mediators answered.",
        ),
        Kind.CONTACT_REVEALED: _both(
            "{who} vous dit comment se joindre, pour {title} : c’est dans votre compte.",
            "{who} tells you how to reach them, for {title}: it is in your account.",
            fr_bare="{who} vous dit comment se joindre : c’est dans votre compte.",
            en_bare="{who} tells you how to reach them: it is in your account.",
        ),
        Kind.PROPOSAL_EXPIRING: _both(
            "Votre annonce {title} se termine bientôt. Est-elle encore d’actualité ?",
            "Your announcement {title} ends soon. Is it still needed?",
            fr_bare="Une de vos annonces se termine bientôt.",
            en_bare="One of your announcements ends soon.",
        ),
        Kind.PROPOSAL_EXPIRED: _both(
            "Votre annonce {title} est terminée. Vous pouvez la renouveler.",
            "Your announcement {title} has ended. You can renew it.",
            fr_bare="Une de vos annonces est terminée. Vous pouvez la renouveler.",
            en_bare="One of your announcements has ended. You can renew it.",
        ),
        Kind.PROPOSAL_ASKS: _both(
            "Votre offre {title} tient-elle toujours ?",
            "Does your offer {title} still stand?",
            fr_bare="Une de vos offres tient-elle toujours ?",
            en_bare="Does one of your offers still stand?",
        ),
        Kind.PROPOSAL_PUBLISHED: _both(
            "Votre annonce {title} est publiée.",
            "Your announcement {title} is published.",
            fr_bare="Votre annonce est publiée.",
            en_bare="Your announcement is published.",
        ),
        Kind.PROPOSAL_RETURNED: _both(
            "La médiation vous a renvoyé une annonce, avec un mot.",
            "The mediators sent an announcement back to you, with a word.",
        ),
        Kind.PROPOSAL_REMOVED: _both(
            "La médiation a retiré une de vos annonces et dit pourquoi.",
            "The mediators removed one of your announcements and say why.",
        ),
        Kind.PROPOSAL_REOPENED: _both(
            "Votre annonce {title} est de nouveau ouverte.",
            "Your announcement {title} is open again.",
            fr_bare="Une de vos annonces est de nouveau ouverte.",
            en_bare="One of your announcements is open again.",
        ),
        Kind.SERIES_PAUSED: _both(
            "Une de vos annonces qui reviennent est en pause. Votre compte dit pourquoi.",
            "One of your announcements that come back is paused. Your account says why.",
        ),
        Kind.REFERRAL_ASKED: _both(
            "Votre demande {title} pourrait être confiée au quartier {who} : êtes-vous d’accord ?",
            "Your request {title} could be handed to the quartier {who}: do you agree?",
            fr_bare="Une de vos demandes pourrait être confiée au quartier {who} : d’accord ?",
            en_bare="One of your requests could be handed to the quartier {who}: do you agree?",
        ),
        Kind.REFERRAL_ACCEPTED: _both(
            "Un quartier voisin s’occupe de votre demande {title}.",
            "A neighbouring quartier takes care of your request {title}.",
            fr_bare="Un quartier voisin s’occupe de votre demande.",
            en_bare="A neighbouring quartier takes care of your request.",
        ),
        Kind.REFERRAL_DECLINED: _both(
            "Le quartier voisin n’a pas pu prendre votre demande {title}.",
            "The neighbouring quartier could not take your request {title}.",
            fr_bare="Le quartier voisin n’a pas pu prendre votre demande.",
            en_bare="The neighbouring quartier could not take your request.",
        ),
        Kind.SUGGESTION: _both(
            "Quelque chose va peut-être avec votre annonce {title}.",
            "Something may fit your announcement {title}.",
            fr_bare="Quelque chose va peut-être avec une de vos annonces.",
            en_bare="Something may fit one of your announcements.",
        ),
        Kind.COMMENT: _both(
            "{who} a commenté votre annonce {title}.",
            "{who} commented on your announcement {title}.",
            fr_bare="{who} a commenté votre annonce.",
            en_bare="{who} commented on your announcement.",
        ),
        Kind.MESSAGE: _both("{who} vous a écrit.", "{who} wrote to you."),
        Kind.VOUCHED: _both("{who} répond de vous.", "{who} vouches for you."),
        Kind.REPORT_SETTLED: _both(
            "La médiation a regardé ce que vous aviez signalé. Merci.",
            "The mediators looked at what you reported. Thank you.",
        ),
        Kind.JOIN_REQUEST: _both(
            "Quelqu’un demande à rejoindre le quartier.",
            "Somebody asks to join the neighbourhood.",
        ),
        Kind.REVIEW_WAITING: _both(
            "Une annonce attend votre relecture.",
            "An announcement waits for your review.",
        ),
        Kind.REVIEWED_CHANGED: _both(
            "{who}, qui vient d’arriver, a changé son annonce {title}.",
            "{who}, who is new here, changed their announcement {title}.",
            fr_bare="{who}, qui vient d’arriver, a changé son annonce.",
            en_bare="{who}, who is new here, changed their announcement.",
        ),
        Kind.REPORT: _both("Un signalement est arrivé.", "A report came in."),
        Kind.DISPUTE: _both("Deux personnes demandent de l’aide.", "Two people ask for help."),
        Kind.NEIGHBOUR_ASKED: _both(
            "Un quartier demande à être voisin.", "A quartier asks to become a neighbour."
        ),
        Kind.INTRODUCTION: _both(
            "Un quartier voisin vous en présente un autre.",
            "A neighbouring quartier introduces another one.",
        ),
        Kind.REFERRAL_RECEIVED: _both(
            "Un quartier voisin vous confie une demande.",
            "A neighbouring quartier hands you a request.",
        ),
    }
)

OTHERS: Final = _both("Il y a du nouveau pour vous.", "There is something new for you.")
