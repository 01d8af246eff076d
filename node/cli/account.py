"""`entraide account` and `entraide token`."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

import click

from node.actions import accounts, audit, membership, second_factor, vouching
from node.actions.deletion import delete_account
from node.actions.export import export_text
from node.actions.passwords import hash_password
from node.cli.ports import Session
from node.cli.run import json_option, with_node
from node.clock import to_iso
from node.errors import ConfigError
from node.outbox.here import Here
from node.social.accounts import KINDS, ROLES, Actor, check_password
from node.social.membership import DAYS, DAYS_MOST, USES_MOST
from node.store import join_requests
from node.store.transaction import Transaction


@click.group("account")
def account() -> None:
    """Les comptes des gens du quartier."""


@account.command("create")
@click.argument("name")
@click.option("--email", required=True)
@click.option("--password", prompt="Mot de passe", hide_input=True, confirmation_prompt=True)
@click.option("--kind", type=click.Choice(list(KINDS)), default="resident", show_default=True)
@click.option("--role", type=click.Choice(ROLES), default="member", show_default=True)
@click.option("--display-name", default="", help="Le nom que les gens voient.")
@with_node
async def create(
    session: Session,
    name: str,
    email: str,
    password: str,
    kind: str,
    role: str,
    display_name: str,
) -> None:
    """Créer un compte, confirmé."""
    new = await asyncio.to_thread(
        accounts.prepare_account,
        username=name,
        email=email,
        password=password,
        kind=kind,
        role=role,
        display_name=display_name,
    )
    actor = await session.store.write(accounts.create_account, session.here, new)
    click.echo(f"@{actor.handle}")


def _give_role(tx: Transaction, here: Here, name: str, role: str) -> None:
    accounts.set_role(tx, name, role)
    audit.record(tx, here, None, "account.role", f"{name}@{here.domain}", role)


@account.command("role")
@click.argument("name")
@click.argument("role", type=click.Choice(ROLES))
@with_node
async def role(session: Session, name: str, role: str) -> None:
    """Donner un rôle : admin, mediator ou member."""
    await session.store.write(_give_role, session.here, name, role)
    click.echo(f"{name} : {role}")


@account.command("reset-password")
@click.argument("name")
@click.option("--password", prompt="Mot de passe", hide_input=True, confirmation_prompt=True)
@with_node
async def reset_password(session: Session, name: str, password: str) -> None:
    """Donner un nouveau mot de passe ; les jetons en cours prennent fin."""
    hashed = await asyncio.to_thread(hash_password, check_password(password))
    await session.store.write(accounts.reset_password, name, hashed, session.here.clock.now())
    click.echo(f"{name} : mot de passe changé")


@account.command("forget-second-factor")
@click.argument("name")
@with_node
async def forget_second_factor(session: Session, name: str) -> None:
    """Ne plus demander de code à qui a perdu téléphone et codes de secours."""
    await session.store.write(second_factor.forget, session.here, None, name)
    click.echo(f"{name} : seconde vérification oubliée")


@account.command("delete")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Ne pas demander confirmation.")
@with_node
async def delete(session: Session, name: str, yes: bool) -> None:
    """Supprimer un compte et tout ce qu'il a publié, ici et ailleurs."""
    if not yes:
        click.confirm(f"Supprimer {name} pour toujours ?", abort=True)
    await session.store.write(delete_account, session.here, name)
    click.echo(f"{name} : supprimé")


@account.command("invite")
@click.argument("name")
@click.option("--kind", type=click.Choice(list(KINDS)), default="resident", show_default=True)
@click.option("--uses", type=click.IntRange(1, USES_MOST), default=1, show_default=True)
@click.option("--days", type=click.IntRange(1, DAYS_MOST), default=DAYS, show_default=True)
@with_node
async def invite(session: Session, name: str, kind: str, uses: int, days: int) -> None:
    """Une invitation de la part de ce compte : un lien, montré seulement maintenant."""
    inviter = await session.store.read(_actor, name)
    _, code = await session.store.write(
        membership.invite, session.here, inviter, kind=kind, uses=uses, days=days
    )
    click.echo(membership.join_link(session.here, code))


@account.command("requests")
@json_option
@with_node
async def requests(session: Session, as_json: bool) -> None:
    """Qui demande à devenir membre."""
    found = await session.store.read(join_requests.listed, before=None, most=1000)
    if as_json:
        told = [
            {
                "id": str(one.id),
                "username": one.username,
                "email": one.email,
                "kind": one.kind,
                "name": one.name,
                "text": one.text,
                "created": to_iso(one.created_at),
            }
            for one in found
        ]
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    for one in found:
        click.echo(f"{one.id}  {one.username} <{one.email}>  {one.kind}  {one.name}")
        for line in one.text.splitlines():
            click.echo(f"    {line}")
    if not found:
        click.echo("Personne n'attend.")


@account.command("accept")
@click.argument("number", type=int)
@with_node
async def accept(session: Session, number: int) -> None:
    """Ouvrir le compte que demande NUMBER ; une lettre le dit."""
    await session.store.read(membership.waiting_request, number)
    key_texts = await asyncio.to_thread(accounts.make_keys)
    actor = await session.store.write(
        membership.accept_request, session.here, None, number, key_texts
    )
    click.echo(f"@{actor.handle}")


@account.command("decline")
@click.argument("number", type=int)
@with_node
async def decline(session: Session, number: int) -> None:
    """Ne pas ouvrir le compte que demande NUMBER ; une lettre le dit gentiment."""
    await session.store.write(membership.decline_request, session.here, None, number)
    click.echo(f"{number} : décliné")


@account.command("vouch")
@click.argument("name")
@click.option("--by", required=True, help="Le compte qui répond de NAME.")
@click.option("--take-back", is_flag=True, help="Ne plus en répondre.")
@with_node
async def vouch(session: Session, name: str, by: str, take_back: bool) -> None:
    """Répondre de quelqu'un, par son nom et à la date d'aujourd'hui."""
    person = await session.store.read(_actor, name)
    voucher = await session.store.read(_actor, by)
    if take_back:
        await session.store.write(vouching.take_back, voucher, person.id)
    else:
        await session.store.write(vouching.vouch, session.here, voucher, person.id)
    for one in await session.store.read(vouching.vouchers_of, person.id):
        click.echo(f"{to_iso(one.since)}  @{one.who.handle}")


@account.command("export")
@click.argument("name")
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), default=None,
    help="Le fichier à écrire ; par défaut, la sortie.",
)  # fmt: skip
@with_node
async def export(session: Session, name: str, output: Path | None) -> None:
    """Toutes les données d'une personne, en JSON, pour elle."""
    person = await session.store.read(_actor, name)
    text = await session.store.read(export_text, session.here, person.id)
    if output is None:
        click.echo(text.decode())
        return
    try:
        await asyncio.to_thread(_write_new, output, text)
    except OSError as error:
        raise ConfigError(f"Le fichier {output} ne peut pas être écrit : {error}") from error
    click.echo(f"{output}")


def _write_new(path: Path, text: bytes) -> None:
    """A file that only its owner reads, and that was not there."""

    def opener(name: str, flags: int) -> int:
        return os.open(name, flags, mode=0o600)

    with open(path, "xb", opener=opener) as file:
        file.write(text)


def _actor(tx: Transaction, name: str) -> Actor:
    found = accounts.account_of(tx, name)
    return vouching.member(tx, found.actor_id)


@click.command("token")
@click.argument("name")
@click.option("--scopes", default="read write follow push", show_default=True)
@with_node
async def token(session: Session, name: str, scopes: str) -> None:
    """Un jeton d'accès pour un compte ; il n'est montré qu'ici."""
    click.echo(
        await session.store.write(accounts.make_token, name, scopes, session.here.clock.now())
    )
