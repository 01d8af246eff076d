"""Everybody who is known here, as mediators look through them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa

from node.store.tables import accounts, actors, silences
from node.store.transaction import Transaction

Standing = Literal["active", "silenced", "suspended"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """None: whatever it is."""

    local: bool | None = None
    standing: Standing | None = None
    roles: Sequence[str] | None = None
    username: str | None = None
    name: str | None = None
    called: str | None = None
    """A part of the name that is shown, or of the one in the address."""
    since: float | None = None
    """Whose account was made after this."""
    domain: str | None = None
    email: str | None = None
    invited_by: int | None = None


def page(
    tx: Transaction,
    wanted: Wanted,
    *,
    below: int | None,
    above: int | None,
    upward: bool,
    most: int,
) -> list[int]:
    """Actor ids, newest met first."""
    statement = (
        sa.select(actors.c.id)
        .select_from(
            actors.outerjoin(accounts, accounts.c.actor_id == actors.c.id).outerjoin(
                silences, silences.c.actor_id == actors.c.id
            )
        )
        .where(actors.c.gone_at.is_(None), actors.c.type != "Application", *_conditions(wanted))
    )
    if below is not None:
        statement = statement.where(actors.c.id < below)
    if above is not None:
        statement = statement.where(actors.c.id > above)
    order = actors.c.id.asc() if upward else actors.c.id.desc()
    rows = tx.all(statement.order_by(order).limit(most))
    return sorted((row.id for row in rows), reverse=True)


def _conditions(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if wanted.local is not None:
        found.append(actors.c.local.is_(wanted.local))
    if wanted.standing == "suspended":
        found.append(actors.c.suspended_at.is_not(None))
    elif wanted.standing == "silenced":
        found.append(silences.c.actor_id.is_not(None))
    elif wanted.standing == "active":
        found += [actors.c.suspended_at.is_(None), silences.c.actor_id.is_(None)]
    if wanted.roles is not None:
        found.append(accounts.c.role.in_(list(wanted.roles)))
    if wanted.username is not None:
        found.append(actors.c.username.icontains(wanted.username, autoescape=True))
    if wanted.name is not None:
        found.append(actors.c.name.icontains(wanted.name, autoescape=True))
    if wanted.called is not None:
        found.append(
            sa.or_(
                actors.c.name.icontains(wanted.called, autoescape=True),
                actors.c.username.icontains(wanted.called, autoescape=True),
            )
        )
    if wanted.since is not None:
        found.append(accounts.c.created_at > wanted.since)
    if wanted.domain is not None:
        found += [actors.c.domain == wanted.domain.lower(), actors.c.local.is_(False)]
    if wanted.email is not None:
        found.append(accounts.c.email == wanted.email)
    if wanted.invited_by is not None:
        found.append(accounts.c.invited_by == wanted.invited_by)
    return found
