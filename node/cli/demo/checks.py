"""Checks of single documents and pages, as a reader elsewhere would make them."""

from __future__ import annotations

from node.activitypub.keys import PublicKey, multikey_public_key
from node.activitypub.proofs import verify_proof
from node.aid.proposals import Proposal
from node.cli.demo.outside import Outside
from node.cli.demo.processes import Site
from node.cli.demo.scenario import Scenario
from node.cli.demo.telling import CheckFailed, say


async def check_note(outside: Outside, proposal: Proposal) -> None:
    """The Note says what was published, and its proof is by a key of its author's (FEP-8b32)."""
    note = await outside.document(proposal.uri)
    for name, value in (
        ("id", proposal.uri),
        ("type", "Note"),
        ("attributedTo", proposal.author_uri),
        ("name", proposal.title),
        ("purpose", proposal.purpose.value),
    ):
        if note.get(name) != value:
            raise CheckFailed(f"{proposal.uri} : {name} est {note.get(name)!r}, et non {value!r}")
    if proposal.title not in str(note.get("content")):
        raise CheckFailed(f"{proposal.uri} : le contenu ne dit pas le titre")
    author = await outside.document(proposal.author_uri)
    methods = author.get("assertionMethod")
    for method in methods if isinstance(methods, list) else [methods]:
        if not isinstance(method, dict):
            continue
        key = multikey_public_key(
            str(method.get("id")), proposal.author_uri, str(method.get("publicKeyMultibase"))
        )
        if isinstance(key, PublicKey) and verify_proof(note, key):
            return
    raise CheckFailed(f"{proposal.uri} : aucune clé de son auteur ne confirme la signature")


async def check_pages(outside: Outside, scenario: Scenario, sites: list[Site]) -> None:
    """The pages of each quartier, of one of its people and of the announcement that travelled."""
    for site in sites:
        links = [
            card.link
            for card in await outside.cards(site.url)
            if card.title == scenario.traveller.title
        ]
        for link in links:
            page = await outside.page(f"{site.url}{link}")
            if scenario.traveller.title not in page or scenario.traveller.draft.text not in page:
                raise CheckFailed(f"{site.url}{link} ne montre pas l’annonce")
        person = site.quartier.people[0]
        page = await outside.page(f"{site.url}/@{person.username}")
        if person.name not in page:
            raise CheckFailed(f"{site.url}/@{person.username} ne nomme pas {person.name}")
        say(f"{site.name} : le quartier, une annonce ({', '.join(links)}), @{person.username}")
