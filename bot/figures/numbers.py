"""Numbers, shares and amounts as a language writes them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from babel.numbers import format_currency, format_decimal, format_percent

from bot.wording import Wording

MOST_DECIMALS = 7


def number(value: int, words: Wording) -> str:
    return str(format_decimal(value, locale=words.locale))


def percent(share: Fraction, threshold: Fraction, words: Wording) -> str:
    """The share in percent, with as many decimals as it takes not to look like a threshold that it is not."""
    decimals = next((d for d in range(1, MOST_DECIMALS) if _told_apart(share, threshold, d)), MOST_DECIMALS)
    pattern = words.locale.percent_formats[None].pattern.replace("0", "0." + "#" * decimals)
    return str(format_percent(_rounded(share, decimals + 2), pattern, locale=words.locale))


def cents(amount: Fraction) -> str:
    """Euros for a program: rounded to the cent, a point before the cents."""
    return str(_rounded(amount, 2))


def money(amount: Fraction, words: Wording) -> str:
    """Euros, rounded to the cent; without cents where there are none."""
    pattern = words.locale.currency_formats["standard"].pattern
    whole = amount.denominator == 1
    written = pattern.replace(".00", "") if whole else pattern
    rounded = _rounded(amount, 2)
    return str(format_currency(rounded, "EUR", written, locale=words.locale, currency_digits=not whole))


def _told_apart(share: Fraction, threshold: Fraction, decimals: int) -> bool:
    return share == threshold or _rounded(share, decimals + 2) != _rounded(threshold, decimals + 2)


def _rounded(value: Fraction, decimals: int) -> Decimal:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
