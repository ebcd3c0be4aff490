"""What a language has to say about remarks: notes, tales, places, praise."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class RemarkWords:
    """How a language speaks to whoever brings an order, and of what was.

    *notes* begin what is said to them ("ring the"), where *noted* words are harmless; *past*
    begins a tale ("i had a"), where those *told* are; *hopes* say of what is requested that it
    pleases ("would be lovely"). A name follows one of *naming*, also one that a menu has.
    One of *subjects* and *predicates* speak of a thing that no menu has ("my car is"), and so do
    everyday words behind one of *possessives* ("my van broke down"). *serious* words may change
    an order, though they are everyday ones.
    """

    notes: tuple[str, ...] = ()
    noted: frozenset[str] = frozenset()
    past: tuple[str, ...] = ()
    told: frozenset[str] = frozenset()
    hopes: tuple[str, ...] = ()
    naming: tuple[str, ...] = ()
    subjects: frozenset[str] = frozenset()
    possessives: frozenset[str] = frozenset()
    predicates: frozenset[str] = frozenset()
    serious: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class WhereaboutWords:
    """How a language tells of places, and of what neither orders nor counts anything.

    Behind a word of *leading* and one of *determiners*, *places* are where somebody is ("by the
    side gate"). A number before one of *streets*, or behind one of *dwellings*, is an address;
    one behind a word of *numbering* a name; one before what is *counted* counts no item.
    *praising* words say nothing of an item that follows ("a nice latte"), those of *sorts*
    nothing of an option before them ("volcano level"), and those of *making* only lead what is
    ordered ("do a chai"). One of *pleading* begins any wish: "could you".
    """

    leading: frozenset[str] = frozenset()
    determiners: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    streets: frozenset[str] = frozenset()
    dwellings: frozenset[str] = frozenset()
    numbering: frozenset[str] = frozenset()
    counted: frozenset[str] = frozenset()
    praising: frozenset[str] = frozenset()
    sorts: frozenset[str] = frozenset()
    making: frozenset[str] = frozenset()
    pleading: frozenset[str] = frozenset()


NO_REMARKS: Final = RemarkWords()
NO_WHEREABOUTS: Final = WhereaboutWords()
