"""The order of the tests."""

from __future__ import annotations

from pathlib import Path

import pytest

SLOW = Path(__file__).parent / "nodes"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole processes first: where files run side by side, none of them is left for the end."""
    items.sort(key=lambda item: not item.path.is_relative_to(SLOW))
