"""Whether letters leave: one to oneself, and what the mail server said."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from node.ids import new_id
from node.moderation.rates import Rate
from node.transport.mail import Outgoing, Sent, SmtpMailer, sender_of
from node.web.house.mail_words import explained
from node.web.site.visit import Page, Visit, act, show

TESTS: Final = Rate("test letters", 5, 1800.0)


async def mail(visit: Visit) -> web.Response:
    """GET /desk/mail."""
    return _page(visit)


async def test(visit: Visit) -> web.Response:
    """POST /desk/mail: a letter to who asks for it, at once, past the queue."""
    settings = visit.here.settings
    if not settings.mail.host:
        return _page(visit, status=409)
    letter = Outgoing(
        id=new_id(),
        to=visit.me.account.email,
        subject=visit.say("Une lettre d’essai"),
        text=visit.say("Si vous lisez ceci, le courrier du quartier part comme il faut."),
        created_at=visit.now,
        headers={},
    )
    (sent,) = await SmtpMailer(settings.mail, sender_of(settings)).send([letter])
    return _page(visit, said=sent)


def _page(visit: Visit, *, status: int = 200, said: Sent | None = None) -> web.Response:
    settings = visit.here.settings
    return visit.page(
        "house/mail.html",
        status=status,
        host=settings.mail.host,
        port=settings.mail.port,
        sender=settings.mail_sender,
        to=visit.me.account.email,
        said=said,
        meaning=explained(visit, said.code, said.text) if said and not said.ok else "",
    )


PAGES: Final[tuple[Page, ...]] = (
    show("/desk/mail", mail, who="admin"),
    act("/desk/mail", test, who="admin", rate=TESTS),
)
