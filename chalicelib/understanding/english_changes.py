"""How English says how much, what not, and what else instead: amounts, refusals, corrections."""

from typing import Final

from chalicelib.understanding.english_words import listed
from chalicelib.understanding.language import IdiomWords

_HEAPS: Final = listed(
    "lots, loads, tons, heaps, lashings, plenty, oodles, masses, piles, mounds, a lot,"
    "a load, a ton, a heap, a bunch, a whole lot, a whole bunch, a good amount, a generous amount,"
    "a large amount, a big helping, a generous helping, a good helping, a generous portion, an abundance,"
    "lots and lots, loads and loads, tons and tons, lot, ton, an extra amount, extra amount"
)
_SPECKS: Final = listed(
    "a bit, a little bit, a tiny bit, a wee bit, a small bit, the tiniest bit, a touch, a tad, a hint,"
    "a drop, a tiny drop, a trace, a smidge, a smidgen, a smidgeon, a whisper, a dab, a spot, a little,"
    "a small amount, a tiny amount, a light amount, a light drizzle, a light sprinkle, a light dusting"
)
_BOTH: Final = ("of both", "on both", "both")
_MUCH_OF_BOTH: Final = tuple(
    f"{amount} {both}" for amount in ("extra", "lots", "double", "heavy") for both in _BOTH
)
_LITTLE_OF_BOTH: Final = tuple(
    f"{amount} {both}"
    for amount in ("light", "easy", "a little", "just a little")
    for both in _BOTH
)
EXTRA: Final = (
    *_MUCH_OF_BOTH,
    *(f"{amount} of" for amount in _HEAPS),
    *(f"{amount} of extra" for amount in _HEAPS),
    *listed(
        "extra, extra of, heavy, heavy on, heavy on the, a lot more, a bit more, a little more, with more,"
        "and more, so much, go heavy on, go heavy on the, generous with,"
        "generous with the, be generous with, be generous with the, generous on the, double the,"
        "double up on, double up on the, double up the, twice the, triple the, pile on, pile on the,"
        "load up on, load up on the, load it up with, loaded with, piled with, smothered in, smother it in,"
        "dont be shy with, dont be shy with the, dont be shy on the, dont skimp on, dont skimp on the,"
        "dont hold back on the"
    ),
)
LIGHT: Final = (
    *_LITTLE_OF_BOTH,
    *(f"{only} {amount}" for only in ("just", "only") for amount in _SPECKS),
    *(
        f"{only}{amount} of".strip()
        for only in ("", "just ", "only ")
        for amount in (*_SPECKS, *(speck.split(" ", 1)[1] for speck in _SPECKS))
    ),
    *listed(
        "light, lightly, lite, light on, light on the, go light on, go light on the, go light with the,"
        "easy, easy on, easy on the, go easy on, go easy on the, go easy with the, take it easy on the,"
        "a bit, a little bit, a little, a touch, a tad, little, very little, very light,"
        "very light on, very light on the, less, a bit less, a little less, not too much, not too many,"
        "not too much of the, not much, not many, not very much, not so much, not a lot of, not loads of,"
        "not lots of, hardly any, barely any, scarcely any, next to no, sparing with the,"
        "sparing on the, skimp on the, go sparingly on the"
    ),
)
_REFUSED: Final = listed(
    "without, hold, minus, leave off, leave out, excluding, avoid, do not want, dont want, i dont want,"
    "we dont want, dont add, dont put, do not add, do not put, dont include, do not include, sans, omit,"
    "go without, do without, skip on, dont give me, none of, no need for, leaving out, leaving off,"
    "not including, id rather not have, would rather not have, rather not have, can i not have,"
    "could i not have, keep off, keep out"
)
WITHOUT: Final = (
    *(f"{refused}{what}" for refused in _REFUSED for what in ("", " the", " any")),
    *listed("take away the, takeaway the, takeout the, please no, none of that, none of your"),
)
EXCEPT: Final = listed(
    "except, except for, except the, except for the, other than, other than the, apart from,"
    "apart from the, excepting, save for the"
)
NO: Final = listed("no, nope, nah, not, zero, with no, and no, but no, not any, no more")
HEDGE: Final = listed("not too, not overly, not super, not very, nothing too, nothing very")
_DROPPED: Final = listed(
    "scratch, cancel, forget, forget about, scrap, ditch, drop, lose, skip, remove, take off, nix, bin,"
    "never mind, nevermind, dont bother with, do not bother with, dont worry about, dont need,"
    "i dont need, i do not need, do not need, we dont need, no longer need, no longer want, delete, axe"
)
_DROPPED_ALONE: Final = frozenset(
    (
        "scrap",
        "ditch",
        "drop",
        "lose",
        "bin",
        "never mind",
        "nevermind",
        "delete",
        "axe",
        "take off",
    )
)
"""What takes out an item only with "the": "drop" may be of sauce, "never mind" of anything."""
DROP: Final = (
    *(dropped for dropped in _DROPPED if dropped not in _DROPPED_ALONE),
    *(f"{dropped} the" for dropped in _DROPPED),
    *listed(
        "dont bother with a, dont bother with any, take off, take out the, dont need a, dont need any"
    ),
)
_THAT: Final = ("that", "it", "those", "them", "these", "this")
_LEADS: Final = ("", "actually ", "and ", "but ", "oh and ", "or ", "instead ", "lets ", "better ")
MEND: Final = (
    *(f"{lead}make {that}" for lead in _LEADS for that in ("that", "it", "those", "them")),
    *(f"change {that} to" for that in _THAT),
    *(f"{verb} {that} to" for verb in ("switch", "upgrade") for that in _THAT),
    *(f"{void} {that}" for void in ("scratch", "strike", "scrap", "ignore") for that in _THAT[:1]),
    *listed(
        "wait, no wait, wait no, hang on, no hang on, hold on, no hold on,"
        "no sorry, sorry no, i mean, i meant, i meant to say, sorry i mean, sorry i meant,"
        "sorry i meant to say, what i meant was, what i meant is, meant to say, or rather,"
        "cancel that, forget that, on second thought, on reflection, oops, whoops, woops, correction,"
        "my mistake, my bad, my apologies, i changed my mind, changed my mind, ive changed my mind,"
        "tell a lie, i take that back, take that back, or better, or better yet, better yet"
    ),
)
RETHINK: Final = listed(
    "actually, sorry, or actually, come to think of it, now i think of it, now that i think of it,"
    "thinking about it, you know what, do you know what, tell you what, make"
)
SWAP: Final = (
    *(f"{verb}{the}" for verb in ("swap", "switch", "replace", "change") for the in ("", " the")),
    *listed(
        "upgrade, upgrade the, upsize the, substitute, substitute the, swap out, swap out the, switch out the, trade the"
    ),
    *(f"{lead}make the" for lead in _LEADS[:5]),
)
RATHER_THAN: Final = listed(
    "instead of, rather than, in place of, instead of the, rather than the, in place of the"
)
IDIOMS: Final = IdiomWords(
    intensifiers=frozenset(("double", "triple", "extra")),
    shared=frozenset((*_MUCH_OF_BOTH, *_LITTLE_OF_BOTH)),
    # Annotators of orders differ on these: to some they are an amount, to some just talk.
    loose=frozenset(("plenty of", "triple", "triple the")),
    wholes=frozenset(("everything", "all", "all the", "every")),
    limiting=frozenset(("just", "only")),
    answering=frozenset(("no", "nope", "nah")),
    wished=frozenset(
        listed(
            "if you have it, if you have any, if you have them, if you have some, if you got it, if available,"
            "on top, on the top"
        )
    ),
    parted={
        "let": frozenset(("go",)),
        "leave": frozenset(("off", "out")),
        "keep": frozenset(("off", "out")),
        "take": frozenset(("off", "out")),
    },
)
