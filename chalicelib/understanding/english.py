"""The words of English: numbers, negation, amounts, connectors and filler.

Nothing here names what a menu sells. Of food it knows only how English says that something
is left out: "black" is without milk, "hot" without ice.

Of things it knows only which come in pairs, and the spellings of units.

Filler is what stands in an order and changes nothing. A word that may also tell of another
day, ask, praise or speak of somebody else is no filler by itself, only within a phrase
that orders: "like" is not, "i would like" is.
"""

from typing import Final

from chalicelib.understanding.english_asides import ASIDES, BESIDE, LATER
from chalicelib.understanding.english_changes import (
    DROP,
    EXCEPT,
    EXTRA,
    HEDGE,
    IDIOMS,
    LIGHT,
    MEND,
    NO,
    RATHER_THAN,
    RETHINK,
    SWAP,
    WITHOUT,
)
from chalicelib.understanding.english_common import COMMON
from chalicelib.understanding.english_remarks import OPEN_REMARKS, REMARKS
from chalicelib.understanding.english_units import (
    CONTAINERS,
    CONTAINERS_OF,
    COUNTING,
    GLUED,
    MEASURES,
    PAIRED,
    PARTITIVE,
    SIZES,
    SPELLINGS,
    UNIT_SPELLINGS,
)
from chalicelib.understanding.english_whereabouts import WHEREABOUTS
from chalicelib.understanding.english_words import BOTH_OF_US, DOUBT, FILLER, listed
from chalicelib.understanding.language import (
    AnswerWords,
    CouponWords,
    Language,
    Phrasebook,
    Role,
)

_IRREGULAR: Final = {
    "leaves": "leaf",
    "loaves": "loaf",
    "halves": "half",
    "knives": "knife",
    "people": "person",
    "children": "child",
}
_SHORTEST_PLURAL: Final = 4
_NOT_PLURAL: Final = "ss"
_ENDINGS: Final = (("ie", "y"), ("oe", "o"), ("che", "ch"), ("she", "sh"), ("sse", "ss"))


def singular(word: str) -> str:
    """Return one form for *word* and its plural; it need not be a word ("cookies": "cooky")."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) < _SHORTEST_PLURAL:
        return word
    if word.endswith("s") and not word.endswith(_NOT_PLURAL):
        word = word[:-1]
    if len(word) < _SHORTEST_PLURAL:
        return word
    if word.endswith("xe"):
        return word[:-1]
    for ending, short in _ENDINGS:
        if word.endswith(ending):
            return word[: -len(ending)] + short
    return word


def is_plural(word: str) -> bool:
    """Return whether *word* may be a plural by its form; "hummus" may, too."""
    return len(word) >= _SHORTEST_PLURAL and word.endswith("s") and not word.endswith(_NOT_PLURAL)


_LEADS: Final = ("in", "on")

ENGLISH: Final = Language(
    name="English",
    singular=singular,
    is_plural=is_plural,
    inflections=("ed", "d", "ing", "y"),
    variants={
        "n": "and",
        "nd": "and",
        "&": "and",
        "+": "plus",
        "percent": "%",
        **UNIT_SPELLINGS,
        **SPELLINGS,
        "xtra": "extra",
        "u": "you",
        "ur": "your",
        "xl": "extra large",
        "lg": "large",
        "lrg": "large",
        "sm": "small",
        "med": "medium",
        "doctor": "dr",
        "cant": "can not",
        "its": "it is",
        "thats": "that is",
        "lemme": "let me",
        "uhh": "uh",
        "umm": "um",
        "ummm": "um",
        "hes": "he is",
        "shes": "she is",
        "theyre": "they are",
        "theres": "there is",
        "whats": "what is",
        "wheres": "where is",
        "whos": "who is",
        "wont": "will not",
        "pleas": "please",
        "wout": "without",
        "w": "with",
        "grey": "gray",
        # What others do is said in another form than what one asks for: "she takes", "I take".
        "gets": "getting",
        "wants": "wanting",
        "needs": "needing",
        "likes": "liking",
        "loves": "loving",
        "makes": "making",
        "takes": "taking",
        "comes": "coming",
        "includes": "contain",
    },
    measures=MEASURES,
    glued=GLUED,
    units={
        "one": 1,
        "two": 2,
        "three": 3,
        "four": 4,
        "five": 5,
        "six": 6,
        "seven": 7,
        "eight": 8,
        "nine": 9,
        "ten": 10,
        "eleven": 11,
        "twelve": 12,
        "thirteen": 13,
        "fourteen": 14,
        "fifteen": 15,
        "sixteen": 16,
        "seventeen": 17,
        "eighteen": 18,
        "nineteen": 19,
    },
    tens={
        "twenty": 20,
        "thirty": 30,
        "forty": 40,
        "fifty": 50,
        "sixty": 60,
        "seventy": 70,
        "eighty": 80,
        "ninety": 90,
    },
    containers=CONTAINERS,
    sizes=SIZES,
    counting=COUNTING,
    partitive=PARTITIVE,
    pairs=listed("a pair of, pair of, pair"),
    paired=PAIRED,
    multipliers={"dozen": 12, "dozens": 12, "hundred": 100, "thousand": 1_000},
    number_phrases={
        "dozen": 12,
        "a dozen": 12,
        "half a dozen": 6,
        "half dozen": 6,
        "a half dozen": 6,
        "a couple": 2,
        "a couple of": 2,
        "couple": 2,
        "couple of": 2,
        "a pair of": 2,
        "pair of": 2,
        "a pair": 2,
        "pair": 2,
        "a single": 1,
        "the other": 1,
        "the other one": 1,
        "the remaining one": 1,
        "the first one": 1,
        "the second one": 1,
        "the last one": 1,
        "the first": 1,
        "the second": 1,
        "the third": 1,
        "hundred": 100,
        "thousand": 1_000,
        **{f"another {number}": number for number in range(2, 25)},
        **{f"{number} more": number for number in range(1, 25)},
        **dict.fromkeys(BOTH_OF_US, 2),
        **{
            f"{lead} the {which}": 1
            for lead in _LEADS
            for which in listed("other, other one, first, first one, second, second one, last one")
        },
        **{f"{lead} the other {number}": number for lead in _LEADS for number in range(2, 25)},
        **{f"the other {number}": number for number in range(2, 25)},
    },
    phrases={
        Role.ARTICLE: listed("a, an, another"),
        Role.TIMES: ("x", "times"),
        Role.MEASURE: listed(
            "order of, orders of, side of, sides of, side order of, side orders of,"
            "cup of, cups of, glass of, glasses of, bottle of, bottles of, can of, cans of,"
            "bowl of, bowls of, plate of, plates of, portion of, portions of, serving of,"
            "servings of, piece of, pieces of, slice of, slices of, pot of, pots of, mug of, mugs of, pint of, pints of,"
            "pump of, pumps of, shot of, shots of, layer of, layers of, scoop of, scoops of,"
            "drizzle of, sprinkle of, dollop of, handful of, pump, pumps, helping of, helpings of, portion,"
            "splash of, dash of, squeeze of, pinch of, spoonful of, jug of, pitcher of, roll of, reel of, spool of,"
            "sheet of, stick of, bar of, block of, loaf of, wedge of, length of"
        ),
        Role.CONTAINER: CONTAINERS_OF,
        Role.PLAIN: listed("plain, normal"),
        Role.APART: listed("on the side, on side"),
        Role.EXTRA: EXTRA,
        Role.LIGHT: LIGHT,
        Role.WITHOUT: WITHOUT,
        Role.EXCEPT: EXCEPT,
        Role.NO: NO,
        Role.HEDGE: HEDGE,
        Role.WITH: listed(
            "with, containing, that has, which has, that have, add, adding, add in, add on, throw in, i would like to add"
        ),
        Role.AND: listed("and, plus, and also, and then, as well as, along with, together with"),
        Role.OR: ("or",),
        Role.BUT: listed("but, but with, but add, however, though"),
        Role.EACH: listed(
            "both, each, all of them, both of them, each of them, all with, both with, each with,"
            "for both, on both, on each, for each, all of those, both of those, on all of them,"
            "all of it, of each, in each, in all of them, on either, in either, on any of them,"
            "make them all, them all, them both"
        ),
        Role.ALL: ("all",),
        Role.DEFINITE: ("the",),
        Role.ONTO: listed("to the, on the, onto the, in the, into the, for the"),
        Role.OF_THEM: listed("of them, of those, of these, of which"),
        Role.REST: (
            *listed("the rest, the others, the other ones, the remaining ones, the remaining"),
            *listed("the other, the other one, the remaining one"),
            *(f"the other {number}" for number in range(2, 25)),
            *(f"{lead} {rest}" for lead in _LEADS for rest in listed("the other, the other one")),
            *(f"{lead} {rest}" for lead in _LEADS for rest in listed("the rest, the others")),
            *(f"{lead} the other {number}" for lead in _LEADS for number in range(2, 25)),
        ),
        Role.PEOPLE: BOTH_OF_US,
        Role.ALIKE: listed("same, the same, in the same, of the same, with the same"),
        Role.HALF: listed("half, half of, half the"),
        Role.ONES: ("ones",),
        Role.SAME: listed("same for, the same for, same with, the same with"),
        Role.REPEAT: listed(
            "the same again, same again, exactly the same, the exact same, the same thing, same thing,"
            "the same but, same but, the same plus, the same only, exactly like it, exactly like that, just like it, just like that, the same in, the same one, the same again but"
        ),
        Role.MEND: MEND,
        Role.RETHINK: RETHINK,
        Role.DROP: DROP,
        Role.SWAP: SWAP,
        Role.RATHER_THAN: RATHER_THAN,
        Role.INSTEAD: ("instead",),
        Role.YES: listed(
            "yes, yes please, yeah, yep, yup, yea, correct, exactly, that is right, that is correct,"
            "that is it exactly, sounds good, that sounds good, looks good, that looks good"
        ),
        Role.ALSO: ("also", "too", "as well", *(f"{number} more" for number in range(1, 25))),
        Role.FILLER: FILLER,
        Role.DOUBT: (
            *DOUBT,
            *LATER,
            *OPEN_REMARKS,
            *(f"over {number}" for number in range(1, 25)),
        ),
    },
    asides=ASIDES,
    ordinals={
        **{word: place for place, word in enumerate(("first", "second", "third", "fourth"), 1)},
        **{word: place for place, word in enumerate(("1st", "2nd", "3rd", "4th"), 1)},
        "last": -1,
    },
    absences={
        "black": ("milk", "cream", "creamer"),
        "hot": ("iced", "ice", "cold", "frozen"),
        "warm": ("iced", "ice", "cold", "frozen"),
    },
    requests=listed(
        "can i, could i, may i, might i, can we, could we, may we, please, pls, plz, me, us,"
        "i want, we want, i need, we need, id like, wed like, i would like, we would like,"
        "ill have, ill take, ill get, well have, well take, i only want, i just want, i could, if so,"
        "ok to order, okay to order, possible to order, ok to get, possible to get,"
        "could you do, could we do, could i do, could you put me"
    ),
    greetings=frozenset(
        listed(
            "hi, hello, hey, hiya, morning, evening, sorry, um, uh, oh, so, ok, just, quick, good, there"
        )
    ),
    interrogatives=listed(
        "do you, do your, does, have you, how much, how many, how is, how are, how big, how spicy,"
        "how hot, how long, what is, what are, what do, what does, what time, what kind, which, when,"
        "where, why, who, is, are, did"
    ),
    consulting=listed("can i take, could i take, may i take, can we take, could we take"),
    mixing=frozenset(("together",)),
    placing=frozenset(("in", "on", "inside", "into", "onto")),
    beside=BESIDE,
    idioms=IDIOMS,
    remarks=REMARKS,
    whereabouts=WHEREABOUTS,
    common=frozenset(map(singular, COMMON)),
    answers=AnswerWords(
        agreeing=listed(
            "ok, okay, k, sure, y, ye, aye, fine, right, alright, all right, go ahead, perfect, great, good,"
            "of course, absolutely, definitely, all good, good to go, that works, works for me, that is fine,"
            "that is good, that is great, that is perfect, fine by me, go for it, do it, looks right, confirm,"
            "confirmed, agreed, indeed, sure thing, it is, i do, that is it, that one, that is the one"
        ),
        refusing=listed(
            "no, nope, nah, wrong, that is wrong, not right, that is not right, neither, none,"
            "none of them, none of those, none of these, none of the above, no way, not at all, not really,"
            "not quite, incorrect, that is incorrect, that is not it, not that"
        ),
        replacing=frozenset(("just", "only")),
        adding=frozenset(("another", "more")),
        numbering=frozenset(("number", "option", "choice")),
        cheaper=listed("cheaper, cheapest, less expensive, least expensive"),
    ),
    coupon=CouponWords(
        verbs=frozenset(
            ("use", "using", "apply", "applying", "redeem", "redeeming", "with", "enter", "try")
        ),
        nouns=frozenset(
            ("code", "coupon", "voucher", "promo", "promotion", "promocode", "discount")
        ),
        claims=frozenset(("use", "using", "apply", "applying", "redeem", "redeeming", "enter")),
        locks=frozenset(
            listed("gate, door, entry, access, alarm, lock, buzzer, key, post, zip, area, building")
        ),
        dropping=frozenset(listed("no, not, dont, without, cancel, remove, skip, forget")),
        links=frozenset(("is", "my", "the", "a", "this", "called", "named", "number")),
        refusals=frozenset(
            listed(
                "not, dont, no, never, without, cant, cannot, wont, couldnt, didnt, doesnt, isnt,"
                "forget, cancel, remove, skip, if, unless, should"
            )
        ),
    ),
    phrasebook=Phrasebook(
        did_you_mean="Did you mean {choices}?",
        is_this_right="Did we get this right: {order}?",
        change_what="What should be different: {order}?",
        which_else="What would you like instead?",
        coupon_left_out=" The coupon that you refused is left out.",
        how_many="One order takes 1 to {most} of an item. How many would you like: {items}?",
        not_understood="We could not read an order in that. We have, for example, {items}.",
        nothing_to_offer="We could not read an order in that. Which item would you like?",
        last_of_alternatives="or",
        with_options="with",
        without_options="no",
        extra="extra",
        light="light",
    ),
)
