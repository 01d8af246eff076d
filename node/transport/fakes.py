"""Stand-ins for the network, for tests of what uses it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from node.transport.post import PostResult


@dataclass
class FakePoster:
    """Keeps what was posted; answers 202, or what ``answer`` says for an inbox."""

    answer: Callable[[str], PostResult] = lambda inbox: PostResult(202, None, "")
    posted: list[tuple[str, bytes, Mapping[str, str]]] = field(default_factory=list)

    async def post(self, inbox: str, body: bytes, headers: Mapping[str, str]) -> PostResult:
        self.posted.append((inbox, body, headers))
        return self.answer(inbox)
