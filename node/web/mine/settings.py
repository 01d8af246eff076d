"""How somebody is told of what, and what they may show of how to reach them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from aiohttp import web

from node.actions import notices
from node.actions.accounts import change_account
from node.actions.mailing import sends_mail
from node.errors import Invalid
from node.social.notifications import ALL, How, Kind
from node.web.site.languages import later
from node.web.site.visit import Page, Visit, act, show

K = Kind
GROUPS: Final[tuple[tuple[str, str, tuple[Kind, ...]], ...]] = (
    (
        "answers",
        later("Quelqu’un répond à mon annonce, ou à ma réponse"),
        (K.AGREEMENT_PROPOSED, K.AGREEMENT_ACCEPTED, K.AGREEMENT_REFUSED, K.AGREEMENT_WITHDRAWN),
    ),
    ("reveals", later("Quelqu’un me montre ses coordonnées"), (K.CONTACT_REVEALED,)),
    (
        "agreed",
        later("Ce qui est convenu avance, ou est annulé"),
        (
            *(K.AGREEMENT_CANCELLED, K.AGREEMENT_HANDED_OVER, K.AGREEMENT_RETURNED),
            *(K.AGREEMENT_CONFIRMED, K.AGREEMENT_NO_SHOW, K.AGREEMENT_DISPUTED),
            K.AGREEMENT_SETTLED,
        ),
    ),
    ("messages", later("Quelqu’un m’écrit"), (K.MESSAGE,)),
    ("comments", later("Quelqu’un commente mon annonce"), (K.COMMENT,)),
    (
        "ends",
        later("Mon annonce se termine bientôt, ou vient de se terminer"),
        (K.PROPOSAL_EXPIRING, K.PROPOSAL_EXPIRED, K.PROPOSAL_ASKS, K.PROPOSAL_REOPENED),
    ),
    (
        "review",
        later("La médiation a relu mon annonce ou mon signalement"),
        (
            *(K.PROPOSAL_PUBLISHED, K.PROPOSAL_RETURNED, K.PROPOSAL_REMOVED),
            *(K.SERIES_PAUSED, K.REPORT_SETTLED),
        ),
    ),
    (
        "referrals",
        later("Un quartier voisin peut s’occuper de ma demande"),
        (K.REFERRAL_ASKED, K.REFERRAL_ACCEPTED, K.REFERRAL_DECLINED),
    ),
    ("suggestions", later("Quelque chose va peut-être avec mon annonce"), (K.SUGGESTION,)),
    ("vouched", later("Quelqu’un répond de moi"), (K.VOUCHED,)),
)
DESK: Final[tuple[tuple[str, str, tuple[Kind, ...]], ...]] = (
    ("desk-join", later("Quelqu’un demande à rejoindre le quartier"), (K.JOIN_REQUEST,)),
    (
        "desk-review",
        later("Une annonce attend d’être relue"),
        (K.REVIEW_WAITING, K.REVIEWED_CHANGED),
    ),
    (
        "desk-help",
        later("Un signalement, ou deux personnes qui demandent de l’aide"),
        (K.REPORT, K.DISPUTE),
    ),
    (
        "desk-neighbours",
        later("Un quartier voisin nous écrit"),
        (K.NEIGHBOUR_ASKED, K.INTRODUCTION, K.REFERRAL_RECEIVED),
    ),
)
"""What only people with a role are told."""

USUAL: Final = "usual"
MIXED: Final = "mixed"
_HOW: Final = (
    (USUAL, later("Comme réglé ci-dessus")),
    (How.NOW.value, later("Tout de suite")),
    (How.DIGEST.value, later("Dans la lettre du jour")),
    (How.NEVER.value, later("Jamais par courriel")),
)
_ALL: Final = (
    (
        USUAL,
        later("L’urgent tout de suite, le reste une fois par jour"),
        later("Une seule lettre par jour, et seulement s’il y a du nouveau."),
    ),
    (How.NOW.value, later("Tout, tout de suite"), later("Une lettre à chaque nouvelle.")),
    (
        How.NEVER.value,
        later("Aucun courriel"),
        later("Les nouvelles restent sur cette page : pensez à revenir voir."),
    ),
)


async def settings(visit: Visit) -> web.Response:
    """GET /me/settings."""
    return _page(visit)


async def told(visit: Visit) -> web.Response:
    """POST /me/settings: ``all``, and one field a group."""
    before = visit.me.account.notify
    wanted: dict[str, str] = {}
    if visit.text("all") in (How.NOW.value, How.NEVER.value):
        wanted[ALL] = visit.text("all")
    for name, _, kinds in _groups(visit):
        how = visit.text(name)
        for kind in kinds:
            if how == MIXED and kind.value in before:
                wanted[kind.value] = before[kind.value]
            elif how in set(How):
                wanted[kind.value] = how
    await visit.store.write(notices.set_preferences, visit.me.actor, wanted)
    return visit.go("/me/settings", notice=visit.say("C’est enregistré."))


async def contact(visit: Visit) -> web.Response:
    """POST /me/settings/contact: what one may show to the other side of an agreement."""
    text = visit.text("contact")
    try:
        await visit.store.write(change_account, visit.me.actor.id, contact=text)
    except Invalid as error:
        return _page(visit, status=422, errors={"contact": error.public}, typed=text)
    return visit.go("/me/settings", notice=visit.say("C’est enregistré."))


def _groups(visit: Visit) -> Sequence[tuple[str, str, tuple[Kind, ...]]]:
    return (*GROUPS, *DESK) if visit.me.has_role("mediator") else GROUPS


def _page(
    visit: Visit,
    *,
    status: int = 200,
    errors: Mapping[str, str] | None = None,
    typed: str | None = None,
) -> web.Response:
    account = visit.me.account
    every = account.notify.get(ALL, USUAL)
    options = [(value, visit.say(said)) for value, said in _HOW]
    mixed = (MIXED, visit.say("Réglé en détail dans une application"))
    groups = []
    for name, said, kinds in _groups(visit):
        chosen = {account.notify.get(kind.value, USUAL) for kind in kinds}
        one = chosen.pop() if len(chosen) == 1 else MIXED
        some = [mixed, *options] if one == MIXED else options
        groups.append((name, visit.say(said), one, some))
    return visit.page(
        "mine/settings.html",
        status=status,
        title=visit.say("Mes réglages"),
        errors=errors or {},
        every=every if every in (How.NOW.value, How.NEVER.value) else USUAL,
        all_options=[(value, visit.say(said), visit.say(more)) for value, said, more in _ALL],
        groups=groups,
        sends_mail=sends_mail(visit.here),
        confirmed=account.confirmed_at is not None,
        email=account.email,
        contact=account.contact if typed is None else typed,
    )


PAGES: Final[tuple[Page, ...]] = (
    show("/me/settings", settings, who="member"),
    act("/me/settings", told, who="member"),
    act("/me/settings/contact", contact, who="member"),
)
