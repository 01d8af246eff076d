"""The slow road of JSON-LD: a process beside, that nothing from outside can hold up for long."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from node.activitypub.rejected import Rejected
from node.activitypub.vocabulary import AS2
from node.errors import Unavailable
from node.transport import expander as module
from node.transport.expander import Expander

PLAIN: dict[str, Any] = {"@context": AS2, "id": "https://a.example/n", "type": "Note"}
ALIASED: dict[str, Any] = {"@context": AS2, "@id": "https://a.example/n", "@type": "as:Note"}


def hurting() -> dict[str, Any]:
    """Within every limit of size, and as much work for PyLD as may come: a fifth of a second."""
    return {"@context": AS2, "as:tag": [{"as:name": str(n)} for n in range(9_500)]}


@pytest.fixture
async def expander() -> AsyncIterator[Expander]:
    made = Expander(seconds=5.0)
    yield made
    await made.close()


async def test_plain_documents_start_no_process(expander: Expander) -> None:
    """What is written as we write it is read at once, by ourselves."""
    assert await expander.normalise(PLAIN) == PLAIN
    assert expander._child is None


async def test_other_spellings_mean_the_same(expander: Expander) -> None:
    """The slow road gives what the quick one would."""
    read = await expander.normalise(ALIASED)
    assert isinstance(read, dict)
    assert (read["id"], read["type"]) == (PLAIN["id"], PLAIN["type"])


async def test_what_takes_too_long_is_refused_and_killed() -> None:
    """A document is given its time, and the process that reads it ends with it. The next document
    is read by a new one."""
    expander = Expander(seconds=5.0)
    try:
        await expander.normalise(ALIASED)
        expander._seconds = 0.02
        first = expander._child
        assert first is not None
        began = time.monotonic()
        refused = await expander.normalise(hurting())
        assert time.monotonic() - began < 2.0
        assert isinstance(refused, Rejected)
        assert first.returncode is not None
        expander._seconds = 5.0
        assert isinstance(await expander.normalise(ALIASED), dict)
    finally:
        await expander.close()


async def test_the_loop_goes_on_meanwhile(expander: Expander) -> None:
    """While a document holds the process, everything else in the node runs."""
    await expander.normalise(ALIASED)
    gaps: list[float] = []

    async def tick() -> None:
        last = time.monotonic()
        while True:
            await asyncio.sleep(0.005)
            now = time.monotonic()
            gaps.append(now - last)
            last = now

    ticking = asyncio.create_task(tick())
    await expander.normalise(hurting())
    ticking.cancel()
    assert len(gaps) > 5
    assert sorted(gaps)[-2] < 0.2


async def test_a_process_that_dies_is_replaced(expander: Expander) -> None:
    """However the process ended, the next document has one."""
    await expander.normalise(ALIASED)
    assert expander._child is not None
    expander._child.kill()
    await expander.normalise(ALIASED)
    assert isinstance(await expander.normalise(ALIASED), dict)


async def test_who_gives_up_does_not_leave_his_answer_to_the_next(expander: Expander) -> None:
    """A reader that was cancelled half-way takes the process with him: what it would have said
    next is no answer to the next question."""
    await expander.normalise(ALIASED)
    task = asyncio.create_task(expander.normalise(hurting()))
    await asyncio.sleep(0.02)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    other = ALIASED | {"@id": "https://a.example/other"}
    read = await expander.normalise(other)
    assert isinstance(read, dict)
    assert read["id"] == "https://a.example/other"


async def test_many_wait_their_turn_and_more_are_sent_away(expander: Expander) -> None:
    """As many documents as may wait are read one after another; who comes beyond that is told to
    come back (503)."""
    many = [
        asyncio.create_task(expander.normalise(ALIASED | {"@id": f"https://a.example/{n}"}))
        for n in range(module.WAITING_MOST + 10)
    ]
    done = await asyncio.gather(*many, return_exceptions=True)
    away = [one for one in done if isinstance(one, Unavailable)]
    read = [one for one in done if isinstance(one, dict)]
    assert len(away) == 10
    assert len(read) == module.WAITING_MOST
    assert [one["id"] for one in read] == [f"https://a.example/{n}" for n in range(len(read))]
    assert away[0].status == 503
    assert isinstance(await expander.normalise(ALIASED), dict)


@pytest.mark.parametrize(
    "document",
    [
        {"@context": AS2, "as:x": "y" * (300 * 1024)},
        {"@context": [AS2] * 20, "as:x": 1},
        {"@context": {"@import": "https://evil.example/"}, "type": "Note"},
        {"@context": "https://evil.example/context", "as:name": "x", "@type": "as:Note"},
        {"@context": {"@base": "file:///etc/"}, "@id": "passwd", "as:name": "x"},
    ],
    ids=["long", "contexts", "import", "unknown context", "base"],
)
async def test_what_is_not_read_costs_little(expander: Expander, document: dict[str, Any]) -> None:
    """What is too long or leads elsewhere is refused, or read without it; nothing is fetched."""
    await expander.normalise(ALIASED)
    began = time.monotonic()
    read = await expander.normalise(document)
    assert time.monotonic() - began < 2.0
    assert isinstance(read, Rejected) or "evil" not in str(read.get("id"))


async def test_closing_ends_the_process() -> None:
    """No process is left behind."""
    expander = Expander()
    await expander.normalise(ALIASED)
    child = expander._child
    assert child is not None
    await expander.close()
    assert child.returncode is not None
    await expander.close()
