"""Unique codes: each redeems its coupon once, and a batch of a million is one secret.

A made batch is a random seed: its number *n* is always the same code, so a batch is made,
resumed and exported without asking the table which codes it has.

What guessing is worth: a code carries 80 random bits. With a million of them issued, a guess
hits one of them with a chance of 1 in 1.2 * 10^18; a thousand guesses a second for a year
together hit any with a chance of 1 in 38 million. Two of a million are the same with a chance
of 1 in 2.4 * 10^12. Knowing all codes but one tells nothing of that one, since HMAC-SHA256
is a pseudorandom function; knowing the seed tells all, so it is as secret as the codes.
"""

import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from chalicelib.domain.coupon import fold

SEED_BYTES = 32
RANDOM_BYTES = 10
"""80 bits: 16 characters of five bits, none of them padding."""

COUNT_MAX = 10_000_000
"""Numbers in a batch, and lines in a file: what nobody means to exceed."""

CODE_CHARS_MAX = 40
PREFIX_CHARS_MAX = CODE_CHARS_MAX - 20
"""What the random part and its hyphens leave of a code."""

CODE = re.compile(r"[A-Z0-9][A-Z0-9_-]{1,39}")
"""A code as the wire takes it. Nothing in it is markup or a formula anywhere: a spreadsheet
takes a cell for a formula only where it begins with = + - @, and a code can't."""

PREFIX = re.compile(r"[A-Z0-9]([A-Z0-9_-]{0,18}[A-Z0-9])?")
BATCH_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")

DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32, which has no I, L, O or U to take for 1, 0 or V."""

_PAIRS = tuple(high + low for high in DIGITS for low in DIGITS)
"""Ten bits as two digits: half the steps of one digit at a time."""

_TEN = 2**10 - 1


class CodeState(StrEnum):
    """What may still become of a code. Issued is where it begins; the others are final."""

    ISSUED = "issued"
    USED = "used"
    REVOKED = "revoked"


class Fault(StrEnum):
    """Why a line gives no code; stable, for programs."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    BAD_CHARACTERS = "bad_characters"
    UNREADABLE = "unreadable"
    COUPONS_OWN = "coupons_own_code"
    DUPLICATE = "duplicate"
    CLASHING = "clashing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A batch that is derived from *seed*: the numbers 0 to *count* - 1."""

    seed: bytes = field(repr=False)
    prefix: str
    count: int
    kind: Literal["made"] = "made"


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A batch that was read from a file; *fingerprint* tells it from every other."""

    fingerprint: str
    kind: Literal["imported"] = "imported"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeBatch:
    """Codes of *coupon* that came together, and how far they have come. Times in milliseconds.

    *done* is how many numbers were made, or how many lines of the file were read; it only
    ever grows. *codes* of them are codes of this batch, *refused* are not.
    """

    coupon: str
    name: str
    source: Made | Imported
    created_at: int
    created_by: str
    done: int = 0
    codes: int = 0
    refused: int = 0
    complete: bool = False


def code_at(source: Made, number: int) -> str:
    """Return the code of *number*: the prefix and 16 random characters in groups of four.

    The same for ever, and its own `fold`.
    """
    digest = hmac.digest(source.seed, number.to_bytes(8), "sha256")
    drawn = int.from_bytes(digest[:RANDOM_BYTES])
    pairs = [_PAIRS[drawn >> bits & _TEN] for bits in range(70, -1, -10)]
    groups = "{}{}-{}{}-{}{}-{}{}".format(*pairs)
    return f"{source.prefix}-{groups}" if source.prefix else groups


def codes_of(source: Made, start: int, stop: int) -> Iterator[str]:
    """Yield the codes of the numbers from *start* to before *stop*."""
    return (code_at(source, number) for number in range(start, stop))


def read_code(text: str, coupon: str) -> str | Fault:
    """Return the code that *text* spells, folded, or why it is none.

    The coupon's own code is none: it would be redeemed as the coupon.
    """
    code = fold(text)
    if not code:
        return Fault.EMPTY
    if len(code) > CODE_CHARS_MAX:
        return Fault.TOO_LONG
    if not CODE.fullmatch(code):
        return Fault.BAD_CHARACTERS
    return Fault.COUPONS_OWN if code == coupon else code
