"""Quantities as people and other servers write them."""

from __future__ import annotations

import pytest

from node.aid.quantities import amount_of, amount_text


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1", "1"), (" 2,5 ", "2.5"), ("0", "0"), (3, "3"), (0.25, "0.25"), ("1e3", "1000"),
        ("1000000", "1000000"), (".5", "0.5"), ("+4", "4"), ("0.0004", "0"),
    ],
)  # fmt: skip
def test_what_is_a_quantity(written: object, meant: str) -> None:
    """Decimal numbers with a point or a comma, to the thousandth."""
    amount = amount_of(written)
    assert amount is not None
    assert amount_text(amount) == meant


@pytest.mark.parametrize(
    "written",
    [
        "", ".", "-1", "1000001", "1_000", "NaN", "Infinity", "1e999", "1e9999999999", "1/3",
        "\u0663", "\uff11", "1 2", "0x10", True, None, [], float("nan"), float("inf"), "9" * 25,
        "1\x00", "e1",
    ],
)  # fmt: skip
def test_what_is_none(written: object) -> None:
    """What Decimal would read beyond plain numbers is no quantity of anything."""
    assert amount_of(written) is None
