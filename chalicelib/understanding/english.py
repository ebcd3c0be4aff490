"""The words of English: numbers, negation, amounts, connectors and filler, and no menu's."""

from typing import Final

from chalicelib.understanding.language import CouponWords, Language, Phrasebook, Role

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
    if word.endswith("xe"):
        return word[:-1]
    for ending, short in _ENDINGS:
        if word.endswith(ending):
            return word[: -len(ending)] + short
    return word


def _split(words: str) -> tuple[str, ...]:
    return tuple(phrase.strip() for phrase in words.split(",") if phrase.strip())


_FILLER = """
i, im, id, ill, ive, me, my, mine, we, wed, well, weve, us, our, you, your, he, she, they, them,
it, its, that, thats, this, these, those, there, here, the, is, are, was, be, being, been, am,
will, would, could, should, can, may, might, shall, do, does, did, have, has, had, having,
can i, can you, can we, could i, could you, could we, may i, may we, would you, will you,
would like, would love, would also like, like, love, want, wants, wanted, wanna, wish, need,
needs, get, gets, getting, got, gotta, grab, give, gimme, take, bring, pass, send, let, lets,
let me, let us, make, makes, do me, put, order, ordering, buy, purchase, pick, pick up, choose,
go, going, go for, go with, going to, gonna, try, try out, start, start with, looking, look,
looking for, looking to, include, includes, including, included, added, throw, sprinkled, covered,
finished, mixed, so, so like, toss, top, topped, top it off, top off, dressed, come, comes, coming, served, serve,
made, done, prepared, please, pls, plz, thanks, thank, thank you, thx, ty, cheers, much, so much,
very much, kindly, hi, hello, hey, hiya, yo, howdy, good morning, good afternoon, good evening,
ok, okay, alright, all right, right, sure, great, awesome, perfect, yes, yeah, yep, yup, yea, um,
uh, uhm, er, erm, hmm, oh, ah, now, just, only, simply, also, too, as well, then, next, first,
firstly, second, lastly, finally, last, today, tonight, this morning, right now, asap, again,
for, of, on, in, to, at, from, into, onto, over, inside, by, as, off, out, if possible,
if you can, if you could, if you please, when you can, when you get a chance, that would be great,
that will be all, thats all, thats it, that is all, that is it, that will be it, thatll be all,
thatll be it, be all, be it, all set, and thats it, for here, to go, to eat, to drink,
on top, on top of, on it, on that, on them, on this, in it, in that, in that one, to it, to that,
on the side, on side, for the side, for a side, for side, side, sides, as a side, for my side,
drink, drinks, beverage, beverages, meal, meals, combo, dish, main, main dish, entree, dessert,
lunch, dinner, breakfast, snack, starter, side item, item, items, thing, things, one of, some,
some of, any, kind, sort, type, style, flavor, flavour, size, sized, sizes, choice, option,
topping, toppings, plain, normal, regular style, usual way, delivery, deliver, pickup,
takeout, take out, takeaway, take away, along, alongside, together, own, person, everyone,
everybody, friend, friends, who, which, where, how about, what about, i guess, i think, kinda,
really, favorite, favourite, delicious, tasty, nice, lovely, way, bit more time, myself,
fresh, freshly, should be, must, must be, would be, will be, it to be, them to be, more,
put me down for, sir, maam, madam, mate, buddy, man, guys, dear, bro, dude, there please, ahead, case, would do,
may have, to have, to get, to order, to try, like to, love to, want to, quick, quickly, real quick
"""

_DOUBT = """
instead, instead of, rather, rather than, cancel, cancel that, change, changed, wait, no wait,
sorry, actually, on second thought, scratch, scratch that, make that, make it, make those,
a pair of, pair of, never mind, nevermind, forget, swap, switch, replace, substitute, sub in, same, same as, other,
others, the rest, rest, do you have, do you sell, do you guys have, have you got,
how much, how many, how, what, whats, when, why, is there, are there, does it, does the, is the,
are the, what is, if, unless, depending, maybe, perhaps, either, neither, whichever, whatever,
half, halves, quarter, third, split, separate, separately, yesterday, tomorrow, later, not sure,
dont know, recommend, suggest, surprise, best, cheapest, cheap, largest, smallest, biggest,
similar, alternatively, otherwise, except for that, none, nothing, undo, remove that, less than,
more than, at least, at most, up to, under, between, each other, nor, already
"""

ENGLISH: Final = Language(
    name="English",
    singular=singular,
    inflections=("ed", "d", "ing", "y"),
    variants={
        "n": "and",
        "nd": "and",
        "&": "and",
        "+": "plus",
        "percent": "%",
        "ounce": "oz",
        "ounces": "oz",
        "ozs": "oz",
        "litre": "liter",
        "litres": "liter",
        "liters": "liter",
        "inches": "inch",
        "xl": "extra large",
        "lg": "large",
        "lrg": "large",
        "sm": "small",
        "med": "medium",
        "mayo": "mayonnaise",
        "bbq": "barbecue",
        "barbeque": "barbecue",
        "guac": "guacamole",
        "choc": "chocolate",
        "decaffeinated": "decaf",
        "doughnut": "donut",
        "doughnuts": "donut",
        "yoghurt": "yogurt",
        "chilli": "chili",
        "doctor": "dr",
        "cant": "can not",
        "wont": "will not",
        "pleas": "please",
        "wout": "without",
        "w": "with",
        "grey": "gray",
    },
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
    multipliers={"dozen": 12, "dozens": 12, "hundred": 100},
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
        "a single": 1,
        "the other": 1,
        "the other one": 1,
        "the first one": 1,
        "the second one": 1,
        "hundred": 100,
        "a hundred": 100,
    },
    phrases={
        Role.ARTICLE: _split("a, an, another"),
        Role.TIMES: ("x", "times"),
        Role.MEASURE: _split(
            "order of, orders of, side of, sides of, side order of, side orders of,"
            "cup of, cups of, glass of, glasses of, bottle of, bottles of, can of, cans of,"
            "bowl of, bowls of, plate of, plates of, portion of, portions of, serving of,"
            "servings of, piece of, pieces of, slice of, slices of, box of, boxes of, bag of,"
            "bags of, basket of, baskets of, pot of, pots of, mug of, mugs of, pint of, pints of,"
            "pump of, pumps of, shot of, shots of, layer of, layers of, scoop of, scoops of,"
            "drizzle of, sprinkle of, dollop of, handful of, packet of, packets of, pump, pumps, helping of, helpings of, round of, serving,"
            "servings, portion, portions"
        ),
        Role.EXTRA: _split(
            "extra, extra of, lots of, lot of, a lot of, loads of, tons of, a ton of, heavy,"
            "heavy on, heavy on the, a lot more, extra amount of, an extra amount of, xtra"
        ),
        Role.LIGHT: _split(
            "light, lightly, lite, light on, light on the, go light on, go light on the, easy,"
            "easy on, easy on the, go easy on, go easy on the, a little, little, little bit of,"
            "a little bit of, a little of, a bit of, bit of, a tiny bit of, tiny bit of, a touch of,"
            "touch of, just a little, just a bit of, less, not too much, not too many, not much,"
            "a hint of, hint of, a small amount of, small amount of, a bit, a tad of, a tad"
        ),
        Role.WITHOUT: _split(
            "without, without any, hold, hold the, minus, minus the, leave off, leave off the,"
            "leave out, leave out the, skip, skip the, remove, remove the, take off, take off the,"
            "take out the, except, except for, excluding, avoid, do not want, dont want, i dont want,"
            "dont want any, dont add, dont put, do not add, do not put, dont include, please no"
        ),
        Role.NO: _split("no, not, zero, with no, and no, but no, not any, no more"),
        Role.WITH: _split(
            "with, containing, that has, which has, that have, add, adding, add in, add on, throw in, i would like to add"
        ),
        Role.AND: _split("and, plus, and also, and then, as well as, along with, together with"),
        Role.OR: ("or",),
        Role.BUT: _split("but, but with, but add, however, though"),
        Role.EACH: _split(
            "both, each, all of them, both of them, each of them, all with, both with, each with,"
            "for both, on both, on each, for each, all of those, both of those, on all of them"
        ),
        Role.FILLER: _split(_FILLER.replace("\n", " ")),
        Role.DOUBT: _split(_DOUBT.replace("\n", " ")),
    },
    absences={
        "hot": ("iced", "ice", "cold", "frozen"),
        "warm": ("iced", "ice", "cold", "frozen"),
        "black": ("milk", "cream", "creamer"),
        "still": ("sparkling", "carbonated"),
        "unsweetened": ("sugar", "sweetener", "honey", "sweetened"),
        "untoasted": ("toasted", "toast"),
        "caffeinated": ("decaf",),
    },
    coupon=CouponWords(
        verbs=frozenset(
            ("use", "using", "apply", "applying", "redeem", "redeeming", "with", "enter", "try")
        ),
        nouns=frozenset(
            ("code", "coupon", "voucher", "promo", "promotion", "promocode", "discount")
        ),
        links=frozenset(("is", "my", "the", "a", "this", "called", "named", "number")),
    ),
    phrasebook=Phrasebook(
        did_you_mean="Did you mean {choices}?",
        is_this_right="Did we get this right: {order}?",
        not_understood="We could not read an order in that. We have, for example, {items}.",
        nothing_to_offer="We could not read an order in that. Which item would you like?",
        last_of_alternatives="or",
        with_options="with",
        without_options="no",
        extra="extra",
        light="light",
    ),
)
