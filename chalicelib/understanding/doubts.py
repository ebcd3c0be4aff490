"""Why a reading is not certain."""

from enum import StrEnum


class Doubt(StrEnum):
    """One reason not to order unasked; stable, for explanations and tests."""

    NO_ITEM = "no_item"
    UNKNOWN_WORD = "unknown_word"
    UNREAD_PHRASE = "unread_phrase"
    SEVERAL_ITEMS_BY_THAT_NAME = "several_items_by_that_name"
    PART_OF_A_NAME = "part_of_a_name"
    SHORT_WORD_CORRECTED = "short_word_corrected"
    SEVERAL_OPTIONS_BY_THAT_NAME = "several_options_by_that_name"
    OPTION_NOT_OFFERED = "option_not_offered"
    OPTIONS_CONFLICT = "options_conflict"
    ITEM_OR_OPTION = "item_or_option"
    AMOUNT_OR_OPTION = "amount_or_option"
    ITEM_REFUSED = "item_refused"
    NEGATION_OPEN = "negation_open"
    AMOUNT_OPEN = "amount_open"
    NUMBER_OPEN = "number_open"
    BELONGS_TO_EITHER = "belongs_to_either"
    SAME_ITEM_AGAIN = "same_item_again"
    ITEMS_TOUCH = "items_touch"
    ALTERNATIVES = "alternatives"
    CORRECTION_OPEN = "correction_open"
    QUANTITY_ABSURD = "quantity_absurd"
    QUESTION = "question"
    COUPON_OPEN = "coupon_open"
    TEXT_TOO_LONG = "text_too_long"
