"""From what came back to what is written down: the fate of each delivery, and what a batch of
tries taught about hosts."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import assert_never

from node.outbox.deliver import Outcome
from node.outbox.hosts import HostBook
from node.outbox.schedule import Again, Dead, Done, Nobody, counts_against_host, decide
from node.store.outbox import Delivery, HostChange, Postponed, Settlement

log = logging.getLogger(__name__)

Tried = tuple[Delivery, Outcome]


@dataclass(frozen=True, slots=True)
class Judgement:
    settlement: Settlement
    gone: Sequence[str]
    """Inboxes whose actors say that they are gone (410)."""
    unwell: frozenset[str]
    """Hosts that failed in this batch."""


@dataclass(slots=True)
class _Batch:
    done: list[Delivery] = field(default_factory=list)
    failures: list[Postponed] = field(default_factory=list)
    hosts: dict[str, HostChange] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    unwell: set[str] = field(default_factory=set)


class Judge:
    def __init__(self, hosts: HostBook, *, scale: float) -> None:
        self._hosts = hosts
        self._scale = scale

    def judge(self, tried: Sequence[Tried], now: float) -> Judgement:
        batch = _Batch()
        for delivery, outcome in tried:
            match outcome.state:
                case "tried":
                    self._learn(batch, delivery.host, outcome, now)
                    self._decide(batch, delivery, outcome, now)
                case "untried":
                    opens = self._hosts.of(delivery.host).open_until or now
                    batch.failures.append(
                        Postponed(delivery, opens, False, False, None, outcome.error)
                    )
                case "failed-here":
                    self._decide(batch, delivery, outcome, now)
                case "void":
                    batch.done.append(delivery)
                case _:
                    assert_never(outcome.state)
        return Judgement(
            Settlement(batch.done, batch.failures, batch.hosts),
            batch.gone,
            frozenset(batch.unwell),
        )

    def _decide(self, batch: _Batch, delivery: Delivery, outcome: Outcome, now: float) -> None:
        decision = decide(
            status=outcome.status,
            retry_after=outcome.retry_after,
            attempts=delivery.attempts,
            created_at=delivery.created_at,
            now=now,
            scale=self._scale,
        )
        match decision:
            case Done():
                batch.done.append(delivery)
            case Nobody(gone=gone):
                log.info("nobody lives at %s (%s)", delivery.inbox, outcome.status)
                if gone:
                    batch.gone.append(delivery.inbox)
                batch.done.append(delivery)
            case Again(at=at):
                until = self._hosts.of(delivery.host).open_until
                batch.failures.append(
                    Postponed(
                        delivery, max(at, until or at), False, True, outcome.status, outcome.error
                    )
                )
            case Dead(reason=reason):
                log.warning("gave up %s: %s (%s)", delivery.inbox, reason, outcome.error)
                batch.failures.append(Postponed(delivery, now, True, True, outcome.status, reason))
            case _:
                assert_never(decision)

    def _learn(self, batch: _Batch, host: str, outcome: Outcome, now: float) -> None:
        change = batch.hosts.get(host, HostChange())
        if outcome.scheme is not None and self._hosts.learned_scheme(
            host, outcome.scheme, instead_of=outcome.refused_scheme
        ):
            change = replace(change, scheme=outcome.scheme)
        if counts_against_host(outcome.status):
            batch.unwell.add(host)
            until = self._hosts.failed(host, now)
            if until is not None:
                state = self._hosts.of(host)
                change = replace(
                    change,
                    revived=False,
                    failures=len(state.failures),
                    failing_since=state.failures[0],
                    open_until=until,
                )
        elif self._hosts.well(host):
            change = replace(change, revived=True, failures=0, failing_since=None, open_until=None)
        if change != HostChange():
            batch.hosts[host] = change
