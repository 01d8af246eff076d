"""Three nodes, their people, and a network that loses, doubles and reorders what they write.

Whatever the people do and in whichever order the words arrive: no agreement and no proposal goes
where its graph has no step, nothing is promised twice, no quantity is below zero or above the
whole; and when everything has arrived in the end, all copies are equal.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any, ClassVar, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from node.actions import agreements, proposals
from node.actions.agreements.hearing import LATE
from node.actions.agreements.steps import OUTCOMES
from node.aid.agreements import (
    OPEN,
    Agreement,
    Event,
    Side,
    State,
    allowed,
    leads_to,
)
from node.aid.ledger import count
from node.aid.lifecycle import LIVE, may_become
from node.aid.lifecycle import State as Life
from node.errors import Conflict, Forbidden, Invalid, NotFound
from node.social.accounts import Actor
from node.store import accounts, objects
from node.store import agreements as kept
from node.store import proposals as kept_proposals
from node.store import reveals as kept_reveals
from tests.flows.postmen import Letter, World, world

T = TypeVar("T")
REFUSED = (Conflict, Forbidden, Invalid, NotFound)
"""What a person is told kindly; anything else is our mistake."""
HOMES = ("home", "east", "west")
PEOPLE = {"home": ("amina", "dora"), "east": ("bea",), "west": ("chloe",)}
ACTS: dict[Event, Any] = {
    Event.ACCEPT: agreements.accept,
    Event.REFUSE: agreements.refuse,
    Event.WITHDRAW: agreements.withdraw,
    Event.HAND_OVER: agreements.hand_over,
    Event.GIVE_BACK: agreements.give_back,
    Event.CONFIRM: agreements.confirm,
    Event.CANCEL: agreements.cancel,
    Event.NO_SHOW: agreements.no_show,
    Event.DISPUTE: agreements.dispute,
}
LEADS_ON = {Event.HAND_OVER, Event.GIVE_BACK, Event.CONFIRM, Event.DISPUTE}
HAPPENS = [
    *("publish", *["answer"] * 2, *["accept"] * 3, *["step"] * 8, "settle", "settle"),
    *("show", "show", "hide", "expired"),
    *(*["arrives"] * 9, "doubled", "doubled", "lost", "lost", "well"),
    "withdrawn",
]
"""What may happen next, what is likely more often."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A proposal of this run."""

    home: str
    author: Actor
    uri: str


class Neighbours(RuleBasedStateMachine):
    """What people do, and what the network does to their words."""

    town: ClassVar[World]
    runner: ClassVar[asyncio.Runner]

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Asked] = []
        self.lost: list[Letter] = []
        self.seen: dict[tuple[str, int], State] = {}
        self.lives: dict[str, Life] = {}

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    # ── what people do ───────────────────────────────────────────────────────────────────────

    @initialize(luck=st.randoms(use_true_random=True))
    def begin(self, luck: Random) -> None:
        """Somebody asks, two from elsewhere answer, and one is accepted: most begins after that."""
        where = luck.randrange(3)
        self.publish(luck.randint(1, 3), luck.choice(["service", "loan"]), where)
        for number, (place, _) in enumerate(_people()):
            if place != HOMES[where]:
                self.run(self._answer(0, number))
        self.run(self.town.deliver_all())
        self.run(self._accept(luck.randrange(1000)))

    @rule(luck=st.randoms(use_true_random=True))
    def happens(self, luck: Random) -> None:
        """One thing at a time. By luck, and by one rule for all: left to itself hypothesis likes
        small numbers and leaves whole rules out of a run, and little of all this is met."""
        for what in (luck.choice(HAPPENS), "arrives", "step", "answer"):
            if self.happen(what, luck.randrange(1000), luck.randrange(1000)):
                return

    def happen(self, what: str, which: int, how: int) -> bool:
        """False when there was no occasion for it."""
        match what:
            case "publish" if len(self.asked) < 2:
                self.publish(1 + how % 3, ("service", "loan", "time")[which % 3], which + how)
                return True
            case "answer":
                return self.run(self._answer(which, how))
            case "accept":
                return self.run(self._accept(which))
            case "step":
                return self.run(self._step(which))
            case "settle":
                return self.run(self._settle(which, sorted(OUTCOMES)[how % 3]))
            case "show" | "hide":
                return self.run(self._contact(which, what == "show"))
            case "expired" | "withdrawn":
                return self.run(self._close(self.asked[which % len(self.asked)], Life(what)))
            case "arrives" | "doubled" | "lost":
                return self.run(self._post(which, what))
            case "well":  # for once the network is
                self.run(self.town.deliver_all())
                return True
            case _:
                return False

    async def _does(self, place: str, unit: Any, *args: Any, **words: Any) -> bool:
        with contextlib.suppress(*REFUSED):
            await self.town[place].write(unit, *args, **words)
            return True
        return False

    def publish(self, quantity: int, mode: str, where: int) -> None:
        self.run(self._publish(HOMES[where % 3], quantity, mode))

    async def _publish(self, home: str, quantity: int, mode: str) -> None:
        name = PEOPLE[home][0]
        await self.town.collect()
        waiting, self.town.heap = self.town.heap, []
        uri = await self.town.publish(
            home, name, mode=mode, quantity=str(quantity), title="Un coup de main"
        )
        self.town.heap = [*waiting, *self.town.heap]
        self.asked.append(Asked(home, self.town[home].people[name], uri))

    async def _answer(self, which: int, how: int) -> bool:
        asked, (place, name) = self.asked[which % len(self.asked)], _people()[how % 4]
        quantity = ("1", "1", "2", "1.5")[(which + how) % 4]
        status = await self.town[place].read(objects.by_uri, asked.uri)
        who = self.town[place].people[name]
        return await self._does(
            place, agreements.offer_help, who, status.id, quantity=quantity, text="Je viens."
        )

    async def _step(self, which: int) -> bool:
        """Somebody does what they see that they may do; more often what leads on."""
        open_now = []
        for place, agreement, mode in await self._all():
            for side in Side:
                actor_id = agreement.author_id if side is Side.AUTHOR else agreement.answerer_id
                who = _of(self.town, place, actor_id)
                for event in allowed(agreement, side, loan=mode == "loan") if who else ():
                    often = 3 if event in LEADS_ON else 1
                    open_now += [(place, agreement.id, who, event)] * often
        if not open_now:
            return False
        place, identifier, who, event = open_now[which % len(open_now)]
        words = {"thanks": "Merci !"} if event is Event.CONFIRM else {}
        return await self._does(place, ACTS[event], who, identifier, **words)

    async def _accept(self, which: int) -> bool:
        waiting = [
            (asked, one)
            for asked in self.asked
            for one in await self._answers(asked)
            if one.state is State.PROPOSED
        ]
        if not waiting:
            return False
        asked, one = waiting[which % len(waiting)]
        return await self._does(asked.home, agreements.accept, asked.author, one.id)

    async def _settle(self, which: int, how: str) -> bool:
        """A mediator settles what is disputed."""
        disputed = [
            (asked.home, one.id)
            for asked in self.asked
            for one in await self._answers(asked)
            if one.state is State.DISPUTED
        ]
        if not disputed:
            return False
        home, identifier = disputed[which % len(disputed)]
        mediator = self.town[home].people[f"m-{home}"]
        return await self._does(home, agreements.settle, mediator, identifier, outcome=how)

    async def _contact(self, which: int, shown: bool) -> bool:
        """A side shows its contact details, or takes them back."""
        agreed = [
            (place, one.id, who)
            for place, one, _ in await self._all()
            for who in (_of(self.town, place, side) for side in (one.author_id, one.answerer_id))
            if one.shows_contact and who is not None
        ]
        if not agreed:
            return False
        place, identifier, who = agreed[which % len(agreed)]
        if not shown:
            return await self._does(place, agreements.hide_contact, who, identifier)
        contact = f"06 12 34 {which:04}"
        return await self._does(place, agreements.reveal_contact, who, identifier, contact)

    async def _close(self, asked: Asked, how: Life) -> bool:
        status = await self.town[asked.home].read(objects.by_uri, asked.uri)
        return await self._does(asked.home, proposals.close_proposal, status.id, state=how)

    # ── what the network does ────────────────────────────────────────────────────────────────

    async def _post(self, which: int, fate: str) -> bool:
        """Any of the letters on their way, not the oldest first; mostly one about an agreement."""
        await self.town.collect()
        mine = [letter for letter in self.town.heap if letter.activity["type"] != "Announce"]
        heap = self.town.heap if which % 4 == 0 or not mine else mine
        if not heap:
            return False
        letter = heap[which // 4 % len(heap)]
        if fate == "lost":  # for now: who sent it tries again later
            self.town.heap.remove(letter)
            self.lost.append(letter)
        else:
            await self.town.deliver(letter, keep=fate == "doubled")
        return True

    # ── what must hold ───────────────────────────────────────────────────────────────────────

    @invariant()
    def nothing_is_promised_twice(self) -> None:
        self.run(self._counted())

    async def _counted(self) -> None:
        for asked in self.asked:
            home = self.town[asked.home]
            status = await home.read(objects.by_uri, asked.uri)
            stored = (await home.read(kept_proposals.by_id, status.id)).proposal
            answers = await home.read(kept.of_proposal, status.id)
            ledger = count(stored, answers)
            assert ledger.promised <= ledger.whole, (ledger, answers)
            assert Decimal(0) <= Decimal(stored.available) <= ledger.whole
            assert Decimal(stored.available) == ledger.left
            was = self.lives.get(asked.uri, stored.state)
            assert stored.state is was or _leads(was, stored.state), (was, stored.state)
            self.lives[asked.uri] = stored.state
            for one in answers:
                before = self.seen.get((asked.home, one.id), State.PROPOSED)
                assert _may_follow(before, one.state), (before, one.state)
                self.seen[asked.home, one.id] = one.state
                if one.state not in OPEN:
                    assert await home.read(kept_reveals.revealed, one.id) == []

    def teardown(self) -> None:
        """The network is healed: what was lost is sent again, after what came later."""
        if not self.asked:
            return
        self.run(self._healed())

    async def _healed(self) -> None:
        await self.town.collect()
        await self.town.deliver_all()
        self.town.heap.extend(reversed(self.lost))
        await self.town.deliver_all()
        await self._counted()
        for asked in self.asked:
            home = self.town[asked.home]
            ours = {one.offer_uri: one for one in await self._answers(asked)}
            for place in self.town.places.values():
                if place is home:
                    continue
                await self._same_proposal(asked, place.name)
                status = await place.read(objects.by_uri, asked.uri)
                for copy in await place.read(kept.of_proposal, status.id):
                    one = ours.get(copy.offer_uri)
                    if one is None:  # taken back before it arrived
                        assert copy.state is State.WITHDRAWN
                        continue
                    assert _told(copy) == _told(one)
                    shown = {r.contact for r in await place.read(kept_reveals.revealed, copy.id)}
                    there = {r.contact for r in await home.read(kept_reveals.revealed, one.id)}
                    assert shown <= there
                    late = [h for h in await home.read(kept.history, one.id) if h.event == LATE]
                    # Who went away in between was shown nothing, and may ask for it again.
                    assert shown == there or late

    async def _same_proposal(self, asked: Asked, place: str) -> None:
        found = []
        for where in (asked.home, place):
            status = await self.town[where].read(objects.by_uri, asked.uri)
            found.append((await self.town[where].read(kept_proposals.by_id, status.id)).proposal)
        ours, theirs = found
        assert (theirs.state in LIVE) == (ours.state in LIVE)
        if ours.state in LIVE:  # of what is over nobody counts what is left
            assert theirs.available == ours.available

    async def _answers(self, asked: Asked) -> list[Agreement]:
        """At home."""
        home = self.town[asked.home]
        status = await home.read(objects.by_uri, asked.uri)
        found: list[Agreement] = await home.read(kept.of_proposal, status.id)
        return found

    async def _all(self) -> list[tuple[str, Agreement, str]]:
        """Every agreement of this run on every node, with the mode of its proposal."""
        found = []
        for asked in self.asked:
            for place in self.town.places.values():
                status = await place.read(objects.by_uri, asked.uri)
                mode = (await place.read(kept_proposals.by_id, status.id)).proposal.mode
                answers = await place.read(kept.of_proposal, status.id)
                found += [(place.name, one, mode) for one in answers]
        return found


def _people() -> list[tuple[str, str]]:
    return [(place, name) for place, names in PEOPLE.items() for name in names]


def _of(town: World, place: str, actor_id: int) -> Actor | None:
    """Who of a node's own people it is."""
    return next((one for one in town[place].people.values() if one.id == actor_id), None)


def _told(one: Agreement) -> tuple[object, ...]:
    """What both nodes must say alike."""
    return (
        one.state,
        one.quantity,
        one.uri,
        one.reason,
        one.confirmed_by_author_at is not None,
        one.confirmed_by_answerer_at is not None,
    )


def _may_follow(before: State, after: State) -> bool:
    """One event, or none: each rule does one thing."""
    return before is after or after in leads_to(before)


def _leads(before: Life, after: Life) -> bool:
    """By one step of the graph; what is closed may on its way be counted anew."""
    return may_become(before, after) or any(
        may_become(before, between) and may_become(between, after) for between in Life
    )


def test_three_nodes_agree_in_the_end(tmp_path: Path) -> None:
    """Lost, doubled and reordered words: nothing forbidden happens, and all copies are equal."""
    with asyncio.Runner() as runner:
        stack = contextlib.AsyncExitStack()
        town = runner.run(stack.enter_async_context(world(tmp_path, *HOMES)))
        try:
            for place, name in [*_people(), *((home, f"m-{home}") for home in HOMES)]:
                person = runner.run(town.add_person(place, name))
                if name.startswith("m-"):
                    store = town[place].node.store
                    runner.run(store.write(accounts.set_role, person.id, "mediator"))
            Neighbours.town, Neighbours.runner = town, runner
            run_state_machine_as_test(
                Neighbours,
                settings=settings(
                    max_examples=15,
                    stateful_step_count=20,
                    deadline=None,
                    derandomize=True,
                    database=None,
                    phases=(Phase.generate, Phase.shrink),
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            runner.run(stack.aclose())
