"""What the commands need of the program, handed in by `__main__`: commands build nothing."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from node.actions.remote import Remote
from node.config import Settings
from node.outbox.here import Here
from node.store.engine import Store


@dataclass(frozen=True, slots=True)
class Session:
    """A node opened for one command, beside the running process or without it."""

    store: Store
    here: Here
    remote: Remote


class Root(Protocol):
    def session(self, settings: Settings) -> AbstractAsyncContextManager[Session]: ...

    async def serve(self, settings: Settings, roles: frozenset[str]) -> None:
        """Until SIGTERM or SIGINT."""
        ...
