"""The words of English: numbers, negation, amounts, connectors and filler.

Nothing here names what a menu sells. Of food it knows only how English says that something
is left out: "black" is without milk, "hot" without ice.

Of things it knows only which come in pairs, and the spellings of units.

Filler is what stands in an order and changes nothing. A word that may also tell of another
day, ask, praise or speak of somebody else is no filler by itself, only within a phrase
that orders: "like" is not, "i would like" is.
"""

from typing import Final

from chalicelib.understanding.english_asides import ASIDES
from chalicelib.understanding.english_units import (
    GLUED,
    MEASURES,
    PAIRED,
    SPELLINGS,
    UNIT_SPELLINGS,
)
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
i, im, id, ill, me, my, we, wed, well, us, our, your, them, it, that, this, these, those, here,
i am, i will, we will, we are going to, that will be, can i, can we, could i, could we, may i, may we, might i,
can you, could you, would you, will you, you guys, let, let me, let us,
like to order, like to get, like to have, like to add, like to try, wish to order, wish to get,
wish to have, so like, want, want to, wanna, need, get, im getting, were getting, gotta have,
gotta get, grab, give, gimme, take, bring, pass, send, make me, make us, please make,
can you make, could you make, would you make, do me, ill do, lets do, i will do, can i do,
could i do, can we do, could we do, have, put, order, im ordering, buy, purchase, pick, pick up, choose,
go, go for, go with, go ahead, going to, going with, going for, gonna, try, try out, start, start with,
looking for, looking to, include, including, included, should include, should have, added,
throw, sprinkled, covered in, covered with, finished with, mixed in, mixed with, toss, top, topped,
top it off, top off, dressed, made with, prepared with, served with, im done,
please, pls, plz, thanks, thank, thank you, thank you so much, thx, ty, cheers, so much,
very much, kindly, hi, hello, hey, hiya, yo, howdy, hi there, hello there, hey there,
good morning, good afternoon, good evening, ok, okay, alright, all right, right, sure, great thanks,
great thank you, perfect thanks, perfect thank you, um,
uh, uhm, er, erm, hmm, oh, ah, now, just, only, simply, so, then, next, first,
first of all, firstly, second, lastly, finally, last thing, one last thing, and last, today, tonight,
right now, asap, for, of, on, in, to, into, onto, over, inside, as, if possible,
if you can, if you could, if you please, when you can, when you get a chance, that would be great,
that would be nice, that would be lovely, that would be perfect, that would be awesome, thatd be great,
that will be all, thats all, thats it, that is all, that is it, that will be it, thatll be all,
thatll be it, be all, be it, all set, and thats it, for here, to go, to eat, to drink,
on top, on top of, on it, on that, on them, on this, in it, in that, in that one, to it, to that,
on the side, on side, for the side, for a side, for side, side, sides, as a side, for my side,
for my side item, drink, my drink, for my drink, for a drink, for drink, as a drink, a drink, the drink, for the drink,
beverage, beverages, for lunch, for dinner, for breakfast, for dessert, for a snack, as a snack,
for my main, for my main dish, for the main, as a main, as a starter, for starters, for my entree,
side item, item, items, thing, things, some, some of,
flavor, flavour, style, size, sized, sizes, topping, toppings, plain, normal, my order is, the order is, our order is,
delivery, deliver, pickup, takeout, take out, takeaway, take away, along, alongside, together,
how about, i guess, i think, really, for myself, fresh, freshly, put me down for,
sir, maam, madam, mate, buddy, man, guys, dear, bro, dude, there please, to have, to get, to order,
to try, to try out, quick, quickly, real quick,
morning, afternoon, evening, good day, thanks a lot, thanks a million, thanks a bunch, many thanks,
thanks in advance, much appreciated, ta, btw, by the way, fyi, lets say, can you do, could you do,
to share, for sharing, no rush, no hurry, no worries, no problem, place an order, place an order for,
like to place an order, like to place an order for, collection, collect, for collection, to collect,
please and thank you, final answer, nothing else, and nothing else, nothing more, that is everything,
so that is, at all, hungry, starving, thirsty, picking up, for pickup, for her, for him,
if you have it, if you have any, if you have them, if you have some, if you got it, if available,
if that is ok, if that is okay, if that is possible, if that is alright,
is it ok to order, is it okay to order, is it possible to order, is it ok to get, is it possible to get,
the two of us, for the two of us, for both of us, for everyone, for everybody
"""

_WISHES = tuple(
    " ".join(f"{who} {how} {verb}".split())
    for who in ("id", "i would", "wed", "we would", "would")
    for how in ("", "also", "just", "really", "please")
    for verb in ("like", "love")
)

_DOUBT = """
rather, cancelled, canceled, changed, never mind, nevermind, forgot, sub in,
same, same as, other, others, the rest, rest, less than, more than, at least, at most, up to, under, between,
quarter, third, split, separate, separately, each other, except for that, remove that,
none, nothing, undo, if, unless, depending, maybe, perhaps, either, neither, nor, whichever, whatever,
any, more, kind, sort, type, kinda, choice, option, similar, alternatively, otherwise, not sure, dont know,

do you have, do you sell, do you guys have, have you got, can you have, could you have, have you,
how much, how many, how, what, what about, when, where, why, who, whose, which, is there, are there,
is, are, am, was, were, be, been, being, do, does, did, done, should, shall, must, might, may, can, could,
would, will, would you like, would you say, dont, didnt, doesnt, isnt, arent, wasnt, werent, hasnt,
havent, hadnt, couldnt, shouldnt, wouldnt, never, recommend, suggest, surprise,

pass on, toss the, let go, start over, go over, delivery of,
just looking, so so, can you drink, will you have, would you have, dozen of, hundred of,

you, he, she, they, ive, weve, youve, theyve, mine, own, person, everyone, everybody, someone,
somebody, anyone, friend, there,
i have, we have, i get, we get, i buy, we buy, i make, we make, i put, we put, i added, we added,
i topped, had, has, having, got, getting, gotten, ordered, bought, purchased, received, gave, given,
brought, took, taken, tried, drank, drinking, i drink, we drink, people drink, sent, said, told, asked,
came, come, coming, made, making, prepared, served, serving, serve, finished, taking, wanted, wanting, needed,
needing, like, liked, liking, love, loved, loving, enjoy, enjoyed, wish, wished, hope, hate, hated, hating, heard, thought,
thinking, look, looked, looking, taste, tasted, smell,
yesterday, tomorrow, later, earlier, ago, before, after, already, ever, always, usual, usually, often,
sometimes, every, again, once, last, this morning, last time, last night,

thanks for, thank you for, thank for, thank you so much for, thanks so much for, cheers for,
good, bad, great, awesome, perfect, nice, lovely, tasty, delicious, favorite, favourite, best, better,
worst, wrong, cheap, cheaper, cheapest, expensive, free, largest, smallest, biggest,
price, cost, worth, dollar, buck, cent, euro, pound, off, discount,
from, by, at, out, about, around, way,
in the morning, all the, all of the,
case, case of, combo, meal, deal, pack, pack of, box, box of, bag of, round of, tray of
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
    pairs=_split("a pair of, pair of"),
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
        "the first one": 1,
        "the second one": 1,
        "the last one": 1,
        "the first": 1,
        "the second": 1,
        "the third": 1,
        "hundred": 100,
        "thousand": 1_000,
        **{f"{number} more": number for number in range(1, 25)},
        **{f"the other {number}": number for number in range(2, 25)},
    },
    phrases={
        Role.ARTICLE: _split("a, an, another"),
        Role.TIMES: ("x", "times"),
        Role.MEASURE: _split(
            "order of, orders of, side of, sides of, side order of, side orders of,"
            "cup of, cups of, glass of, glasses of, bottle of, bottles of, can of, cans of,"
            "bowl of, bowls of, plate of, plates of, portion of, portions of, serving of,"
            "servings of, piece of, pieces of, slice of, slices of, basket of, baskets of, pot of, pots of, mug of, mugs of, pint of, pints of,"
            "pump of, pumps of, shot of, shots of, layer of, layers of, scoop of, scoops of,"
            "drizzle of, sprinkle of, dollop of, handful of, packet of, packets of, pump, pumps, helping of, helpings of, portion,"
            "tin of, tube of, tub of, jar of, jug of, pitcher of, carton of, sachet of, roll of, reel of, spool of,"
            "sheet of, stick of, bar of, block of, loaf of, wedge of, length of"
        ),
        Role.EXTRA: _split(
            "extra, extra of, lots of, lot of, a lot of, loads of, tons of, a ton of, heavy,"
            "heavy on, heavy on the, a lot more, extra amount of, an extra amount of,"
            "a bit more, a little more, heaps of, lashings of, go heavy on, go heavy on the"
        ),
        Role.LIGHT: _split(
            "light, lightly, lite, light on, light on the, go light on, go light on the, easy,"
            "easy on, easy on the, go easy on, go easy on the, a little, little, little bit of,"
            "a little bit of, a little of, a bit of, bit of, a tiny bit of, tiny bit of, a touch of,"
            "touch of, just a little, just a bit of, less, not too much, not too many, not much,"
            "hardly any, barely any, a bit less, a hint of, hint of, a small amount of, small amount of, a bit, a tad of, a tad"
        ),
        Role.WITHOUT: _split(
            "without, without any, hold, hold the, minus, minus the, leave off, leave off the,"
            "leave out, leave out the,"
            "take away the, takeaway the, takeout the, except, except for, excluding, avoid, do not want, dont want, i dont want,"
            "dont want any, dont add, dont put, do not add, do not put, dont include, please no, sans, omit,"
            "omit the"
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
            "for both, on both, on each, for each, all of those, both of those, on all of them,"
            "all of it, of each, in each, in all of them, on either, in either, on any of them"
        ),
        Role.ALL: ("all",),
        Role.DEFINITE: ("the",),
        Role.ONTO: _split("to the, on the, onto the, in the, into the, for the"),
        Role.OF_THEM: _split("of them, of those, of these, of which"),
        Role.HALF: _split("half, half of, half the"),
        Role.ONES: ("ones",),
        Role.SAME: _split("same for, the same for, same with, the same with"),
        Role.MEND: _split(
            "wait, no wait, wait no, hang on, no hang on, hold on, no hold on, no sorry, sorry no,"
            "i mean, i meant, i meant to say, or rather, scratch that, strike that, cancel that,"
            "forget that, make that, make it, make those, make them, change that to,"
            "change it to, change those to, change them to, on second thought, oops, correction"
        ),
        Role.RETHINK: _split("actually, sorry"),
        Role.DROP: _split(
            "scratch, scratch the, cancel, cancel the, forget, forget the, forget about the,"
            "drop the, lose the, ditch the, skip, skip the, remove, remove the, take off, take off the,"
            "take out the"
        ),
        Role.SWAP: _split(
            "swap, swap the, switch, switch the, replace, replace the, change, change the,"
            "substitute, substitute the"
        ),
        Role.RATHER_THAN: _split("instead of, rather than, in place of, instead of the"),
        Role.INSTEAD: ("instead",),
        Role.YES: _split(
            "yes, yes please, yeah, yep, yup, yea, correct, exactly, that is right, that is correct,"
            "that is it exactly"
        ),
        Role.ALSO: ("also", "too", "as well", *(f"{number} more" for number in range(1, 25))),
        Role.FILLER: (*_split(_FILLER.replace("\n", " ")), *_WISHES),
        Role.DOUBT: (
            *_split(_DOUBT.replace("\n", " ")),
            *(f"over {number}" for number in range(1, 25)),
        ),
    },
    asides=ASIDES,
    ordinals={
        **{word: place for place, word in enumerate(("first", "second", "third", "fourth"), 1)},
        "last": -1,
    },
    absences={
        "black": ("milk", "cream", "creamer"),
        "hot": ("iced", "ice", "cold", "frozen"),
        "warm": ("iced", "ice", "cold", "frozen"),
    },
    requests=_split(
        "can i, could i, may i, might i, can we, could we, may we, please, pls, plz, me, us,"
        "i want, we want, i need, we need, id like, wed like, i would like, we would like,"
        "ill have, ill take, ill get, well have, well take"
    ),
    coupon=CouponWords(
        verbs=frozenset(
            ("use", "using", "apply", "applying", "redeem", "redeeming", "with", "enter", "try")
        ),
        nouns=frozenset(
            ("code", "coupon", "voucher", "promo", "promotion", "promocode", "discount")
        ),
        links=frozenset(("is", "my", "the", "a", "this", "called", "named", "number")),
        refusals=frozenset(
            _split(
                "not, dont, no, never, without, cant, cannot, wont, couldnt, didnt, doesnt, isnt,"
                "forget, cancel, remove, skip, if, unless, should"
            )
        ),
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
