"""Stand-ins for the network, for tests of what uses it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from node.transport.mail import Outgoing, Sent
from node.transport.post import PostResult


@dataclass
class FakePoster:
    """Keeps what was posted; answers 202, or what ``answer`` says for an inbox."""

    answer: Callable[[str], PostResult] = lambda inbox: PostResult(202, None, "")
    posted: list[tuple[str, bytes, Mapping[str, str]]] = field(default_factory=list)

    async def post(self, inbox: str, body: bytes, headers: Mapping[str, str]) -> PostResult:
        self.posted.append((inbox, body, headers))
        return self.answer(inbox)


@dataclass
class FakeMailer:
    """Keeps what was sent; takes all of it, or answers what ``answer`` says for a mail."""

    answer: Callable[[Outgoing], Sent] = lambda mail: Sent(True, 250)
    sent: list[Outgoing] = field(default_factory=list)

    async def send(self, mails: Sequence[Outgoing]) -> list[Sent]:
        answers = [self.answer(mail) for mail in mails]
        self.sent += [mail for mail, said in zip(mails, answers, strict=True) if said.ok]
        return answers
