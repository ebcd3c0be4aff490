"""What may be wrong with a menu's names, and what to do about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Severity(StrEnum):
    """How bad a finding is, worst first."""

    ERROR = "error"  # something on the menu can't be ordered by that name, or at all
    WARNING = "warning"  # it can, but some texts become questions or are read otherwise
    NOTE = "note"  # it does nothing


class Code(StrEnum):
    """The kinds of findings; stable, for programs."""

    NOT_PUBLISHABLE = "not_publishable"
    ITEMS_SHARE_PHRASE = "items_share_phrase"
    OPTIONS_SHARE_PHRASE = "options_share_phrase"
    OPTIONS_OF_ITEM_SHARE_PHRASE = "options_of_item_share_phrase"
    ITEM_IS_OPTION = "item_is_option"
    PHRASE_IS_GRAMMAR = "phrase_is_grammar"
    PHRASE_IS_LANGUAGE = "phrase_is_language"
    ITEM_UNNAMEABLE = "item_unnameable"
    OPTION_UNREACHABLE = "option_unreachable"
    GROUP_NOT_OFFERED = "group_not_offered"
    PHRASE_NOT_READ = "phrase_not_read"
    PHRASE_TOO_LONG = "phrase_too_long"
    ONE_TYPO_APART = "one_typo_apart"
    PRICE_ZERO = "price_zero"
    FREE_BY_OPTIONS = "free_by_options"
    ALIAS_REPEATS = "alias_repeats"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An item, an option of a group, a group, or with none of them the catalogue."""

    item: str | None = None
    group: str | None = None
    option: str | None = None

    def __str__(self) -> str:
        if self.item is not None:
            return f"item {self.item}"
        if self.option is not None:
            return f"option {self.group}:{self.option}"
        return "catalogue" if self.group is None else f"group {self.group}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something found at *place*; *phrase* is the name in question, *others* who else has it."""

    code: Code
    place: Place
    what: str
    phrase: str | None = None
    others: tuple[Place, ...] = ()

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return RULES[self.code][0]

    @property
    def remedy(self) -> str:
        """What to do, as an instruction."""
        return RULES[self.code][1]


_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

RULES: Mapping[Code, tuple[Severity, str]] = MappingProxyType(
    {
        Code.NOT_PUBLISHABLE: (_ERROR, "mend it: such a catalogue is refused"),
        Code.ITEMS_SHARE_PHRASE: (
            _ERROR,
            "leave the phrase to one of them, and give the others names that tell them apart",
        ),
        Code.OPTIONS_SHARE_PHRASE: (_ERROR, "leave the phrase to one option of the group"),
        Code.OPTIONS_OF_ITEM_SHARE_PHRASE: (
            _WARNING,
            "name the options so that each says of what it is, or offer one of the groups",
        ),
        Code.ITEM_IS_OPTION: (
            _WARNING,
            "name the item or the option more closely, or live with a question now and then",
        ),
        Code.PHRASE_IS_GRAMMAR: (_ERROR, "take another phrase: orders are built from this one"),
        Code.PHRASE_IS_LANGUAGE: (
            _WARNING,
            "take another phrase, if people say this one without meaning what is sold",
        ),
        Code.ITEM_UNNAMEABLE: (_ERROR, "add an alias: a few plain words that only this item has"),
        Code.OPTION_UNREACHABLE: (_ERROR, "add an alias that nothing else is called"),
        Code.GROUP_NOT_OFFERED: (_ERROR, "have an item offer the group, or take it out"),
        Code.PHRASE_NOT_READ: (_WARNING, "write it as people type it, or take it out"),
        Code.PHRASE_TOO_LONG: (_WARNING, "add a short alias"),
        Code.ONE_TYPO_APART: (_WARNING, "name one of them otherwise: a slip makes it the other"),
        Code.PRICE_ZERO: (_WARNING, "give it a price, unless it is meant to be free"),
        Code.FREE_BY_OPTIONS: (_WARNING, "raise the price, or lower what the options take off"),
        Code.ALIAS_REPEATS: (_NOTE, "take the repeat out"),
    }
)
"""How bad each kind is, and what to do about it."""
