"""Quantities: decimal numbers to the thousandth, strings on the wire and in the store."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Final

# Decimal also reads 1_000, NaN and the digits of every script.
_NUMBER: Final = re.compile(r"[+-]?[0-9]*\.?[0-9]*(?:[eE][+-]?[0-9]{1,3})?")


def amount_of(value: object) -> Decimal | None:
    """A quantity, from a string or a number, in 0…1,000,000 to the thousandth; else None."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return None
    text = str(value).strip().replace(",", ".")
    if len(text) > 24 or not _NUMBER.fullmatch(text):
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    if not amount.is_finite() or not 0 <= amount <= 1_000_000:
        return None
    return amount.quantize(Decimal("0.001"))


def amount_text(amount: Decimal) -> str:
    """``1``, ``2.5``: no exponent, no needless zeros."""
    text = f"{amount:f}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text
