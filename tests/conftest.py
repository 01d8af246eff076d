"""The order of the tests, and what they do not spend their time on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cheap import cheap_passwords, keys_again

SLOW = Path(__file__).parent / "nodes"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole processes first: where files run side by side, none of them is left for the end."""
    items.sort(key=lambda item: not item.path.is_relative_to(SLOW))


@pytest.fixture(scope="session", autouse=True)
def _cheap() -> Iterator[None]:
    with cheap_passwords(), keys_again():
        yield
