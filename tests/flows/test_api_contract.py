"""The JSON interface keeps its word: whatever is sent to whichever endpoint, no answer is a mistake
of ours, and none is outside what the OpenAPI document says."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from node.actions.accounts import make_token
from node.api.endpoint import Endpoint
from node.api.openapi import document, template_of
from node.api.routes import AREAS
from node.store import tables
from tests.serving import serving

ENDPOINTS = [endpoint for area in AREAS for endpoint in area]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
EXAMPLES = 8
SCOPES = "read write follow push"


@dataclass
class Stage:
    """A node in a thread of its own, with people, proposals and an answer to play with."""

    directory: Path
    base: str = ""
    token: str = ""
    spare: str = ""
    """Of somebody who may lose the account."""
    ids: list[str] = field(default_factory=list)
    described: dict[str, Any] = field(default_factory=dict)
    _ready: threading.Event = field(default_factory=threading.Event)
    _over: asyncio.Event | None = None
    _loop: asyncio.AbstractEventLoop | None = None
    _failure: BaseException | None = None

    def open(self) -> None:
        self._thread = threading.Thread(target=self._run, name="node")
        self._thread.start()
        assert self._ready.wait(30.0), "the node did not start"
        if self._failure is not None:
            raise self._failure

    def close(self) -> None:
        if self._loop is not None and self._over is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(30.0)

    def _run(self) -> None:
        try:
            asyncio.run(self._play())
        except BaseException as failure:
            self._failure = failure
            self._ready.set()

    async def _play(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        database = f"sqlite:///{self.directory / 'entraide.sqlite3'}"
        async with serving(database, self.directory) as node:
            amina = await node.account("amina", role="admin")
            bruno = await node.account("bruno")
            await node.account("chloe")
            await node.publish(amina)
            await node.publish(
                bruno, purpose="offer", topic="lending.tools", title="Perceuse", quantity=2
            )
            self.base = node.base
            now = node.here.clock.now()
            self.token = await node.store.write(make_token, "amina", SCOPES, now)
            self.spare = await node.store.write(make_token, "chloe", SCOPES, now)
            found = await node.store.read(_numbers)
            self.ids = [str(number) for number in found]
            self.described = document(ENDPOINTS, node.base)
            self._ready.set()
            await self._over.wait()


def _numbers(tx: Any) -> list[int]:
    """Ids of what is there: accounts, proposals and all the rest."""
    found: list[int] = []
    for table in (tables.actors, tables.proposals, tables.agreements, tables.drafts):
        column = next(iter(table.primary_key.columns))
        found += [row[0] for row in tx.all(column.table.select().with_only_columns(column))]
    return found


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    made = Stage(tmp_path_factory.mktemp("contract"))
    made.open()
    yield made
    made.close()


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda one: f"{one.method} {one.path}")
def test_an_endpoint_answers_as_it_is_described(
    endpoint: Endpoint, mode: GenerationMode, stage: Stage
) -> None:
    """Requests that fit the description, and requests that do not."""
    schema = schemathesis.openapi.from_dict(stage.described)
    operation = schema[template_of(endpoint)][endpoint.method]
    cases = operation.as_strategy(generation_mode=mode)
    leaves = endpoint.path.startswith("/me") and endpoint.method == "DELETE"
    headers = {"Authorization": f"Bearer {stage.spare if leaves else stage.token}"}

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases, real=st.sampled_from([None, *stage.ids]))
    def every(case: Case[Any], real: str | None) -> None:
        if real is not None and "id" in case.path_parameters:
            case.path_parameters["id"] = real
        case.call_and_validate(base_url=stage.base, headers=headers, checks=CHECKS, timeout=20)

    try:
        every()
    except Unsatisfiable:  # without parameters and body there is nothing to get wrong
        assert mode is GenerationMode.NEGATIVE
