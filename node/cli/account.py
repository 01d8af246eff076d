"""`entraide account` and `entraide token`."""

from __future__ import annotations

import asyncio

import click

from node.actions import accounts
from node.actions.deletion import delete_account
from node.actions.passwords import hash_password
from node.cli.ports import Session
from node.cli.run import with_node
from node.social.accounts import KINDS, ROLES, check_password


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


@account.command("role")
@click.argument("name")
@click.argument("role", type=click.Choice(ROLES))
@with_node
async def role(session: Session, name: str, role: str) -> None:
    """Donner un rôle : admin, mediator ou member."""
    await session.store.write(accounts.set_role, name, role)
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


@click.command("token")
@click.argument("name")
@click.option("--scopes", default="read write follow push", show_default=True)
@with_node
async def token(session: Session, name: str, scopes: str) -> None:
    """Un jeton d'accès pour un compte ; il n'est montré qu'ici."""
    click.echo(
        await session.store.write(accounts.make_token, name, scopes, session.here.clock.now())
    )
