"""The scene in which help happens: an answer from another quartier, a yes, a telephone number for
one person's eyes, and thanks."""

from __future__ import annotations

from collections.abc import Mapping

from node.actions import agreements
from node.aid.agreements import Agreement, State
from node.aid.proposals import Proposal
from node.cli.demo.outside import until
from node.cli.demo.scenario import Helping
from node.cli.demo.telling import CheckFailed, say
from node.cli.ports import Session
from node.store import actors, objects, reveals
from node.store import agreements as stored


async def help_each_other(
    home: Session, away: Session, proposal: Proposal, helping: Helping, names: Mapping[str, str]
) -> None:
    """`home` is the node of the proposal, `away` that of who answers. Raises CheckFailed."""
    author = await home.store.read(actors.by_uri, proposal.author_uri)
    answerer = await away.store.read(actors.local_by_username, helping.who)
    copy = await away.store.read(objects.by_uri, proposal.uri)
    if author is None or answerer is None or copy is None:
        raise CheckFailed(f"« {proposal.title} » n’est pas arrivée chez qui veut y répondre")
    made = await away.store.write(
        agreements.offer_help, away.here, answerer, copy.id, text=helping.answer
    )
    say(f"{names['away']} : {answerer.name} répond, « {helping.answer} »")
    asked = await _arrived(home, made.offer_uri)
    await home.store.write(agreements.accept, home.here, author, asked.id)
    await _is(away, made.id, State.ACCEPTED, "l’accord n’est pas arrivé")
    say(f"{names['home']} : {author.name} accepte")
    await away.store.write(agreements.reveal_contact, away.here, answerer, made.id, helping.contact)

    async def shown() -> bool:
        found = await home.store.read(reveals.revealed, asked.id)
        return [one.contact for one in found] == [helping.contact]

    await until(shown, "les coordonnées ne sont pas arrivées")
    say(f"{answerer.name} montre à {author.name}, et à personne d’autre, comment la joindre")
    await away.store.write(agreements.confirm, away.here, answerer, made.id)
    await home.store.write(agreements.confirm, home.here, author, asked.id, thanks=helping.thanks)
    await _is(home, asked.id, State.CONFIRMED, "ce n’est pas fini chez qui demandait")
    await _is(away, made.id, State.CONFIRMED, "ce n’est pas fini chez qui aidait")
    say(f"C’est fait. {author.name} : « {helping.thanks} »")
    for session, number in ((home, asked.id), (away, made.id)):
        if await session.store.read(reveals.revealed, number):
            raise CheckFailed("les coordonnées sont encore là après la fin de l’accord")
    say("Les coordonnées sont effacées, des deux côtés")


async def _arrived(session: Session, offer_uri: str) -> Agreement:
    found: list[Agreement] = []

    async def there() -> bool:
        one = await session.store.read(stored.by_offer, offer_uri)
        if one is not None:
            found.append(one)
        return one is not None

    await until(there, "la réponse n’est pas arrivée")
    return found[0]


async def _is(session: Session, number: int, state: State, otherwise: str) -> None:
    async def so() -> bool:
        one = await session.store.read(stored.by_id, number)
        return one is not None and one.state is state

    await until(so, otherwise)
