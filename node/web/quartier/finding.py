"""One announcement, found for whoever asks by its number."""

from __future__ import annotations

from node.activitypub.addresses import Addresses
from node.aid.lifecycle import State
from node.errors import Gone, NotFound
from node.store import graves, neighbours
from node.store.proposal_details import Entry, Reader, entries
from node.store.transaction import Transaction
from node.web.site.sessions import Person
from node.web.site.visit import Visit


async def entry_of(visit: Visit, number: int) -> Entry:
    """Raises NotFound for what is not there, or not for this reader, and Gone for what was."""
    return await visit.store.read(found, number, visit.person, visit.here.addresses)


def place_of(tx: Transaction, entry: Entry) -> str:
    """The neighbour where it is at home, by name; "" for what is ours, or of no neighbour."""
    if entry.local:
        return ""
    origin = entry.proposal.origin
    return next((row.name for row in neighbours.every(tx) if row.domain == origin), "")


def found(tx: Transaction, number: int, person: Person | None, addresses: Addresses) -> Entry:
    """As `entry_of`. What mediators removed is for them and for its author."""
    mediator = person is not None and person.has_role("mediator")
    reader = Reader(actor_id=person.actor.id if person else None, mediator=mediator)
    entry = entries(tx, [number], reader, unlisted=True, addressed=True).get(number)
    if entry is None:
        if graves.local(tx, addresses.object(number)) is not None:
            raise Gone("Cette annonce n’est plus là : qui l’a écrite l’a retirée.")
        raise NotFound("Il n’y a pas d’annonce de ce numéro ici.")
    own = person is not None and person.actor.id == entry.author.id
    if entry.proposal.state is State.REMOVED and not (own or mediator):
        raise Gone("La médiation du quartier a retiré cette annonce.")
    return entry
