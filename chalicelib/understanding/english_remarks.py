"""What English says to whoever brings an order, and of the day."""

from itertools import product
from typing import Final

from chalicelib.understanding.beside import RemarkWords
from chalicelib.understanding.english_words import listed


def _pairs(firsts: str, seconds: str) -> tuple[str, ...]:
    """Return each of *firsts* before each of *seconds*."""
    return tuple(" ".join(pair) for pair in product(listed(firsts), listed(seconds)))


SAID: Final = (
    *_pairs(
        "have a good, have a great, have a nice, have a lovely",
        "day, one, evening, night, weekend, week",
    ),
    *_pairs("it is been a long, it is been a rough, it is been a hard", "day, week"),
    *_pairs("sorry for the, sorry about the", "wait, long wait"),
    *_pairs("it is been one of those", "day, week, month"),
    *_pairs("if it, if that, if this, if it still, if that still", "works, counts, applies"),
    *_pairs(
        "no, no need for, dont need, i dont need, we dont need, dont need any",
        "cutlery, napkins, straw, straws, bag, receipt, utensils, cutlery or napkins",
    ),
    *listed(
        """
you know what, see you, see you soon, see you in a bit, see you then, cant wait, bye, bye bye,
keep the change, by card, in cash, with cash, pay by card, paying by card, paying cash,
paying in cash, paying with cash, paying with card, cash on delivery, contactless,
you guys are the best, you are the best, youre the best, youre a star, youre a legend,
you guys are great, love you guys, god bless, take care, all the best, bless you, long story,
dont worry, dont worry about it, no stress, no allergies, no known allergies,
as quick as you can, as fast as you can, when you get a sec, when you get a minute,
when you get a moment, whenever you are ready, as it comes, as they come, just as it comes,
with everything as it comes, first time here, first time ordering, believe it or not,
to be honest, tbh, if im honest, in a bag, in a paper bag,
put it in a bag, put them in a bag, bag it up, as per usual, if it is ok
"""
    ),
)
"""What is said of no order: a farewell, a sigh, how it is paid."""
OPEN_REMARKS: Final = listed("doesnt work, isnt working, sorry for, sorry about")
"""What may be said of an item, and then orders none; of anything else it is a remark."""

_NOTES: Final = (
    *listed(
        """
ring the, ring my, ring our, ring when, ring me, ring us, ring on, ring flat, ring number, knock, buzz,
call me, call us, call when, call my, call the, call out, text me, text us, text when, text my,
phone me, phone us, phone when, shout when, leave the order, leave everything, leave by, leave at,
leave in, leave with, hand it, hand them, meet me, meet us, ask for, come to, come round, come in,
come up, use the side, use the back, use the front, go round, mind the, beware, watch out, watch the,
look for, park, my name is, name is, the name is, name, under the name, in the name, it is under,
put it under, my address is, address is, the address is, i live, we live, i work, we work,
i will be, we will be, ill be, you will find, you will see, the code is, the gate code, the door code,
the entry code, the buzzer code, door code, gate code, entry code, the buzzer, my number is,
my phone number is, phone number, my mobile is, my mobile number is, contact number, tel, telephone,
dont ring, dont knock, do not ring, do not knock, please ring, please knock, please call,
please text, please buzz
"""
    ),
    *_pairs("give me a, give us a", "shout, call, ring, bell, knock"),
    *_pairs(
        "leave it, leave them, please leave it, please leave them, drop it, drop them",
        "at, by, in, on, with, outside, behind, near, next, under, off at",
    ),
)
_PAST: Final = (
    *_pairs(
        "i, i just, i only just, we, we just",
        "had a, had an, had that, had it, had this, was, were, went, came, got back, got home,"
        "walked, broke, lost, ran out, ruined, dropped, finished, moved, forgot",
    ),
    *_pairs(
        "ive, weve, ive just, weve just, i have just, we have just",
        "had a, had an, been, moved, got, got back, got home, finished, come, started",
    ),
    *_pairs("he, she, they", "is, are, was, were, has, have"),
    *_pairs("there, it", "is, are, was, were, has, has been"),
    *listed(
        """
i am, im, we are, were, you are, youre, you guys are, love your, we love your, i love your, since,
because, cos, as i am, as we are, hope you, hope youre, hope all, i hope you, i hope youre, feeling,
treating myself, sorry to, sorry for, sorry about, long time, when you get a, whenever you, hurry up,
as quick as, as fast as, happy, i could kill for, quick one before, quick order before,
to be collected by, being collected by
"""
    ),
)
REMARKS: Final = RemarkWords(
    notes=_NOTES,
    noted=frozenset(
        listed(
            """
at, by, from, when, is, are, be, will, you, he, she, they, there, someone, somebody, person, friend,
first, second, third, last, the first, the second, the third, the last, doesnt work, around, own,
waiting, sitting, standing, parked, coming, once, way, before, after, as per usual
"""
        )
    ),
    past=_PAST,
    told=frozenset(
        listed(
            """
had, was, were, been, is, are, has, got, yesterday, ago, last, last night, mine, all, about, out, up, at,
from, you, your, home, back, came, ran, week, month, hour, minute, night, morning, afternoon, evening,
weekend, this morning, good, great, bad, nice, lovely, way, there, around, over, ive, weve, again, already,
we
"""
        )
    ),
    hopes=listed("would be, would do, would hit the spot, would go down a treat"),
    naming=listed("my name is, name, name is, the name is, under the name"),
    subjects=frozenset(listed("my, our, the, his, her, their")),
    possessives=frozenset(listed("my, our, his, her, their")),
    predicates=frozenset(listed("is, are, was, were, has, had, will, doesnt work, isnt working")),
    serious=frozenset(
        listed(
            """
much, many, few, less, least, most, plenty, enough, spare, double, half, whole, full, empty, normal,
instead, different, opposite, another, separate, change, order, check, mean, mistake, except, else
"""
        )
    ),
)
"""Of doubtful words, "out" is harmless in a tale, but not in a note: what is left out is refused."""
