"""A small town of proposals, and what a look at every one of them finds."""

from __future__ import annotations

import random

import sqlalchemy as sa

from node.aid.lifecycle import State
from node.aid.nearby import is_coarse, is_near
from node.aid.proposals import Proposal, Purpose, Reach, Urgency
from node.aid.searching import matches, words_for
from node.aid.territory import metres_between, public_place
from node.store import tables
from node.store.proposal_filters import URGENCIES, Near, Wanted
from node.store.transaction import Transaction
from tests.store.people import NOW, add_actor, add_proposal

HERE = (45.774, 4.828)
TITLES = (
    "Aide aux courses le jeudi", "Prêt d’outils de jardin", "Vélos d’enfants à donner",
    "Traduction arabe, gratuite", "Cours de français", "Écoute et présence", "Bicycles to lend",
    "Gâteaux pour la fête", "Courrier à porter", "Journaux et livres",
)  # fmt: skip


def town(tx: Transaction, count: int, first: int = 0) -> list[Proposal]:
    """Proposals of three people, all over a few kilometres, of all kinds and in all states."""
    chance = random.Random(5 + first)
    amina, bruno = add_actor(tx, "amina"), add_actor(tx, "bruno")
    zoe = add_actor(tx, "zoe", "m.example")
    made = []
    for number in range(first, first + count):
        author, local = chance.choice([(amina, True), (bruno, True), (zoe, False)])
        where = (HERE[0] + chance.gauss(0, 0.01), HERE[1] + chance.gauss(0, 0.015))
        at = public_place(*where, 7 if chance.random() < 0.1 else 8)
        starts = NOW + chance.choice([0, 86_400, 5 * 86_400]) if chance.random() < 0.3 else None
        made.append(
            add_proposal(
                tx,
                author,
                number,
                local=local,
                shown=chance.random() > 0.05,
                title=chance.choice(TITLES),
                text="Pour une voisine" if local else "",
                topic=chance.choice(["care.groceries", "care.meals", "lending.tools"]),
                purpose=chance.choice(list(Purpose)),
                mode=chance.choice(["service", "loan"]),
                urgency=chance.choice(list(Urgency)),
                reach=chance.choice(list(Reach)),
                state=chance.choice([State.OPEN] * 6 + list(State)[2:]),
                expires_at=chance.choice([None, NOW - 5, NOW + 5]),
                starts_at=starts,
                ends_at=starts + 3600 if starts and chance.random() < 0.5 else None,
                due=NOW + 86_400 if chance.random() < 0.2 else None,
                language=chance.choice(["fr", "en", "pt-BR"]),
                languages=("ar",) if chance.random() < 0.2 else (),
                cell=at.cell,
                lat=at.lat,
                lon=at.lon,
                radius_m=at.radius_m,
                origin="croix-rousse.example" if local else "m.example",
            )
        )
    return made


class Plainly:
    """What a look at every proposal finds."""

    def __init__(self, tx: Transaction, made: list[Proposal]) -> None:
        self.made = made
        rows = tx.all(sa.select(tables.proposals.c.object_id, tables.proposals.c.shown))
        self.shown = {row.object_id: bool(row.shown) for row in rows}
        self.author = {one.id: one.author_uri for one in made}
        self.words = {one.id: words_for(one, "1") for one in made}

    def find(self, wanted: Wanted, author_uri: str | None) -> list[int]:
        found = [one for one in self.made if self._fits(one, wanted, author_uri)]

        def order(one: Proposal) -> tuple[float, ...]:
            if wanted.order == "urgency":
                return URGENCIES.index(one.urgency.value), -one.id
            if wanted.order == "nearest" and wanted.near is not None:
                # The middle of a coarse cell is that of one of the cells in it.
                return round(self._away(one, wanted.near)), is_coarse(one.cell), -one.id
            return 0, -one.id

        return [one.id for one in sorted(found, key=order)]

    @staticmethod
    def _away(one: Proposal, near: Near) -> float:
        return metres_between((near.lat, near.lon), (one.lat, one.lon))

    def _fits(self, one: Proposal, wanted: Wanted, author_uri: str | None) -> bool:
        over = one.has_expired(wanted.now)
        live = one.state in (State.OPEN, State.PARTLY_MATCHED)
        if wanted.unlisted:
            state = "expired" if live and over else one.state.value
            listed = state in wanted.states
        else:
            listed = live and not over and self.shown[one.id]
            listed = listed and (not wanted.states or one.state.value in wanted.states)
        near = wanted.near
        question = wanted.asked
        last = one.ends_at if one.ends_at is not None else (one.due if one.mode != "loan" else None)
        return (
            listed
            and (not wanted.topics or one.topic in wanted.topics)
            and wanted.purpose in (None, one.purpose.value)
            and (not wanted.modes or one.mode in wanted.modes)
            and (not wanted.urgencies or one.urgency.value in wanted.urgencies)
            and wanted.reach in (None, one.reach.value)
            and wanted.origin in (None, one.origin)
            and (wanted.local is None or wanted.local is (one.origin != "m.example"))
            and author_uri in (None, one.author_uri)
            and (
                wanted.language is None
                or wanted.language in (one.language, one.language[:2], *one.languages)
            )
            and (wanted.until is None or one.starts_at is None or one.starts_at < wanted.until)
            and (wanted.since is None or last is None or last >= wanted.since)
            and (
                near is None
                or is_near(self._away(one, near), near.metres, coarse=is_coarse(one.cell))
            )
            and (question is None or matches(self.words[one.id], question))
        )
