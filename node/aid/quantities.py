"""Quantities: decimal numbers to the thousandth, strings on the wire and in the store."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation


def amount_of(value: object) -> Decimal | None:
    """A quantity, from a string or a number, in 0…1,000,000 to the thousandth; else None."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return None
    text = str(value).strip().replace(",", ".")
    if len(text) > 24:
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
