"""An account is opened with an app: at once by invitation, else a mediator answers first."""

from __future__ import annotations

from typing import Final

from node.actions.accounts import is_taken
from node.actions.signing_in import SIGN_UP
from node.actions.signing_up import SignUp, sign_up
from node.errors import Conflict, Forbidden, Invalid
from node.mastodon.method import Answer, Ask, Method
from node.outbox.here import Here
from node.outbox.reading.network import NETWORK
from node.social.accounts import check_email, check_password, check_username
from node.social.membership import LOCALES, TEXT_MAX
from node.store.transaction import Transaction

WAITING: Final = {
    "fr": "C’est noté : la médiation du quartier va lire votre demande, et vous répondra par "
    "courriel. Vous pourrez alors vous connecter.",
    "en": "Noted: the mediators of the neighbourhood will read your request and answer by "
    "e-mail. You can sign in then.",
}
Details = dict[str, list[dict[str, str]]]


async def create(ask: Ask) -> Answer:
    """POST /api/v1/accounts: a Token. Where mediators answer first there is none yet, and what is
    told is an error, since apps show its words."""
    app = ask.grant.app if ask.grant is not None else None
    if app is None:
        raise Forbidden("This method requires an app that was registered")
    network = str(ask.request.get(NETWORK, ""))
    ask.here.rates.spend(SIGN_UP, network, ask.here.clock.now())
    read = ask.parameters
    locale = read.text("locale")[:2].lower()
    given = SignUp(
        username=read.text("username"),
        email=read.text("email"),
        password=read.text("password"),
        locale=locale if locale in LOCALES else LOCALES[0],
        reason=read.text("reason")[:TEXT_MAX],
        code=read.text("invite_code").rpartition("/")[2],
    )
    details = await ask.store.read(_details, ask.here, given, agreed=read.flag("agreement"))
    if details:
        return _refused(details)
    try:
        token = await sign_up(ask.store, ask.here, app, given)
    except Conflict as error:
        raise Invalid(f"Validation failed: {error.public}") from error
    if token is None:
        return Answer({"error": WAITING[given.locale]}, 403)
    return Answer(
        {
            "access_token": token.text,
            "token_type": "Bearer",
            "scope": token.scopes,
            "created_at": int(token.created_at),
        },
        headers={"Cache-Control": "no-store"},
    )


def _details(tx: Transaction, here: Here, given: SignUp, *, agreed: bool) -> Details:
    """What is wrong, by field; empty when nothing is."""
    found: Details = {}
    for name, value, check in (
        ("username", given.username, check_username),
        ("email", given.email, check_email),
        ("password", given.password, check_password),
    ):
        if not value.strip():
            found[name] = [{"error": "ERR_BLANK", "description": "can't be blank"}]
            continue
        try:
            check(value)
        except Invalid as error:
            found[name] = [{"error": "ERR_INVALID", "description": error.public}]
    if "username" not in found and is_taken(tx, here, check_username(given.username)):
        found["username"] = [{"error": "ERR_TAKEN", "description": "has already been taken"}]
    if not agreed:
        found["agreement"] = [{"error": "ERR_ACCEPTED", "description": "must be accepted"}]
    return found


def _refused(details: Details) -> Answer:
    wrong = [(name, one["description"]) for name, some in details.items() for one in some]
    said = (f"{name.capitalize()} {why}" for name, why in wrong)
    body = {"error": f"Validation failed: {', '.join(said)}", "details": details}
    return Answer(body, 422)


METHODS = (Method("POST", "/api/v1/accounts", create, scope="write:accounts", who="app"),)
