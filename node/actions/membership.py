"""Becoming a member: by invitation, or by asking the mediators (aid.md §2)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from node.actions import audit, mailing, notices
from node.actions.accounts import KeyTexts, NewAccount, create_account, is_taken
from node.actions.credentials import EMAIL
from node.errors import Conflict, Forbidden, NotFound
from node.ids import new_id
from node.outbox.here import Here
from node.social import letters, membership
from node.social.accounts import (
    Actor,
    check_email,
    check_kind,
    check_username,
)
from node.social.membership import DAY_S, WELCOME_KEY_S
from node.social.notifications import Kind
from node.store import accounts, actors, invitations, join_requests
from node.store.invitations import Invitation
from node.store.join_requests import JoinRequest
from node.store.transaction import Transaction

NO_INVITATION = "Cette invitation ne vaut plus : demandez-en une autre à qui vous l’a donnée."


# ── by invitation ────────────────────────────────────────────────────────────────────────────


def invite(
    tx: Transaction,
    here: Here,
    inviter: Actor,
    *,
    kind: str = "resident",
    uses: int = 1,
    days: int = membership.DAYS,
) -> tuple[Invitation, str]:
    """An invitation and its code, which only the link knows. Raises Invalid, Forbidden for a kind
    that mediators invite, and Conflict when too many are open."""
    account = accounts.by_actor(tx, inviter.id)
    if account is None:
        raise NotFound("Il n’y a personne de ce nom ici.")
    if here.settings.node.joining == "closed":
        raise Forbidden(membership.how_to_join(account.locale, closed=True))
    membership.check_inviter(
        check_kind(kind), role=account.role, confirmed=account.confirmed_at is not None
    )
    now = here.clock.now()
    good = [one for one in invitations.of(tx, inviter.id) if one.is_good(now)]
    if len(good) >= membership.OPEN_MOST:
        raise Conflict(
            f"Vous avez déjà {membership.OPEN_MOST} invitations ouvertes : reprenez-en une."
        )
    code = membership.new_code()
    invitation = Invitation(
        hash=membership.hash_of(code),
        inviter_id=inviter.id,
        kind=kind,
        uses_left=membership.check_uses(uses),
        expires_at=now + membership.check_days(days) * DAY_S,
        created_at=now,
        revoked_at=None,
    )
    invitations.add(tx, invitation)
    return invitation, code


def join_link(here: Here, code: str) -> str:
    return f"{here.settings.base_url}/join/{code}"


def revoke_invitation(tx: Transaction, here: Here, inviter: Actor, hash: str) -> None:
    """It opens nothing any more. Raises NotFound for what is not theirs, or was taken back."""
    if not invitations.revoke(tx, hash, inviter_id=inviter.id, now=here.clock.now()):
        raise NotFound("Vous n’avez pas d’invitation de ce nom.")


def invitation_of(tx: Transaction, here: Here, code: str) -> tuple[Invitation, Actor]:
    """What a link offers, and who gave it. Raises NotFound when it is good no more."""
    found = invitations.by_hash(tx, membership.hash_of(code))
    inviter = actors.by_id(tx, found.inviter_id) if found else None
    if (
        found is None
        or not found.is_good(here.clock.now())
        or inviter is None
        or inviter.gone
        or inviter.suspended
        or here.settings.node.joining == "closed"
    ):
        raise NotFound(NO_INVITATION)
    return found, inviter


def join(tx: Transaction, here: Here, code: str, new: NewAccount) -> Actor:
    """An account, confirmed, of the kind that the invitation names. Raises NotFound for an
    invitation that is over, Conflict for a name or an address that is taken."""
    invitation, inviter = invitation_of(tx, here, code)
    if not invitations.use(tx, invitation.hash, now=here.clock.now()):
        raise NotFound(NO_INVITATION)
    return create_account(
        tx, here, replace(new, kind=invitation.kind, role="member"), invited_by=inviter.id
    )


# ── by asking ────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Asking:
    """A request to join, checked, its password hashed."""

    username: str
    email: str
    password_hash: str
    kind: str
    name: str
    text: str
    locale: str


def check_asking(
    *, username: str, email: str, kind: str, name: str, text: str, locale: str
) -> Asking:
    """Without the password's hash, which takes long. Raises Invalid with what to do."""
    return Asking(
        username=check_username(username),
        email=check_email(email),
        password_hash="",
        kind=check_kind(kind),
        name=membership.one_line(name, membership.NAME_MAX, "Le nom affiché"),
        text=membership.lines(text, membership.TEXT_MAX, "Le mot"),
        locale=membership.check_locale(locale),
    )


def ask_to_join(tx: Transaction, here: Here, asking: Asking) -> None:
    """The mediators are told. Whoever asks does not learn whether the address has an account:
    its owner does, by mail. Raises Forbidden where one cannot ask, Conflict for a name that is
    taken (names are public)."""
    joining = here.settings.node.joining
    if joining != "request":
        raise Forbidden(membership.how_to_join(asking.locale, closed=joining == "closed"))
    if is_taken(tx, here, asking.username) or join_requests.waiting_by_username(
        tx, asking.username
    ):
        raise Conflict(f"Le nom {asking.username} est déjà pris. Choisissez-en un autre.")
    account = accounts.by_email(tx, asking.email)
    if account is not None:
        letter = letters.already_here(account.locale, mailing.place(here), name=account.username)
        mailing.send_letter(tx, here, account.email, letter, urgent=False)
        return
    if join_requests.waiting_by_email(tx, asking.email) is not None:
        return  # the first one waits
    request = JoinRequest(
        id=new_id(),
        username=asking.username,
        email=asking.email,
        password_hash=asking.password_hash,
        kind=asking.kind,
        name=asking.name,
        text=asking.text,
        locale=asking.locale,
        state=join_requests.WAITING,
        created_at=here.clock.now(),
    )
    join_requests.add(tx, request)
    notices.tell_roles(
        tx, here, Kind.JOIN_REQUEST, dedupe=str(request.id), data={"request": str(request.id)}
    )


def accept_request(
    tx: Transaction, here: Here, mediator: Actor | None, request_id: int, key_texts: KeyTexts
) -> Actor:
    """An account, and a letter that says so; with its link the address is confirmed. Raises
    NotFound, and Conflict when it is decided already or the name was taken meanwhile."""
    request = waiting_request(tx, request_id)
    _decide(tx, here, mediator, request, "accepted")
    actor = create_account(
        tx,
        here,
        NewAccount(
            username=request.username,
            email=request.email,
            password_hash=request.password_hash,
            kind=request.kind,
            role="member",
            display_name=request.name,
            key_texts=key_texts,
            locale=request.locale,
        ),
        confirmed=not mailing.sends_mail(here),
    )
    if mailing.sends_mail(here):
        key = mailing.make_mail_key(
            tx, here, actor.id, purpose=EMAIL, email=request.email, seconds=WELCOME_KEY_S
        )
        letter = letters.welcome(
            request.locale,
            mailing.place(here),
            name=actor.name,
            link=f"{here.settings.base_url}/confirm/{key}",
            days=int(WELCOME_KEY_S // DAY_S),
        )
        mailing.send_letter(tx, here, request.email, letter, urgent=True)
    return actor


def decline_request(
    tx: Transaction, here: Here, mediator: Actor | None, request_id: int, *, words: str = ""
) -> None:
    """No account, and a kind letter, with the mediator's own words in it. Raises NotFound,
    Conflict and Invalid."""
    request = waiting_request(tx, request_id)
    own = membership.lines(words, membership.TEXT_MAX, "Le mot")
    _decide(tx, here, mediator, request, "declined")
    letter = letters.declined(
        request.locale, mailing.place(here), name=request.name or request.username, words=own
    )
    mailing.send_letter(tx, here, request.email, letter, urgent=False)


def waiting_request(tx: Transaction, request_id: int) -> JoinRequest:
    """Raises NotFound. Whether it still waits is seen when it is decided."""
    request = join_requests.by_id(tx, request_id)
    if request is None:
        raise NotFound("Il n’y a pas de demande de ce numéro.")
    return request


def _decide(
    tx: Transaction, here: Here, mediator: Actor | None, request: JoinRequest, state: str
) -> None:
    decided = join_requests.decide(
        tx,
        request.id,
        state=state,
        by=mediator.id if mediator else None,
        now=here.clock.now(),
    )
    if not decided:
        raise Conflict("Quelqu’un a déjà répondu à cette demande.")
    audit.record(tx, here, mediator, f"join.{state}", f"request {request.id}")
