"""Amounts as the catalogue shows them: decimal digits, exact, in four units. A microcredit is its `uc`."""

from fractions import Fraction
from typing import Final

from mock_server.core.tasks.billing import CREDITS_PER_CNY, CREDITS_PER_USD
from mock_server.core.types import CREDIT, Microcredits

USD_PLACES: Final = 8
"""How many places US dollars are shown with: what one costs cannot always be said exactly."""


def show_money(amount: Microcredits) -> dict[str, str]:
    """Return an amount in four units; dollars are rounded half up, the others are exact (CATALOG-EXACT)."""
    return {
        "uc": str(amount),
        "credits": show_decimal(Fraction(amount, CREDIT)),
        "cny": show_decimal(Fraction(amount, CREDIT * CREDITS_PER_CNY)),
        "usd": show_decimal(Fraction(amount, CREDIT * CREDITS_PER_USD), places=USD_PLACES),
    }


def show_decimal(number: Fraction, *, places: int = 12) -> str:
    """Return a number that is not below zero in decimal digits, without zeros at the end; rounded half up."""
    scale = 10**places
    whole, rest = divmod((2 * number.numerator * scale + number.denominator) // (2 * number.denominator), scale)
    return f"{whole}.{rest:0{places}}".rstrip("0").rstrip(".")
