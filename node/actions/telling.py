"""Telling somebody elsewhere how an agreement goes, in a plain direct note of the quartier."""

from __future__ import annotations

from html import escape

from node.actions.notes import write_direct
from node.aid.agreements import Agreement
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import objects, proposals
from node.store.transaction import Transaction

STEPS = {
    "fr": {
        "accept": "C’est oui pour « {title} ». Merci ! Répondez « fait » quand ce sera fait.",
        "refuse": "Pour « {title} », ce ne sera pas possible cette fois.",
        "withdraw": "Pour « {title} », la réponse a été retirée.",
        "cancel": "Pour « {title} », c’est annulé.",
        "hand-over": "Pour « {title} », la chose est remise.",
        "give-back": "Pour « {title} », la chose est rendue.",
        "confirm": "« {title} » : c’est fait. Merci !",
        "no-show": "Pour « {title} », personne n’est venu.",
        "dispute": "Pour « {title} », la médiation du quartier va vous écrire.",
        "settle": "Pour « {title} », la médiation a réglé la question.",
    },
    "en": {
        "accept": "It is a yes for “{title}”. Thank you! Answer “done” when it is done.",
        "refuse": "For “{title}”, it will not be possible this time.",
        "withdraw": "For “{title}”, the answer was taken back.",
        "cancel": "For “{title}”, it is cancelled.",
        "hand-over": "For “{title}”, the thing was handed over.",
        "give-back": "For “{title}”, the thing was given back.",
        "confirm": "“{title}”: it is done. Thank you!",
        "no-show": "For “{title}”, nobody came.",
        "dispute": "For “{title}”, the mediators of the neighbourhood will write to you.",
        "settle": "For “{title}”, the mediators have settled it.",
    },
}


def tell_step(
    tx: Transaction,
    here: Here,
    agreement: Agreement,
    event: str,
    *,
    to: Actor,
    by: Actor | None,
    text: str = "",
) -> None:
    """`event` is an `aid.agreements.Event`; `text` what the other person said with it."""
    stored = proposals.by_id(tx, agreement.proposal_id)
    if stored is None:
        return
    language = "en" if agreement.language.partition("-")[0] == "en" else "fr"
    words = STEPS[language][event].format(title=stored.proposal.title)
    html = f"<p>{escape(words, quote=False)}</p>"
    if text:
        html += f"<p>{escape(text, quote=False)}</p>"
    asked = objects.by_uri(tx, agreement.offer_uri)
    write_direct(
        tx,
        here,
        here.quartier,
        to,
        html=html,
        language=language,
        in_reply_to=agreement.offer_uri if to.id == agreement.answerer_id else None,
        context=asked.context if asked is not None else None,
    )
