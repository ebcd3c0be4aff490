"""English words that change nothing in an order, and those that make it doubtful."""

from typing import Final


def listed(words: str) -> tuple[str, ...]:
    """Return the phrases in *words*, which commas part."""
    return tuple(phrase.strip() for phrase in words.split(",") if phrase.strip())


_FILLER: Final = """
i, im, id, ill, me, my, we, wed, well, us, our, your, them, it, that, this, these, those, here,
i am, i will, we will, we are going to, that will be, can i, can we, could i, could we, may i, may we, might i,
can you, could you, would you, will you, you guys, let, let me, let us,
like to order, like to get, like to have, like to add, like to try, wish to order, wish to get,
wish to have, so like, get like, have like, to take home, take home, to bring home, want, want to, wanna, need, get, im getting, were getting, gotta have,
gotta get, grab, give, gimme, take, bring, pass, send, make me, make us, please make,
can you make, could you make, would you make, do me, ill do, lets do, i will do, can i do,
could i do, can we do, could we do, have, put, order, im ordering, buy, purchase, pick, pick up, choose,
go, go for, go with, go ahead, going to, going with, going for, gonna, try, try out, start, start with,
looking for, looking to, include, including, included, should include, should have, added,
throw, sprinkled, covered in, covered with, finished with, mixed in, mixed with, toss, top, topped,
top it off, top off, dressed, made with, prepared with, served with, im done,
please, pls, plz, thanks, thank, thank you, thank you so much, thx, ty, cheers, thanks so much, thx so much,
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
for the side, for a side, for side, side, sides, as a side, for my side,
for my side item, drink, my drink, for my drink, for a drink, for drink, as a drink, a drink, the drink, for the drink,
beverage, beverages, for lunch, for dinner, for breakfast, for dessert, for a snack, as a snack,
for my meal, for our meal, with my meal, for my main, for my main dish, for the main, as a main, as a starter, for starters, for my entree,
side item, item, items, thing, things, some, some of,
flavor, flavour, style, size, sized, sizes, topping, toppings, my order is, the order is, our order is,
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
let me do, ill just do, i will just do, i fancy, we fancy, i am after, im after, we are after, i do need, i do want, i do also need, for this one, for this order, lol, haha, hahaha, yum, hi yes, hey yes,
the two of us, for the two of us, for both of us, for everyone, for everybody,
is fine, is fine by me, are fine, will do, will do fine, will do nicely, works for me,
will be fine, is all i need, is all we need, is all i want, is all we want, sort me out with, sort us out with, hook me up with,
hook us up with, ring me up, ring up, whip up, fix me, fix me up with, rustle up, knock me up,
morning love, hi love, hello love, hiya love, thanks love, cheers love, ta love, please love,
thanks darling, hi darling, hello darling, thanks hun, hi hun, thanks babe,
in that would be great, to that would be great, on that would be great, with that would be great,
in it would be great, in that would be nice, in that would be lovely, on that would be lovely
"""

_WISHES: Final = tuple(
    " ".join(f"{who} {how} {verb}".split())
    for who in ("id", "i would", "wed", "we would", "would")
    for how in ("", "also", "just", "really", "please")
    for verb in ("like", "love")
)

_DOUBT: Final = """
rather, cancelled, canceled, changed, never mind, nevermind, forgot, sub in,
same as, other, others, rest, less than, more than, at least, at most, up to, under, between,
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
needing, waiting, sitting, standing, parked, like, liked, liking, love, loved, loving, enjoy, enjoyed, wish, wished, hope, hate, hated, hating, heard, thought,
thinking, look, looked, looking, taste, tasted, smell,
yesterday, tomorrow, later, earlier, ago, before, after, already, ever, always, usual, usually, often,
sometimes, every, again, once, last, this morning, last time, last night,

thanks for, thank you for, thank for, thank you so much for, thanks so much for, cheers for,
good, bad, great, awesome, perfect, nice, lovely, tasty, delicious, favorite, favourite, best, better,
worst, wrong, cheap, cheaper, cheapest, expensive, free, largest, smallest, biggest,
price, cost, worth, dollar, buck, cent, euro, pound, off, discount,
from, by, at, out, about, around, way,
in the morning, all the, all of the,
case, case of, combo, meal, deal, pack, box, round of, tray of, crate of, pallet of, any more
"""

FILLER: Final = (*listed(_FILLER.replace("\n", " ")), *_WISHES)
"""What stands in an order and changes nothing."""
DOUBT: Final = listed(_DOUBT.replace("\n", " "))
"""What may tell of something else than an order, or change one in ways that are not read."""

BOTH_OF_US: Final = tuple(
    " ".join(f"{who} {verb} {article}".split())
    for who, verbs in (
        ("are both", "having, getting, ordering, going for, going to have"),
        ("were both", "having, getting, going for"),
        ("we are both", "having, getting, ordering, going for"),
        ("both", "having"),
        ("we both", "want, need, fancy, have, would like, will have"),
        ("well both", "have, take, get"),
        ("we will both", "have, take, get"),
        ("wed both", "like"),
        ("we would both", "like"),
        ("i both", "want, need, fancy, would like"),
        ("both of us", "want, would like, will have, are having"),
    )
    for verb in listed(verbs)
    for article in ("", "a", "an", "the")
)
"""What two people have: one for each of them."""
