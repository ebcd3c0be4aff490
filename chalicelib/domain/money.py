"""Money as whole minor units, and the operations that could lose a cent."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

BASIS_POINTS = 10_000
"""Basis points in a whole: 2,500 of them are 25 %."""

AMOUNT_MAX = 10**12
"""No price, total or limit may pass this many minor units, so sums stay far from overflow."""


def share(amount: int, basis_points: int) -> int:
    """Return *basis_points* of *amount*, in minor units, half a unit rounded up.

    Both must be non-negative. A share of at most the whole never exceeds *amount*.
    """
    return (amount * basis_points + BASIS_POINTS // 2) // BASIS_POINTS


def allocate(amount: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Split *amount* over *weights* so that the parts sum to it exactly.

    Uses the largest-remainder method (Hamilton, 1792): every part gets its exact
    proportion rounded down, and the units left over go to the largest remainders,
    earlier parts first on a tie. No part exceeds its weight while *amount* is at most
    the sum of the weights. Raises `ValueError` when there is something to split and
    nothing to split it over.
    """
    total = sum(weights)
    if total == 0:
        if amount:
            msg = "cannot allocate an amount over no weight"
            raise ValueError(msg)
        return tuple(0 for _ in weights)
    floors = [amount * weight // total for weight in weights]
    left = amount - sum(floors)
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % total), i))
    for i in by_remainder[:left]:
        floors[i] += 1
    return tuple(floors)


MINOR_DIGITS: Mapping[str, int] = MappingProxyType(
    {"BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3}
    | {"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0}
    | {"PYG": 0, "RWF": 0, "UGX": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0}
)
"""Currencies whose minor unit is not a hundredth (ISO 4217)."""


def in_words(amount: int, currency: str) -> str:
    """Return *amount* minor units for people, such as "12.50 USD"."""
    digits = MINOR_DIGITS.get(currency, 2)
    whole, part = divmod(amount, 10**digits)
    return f"{whole}.{part:0{digits}d} {currency}" if digits else f"{whole} {currency}"
