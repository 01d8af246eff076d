"""What is known of each server: how to sign for it, and whether it is well (a breaker).

A host with 5 failures in 10 minutes is left alone, probed every 30 minutes, and is alive again
as soon as it answers or writes to us. The book is in memory, its changes are in the store.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from node.activitypub.signatures import Scheme
from node.store.outbox import HostRecord

FAILURES = 5
WINDOW_S = 600.0
PROBE_S = 1800.0
DEFAULT_SCHEME: Scheme = "cavage-rsa"  # everybody reads it


@dataclass(slots=True)
class HostState:
    scheme: Scheme | None = None
    failures: deque[float] = field(default_factory=lambda: deque(maxlen=FAILURES))
    open_until: float | None = None

    @property
    def unwell(self) -> bool:
        return bool(self.failures) or self.open_until is not None


class HostBook:
    def __init__(self, *, scale: float = 1.0) -> None:
        self._hosts: dict[str, HostState] = {}
        self._scale = scale
        self._unwritten: set[str] = set()  # known here, not yet to the store

    def load(self, records: Iterable[HostRecord]) -> None:
        """Take over what the store knows; called at start and when another process changed it."""
        for record in records:
            if record.host in self._unwritten:
                continue
            state = self._hosts.setdefault(record.host, HostState())
            state.scheme = _scheme(record.scheme)
            if record.open_until is None:
                # Failures that were too few to leave it alone are known here only.
                if state.open_until is not None:
                    state.failures.clear()
            elif not state.failures:
                state.failures.append(record.failing_since or record.open_until)
            state.open_until = record.open_until

    def of(self, host: str) -> HostState:
        state = self._hosts.get(host)
        if state is None:
            state = self._hosts[host] = HostState()
        return state

    def scheme_for(self, host: str) -> Scheme:
        state = self._hosts.get(host)
        return (state.scheme if state else None) or DEFAULT_SCHEME

    def learned_scheme(
        self, host: str, scheme: Scheme, *, instead_of: Scheme | None = None
    ) -> bool:
        """The host signed so or accepted it, after it had refused `instead_of`; True when that
        is news."""
        state = self.of(host)
        if state.scheme == scheme:
            return False
        if state.scheme == "rfc9421-ed25519" and instead_of != state.scheme:
            return False  # who reads Ed25519 goes on reading it: it costs a twentieth
        state.scheme = scheme
        return True

    def is_unwell(self, host: str) -> bool:
        state = self._hosts.get(host)
        return state is not None and state.unwell

    def unwell(self) -> list[str]:
        """The hosts that failed since they last answered or wrote."""
        return [host for host, state in self._hosts.items() if state.unwell]

    def is_left_alone(self, host: str, now: float) -> bool:
        """Whether nothing is tried there yet."""
        state = self._hosts.get(host)
        return state is not None and state.open_until is not None and state.open_until > now

    def failed(self, host: str, now: float) -> float | None:
        """Note a failure; the time until which to leave the host alone, when it is enough."""
        state = self.of(host)
        state.failures.append(now)
        recent = sum(1 for at in state.failures if now - at <= WINDOW_S)
        if recent >= FAILURES or state.open_until is not None:
            state.open_until = now + PROBE_S * self._scale
            self._unwritten.add(host)
            return state.open_until
        return None

    def written(self, hosts: Iterable[str]) -> None:
        """The store knows of these what we know."""
        self._unwritten.difference_update(hosts)

    def well(self, host: str) -> bool:
        """The host answered or wrote to us; True when it had been unwell."""
        state = self._hosts.get(host)
        if state is None or not state.unwell:
            return False
        state.failures.clear()
        state.open_until = None
        return True


def _scheme(text: str | None) -> Scheme | None:
    match text:
        case "cavage-rsa" | "rfc9421-rsa" | "rfc9421-ed25519":
            return text
        case _:
            return None
