"""What is kept, for how long, who sees it, and what one can do about it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from aiohttp import web

from node.actions.house import texts_of
from node.web.site.sessions import LASTS_S
from node.web.site.visit import Visit


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind of what is kept, in words."""

    what: str
    who: str
    """Sees it."""
    until: str


async def privacy(visit: Visit) -> web.Response:
    """GET /privacy."""
    settings = visit.here.settings
    return visit.page(
        "standing/privacy.html",
        title=visit.say("Vos données"),
        entity=settings.accessibility.entity or settings.node.name,
        contact=(await visit.store.read(texts_of, visit.here)).contact_email,
        kept=_kept(visit),
        session_days=round(LASTS_S / 86_400),
        mails=bool(settings.mail.host),
        tiles=urlsplit(settings.map.tiles.replace("{s}.", "")).hostname or "",
        bucket=bool(settings.media.bucket),
    )


def _kept(visit: Visit) -> list[Kept]:
    keep = visit.here.settings.retention
    everybody = visit.say("Tout le monde, ici et sur les sites qui suivent le quartier.")
    account = visit.say("Jusqu’à la suppression de votre compte.")

    def after_end(days: int) -> str:
        return visit.count(
            "Effacées %(n)s jour après la fin.", "Effacées %(n)s jours après la fin.", days
        )

    def after_answer(days: int) -> str:
        return visit.count(
            "Effacée %(n)s jour après la réponse.", "Effacée %(n)s jours après la réponse.", days
        )

    nobody = visit.say("Vous seul.")
    return [
        Kept(visit.say("Votre nom, votre présentation, votre image"), everybody, account),
        Kept(
            visit.say("Votre adresse électronique et votre langue"),
            visit.say("Vous et les responsables du site."),
            account,
        ),
        Kept(
            visit.say("Votre mot de passe, rendu illisible"),
            visit.say("Personne."),
            account,
        ),
        Kept(
            visit.say("Vos annonces, avec un lieu flou"),
            visit.say("Tout le monde, ici et dans les quartiers voisins que vous choisissez."),
            after_end(keep.closed_proposals_days),
        ),
        Kept(
            visit.say("Les annonces d’une crise"),
            visit.say("Tout le monde, comme les autres annonces."),
            after_end(keep.crisis_days),
        ),
        Kept(
            visit.say("Vos réponses et vos accords"),
            visit.say("Vous et l’autre personne ; la médiation si l’un de vous le demande."),
            visit.say("Effacés avec l’annonce."),
        ),
        Kept(
            visit.say("Vos coordonnées, si vous les montrez"),
            visit.say("La personne à qui vous les montrez, et elle seule."),
            visit.say("Effacées dès que l’accord prend fin, ou quand vous les reprenez."),
        ),
        Kept(
            visit.say("Vos messages privés"),
            visit.say("Vous et les personnes à qui vous écrivez."),
            account,
        ),
        Kept(
            visit.say("Pour qui quelqu’un a écrit, et son accord"),
            visit.say("Qui a écrit, et la médiation. Cela ne quitte jamais ce site."),
            visit.say("Effacé avec l’annonce."),
        ),
        Kept(
            visit.say("Vos nouvelles, lues"),
            nobody,
            visit.count(
                "Effacées %(n)s jour après.",
                "Effacées %(n)s jours après.",
                keep.read_notifications_days,
            ),
        ),
        Kept(
            visit.say("Vos nouvelles, lues ou non"),
            nobody,
            visit.count(
                "Effacées %(n)s jour après.",
                "Effacées %(n)s jours après.",
                keep.notifications_days,
            ),
        ),
        Kept(
            visit.say("Une demande d’adhésion"),
            visit.say("La médiation."),
            after_answer(keep.join_requests_days),
        ),
        Kept(
            visit.say("Un signalement"),
            visit.say("La médiation. La personne signalée ne sait pas qui l’a fait."),
            account,
        ),
        Kept(
            visit.say("Vos appareils connectés : leur nom et le dernier jour"),
            nobody,
            visit.say("Jusqu’à la déconnexion."),
        ),
    ]
