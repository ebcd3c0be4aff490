"""What English says of an order beside what is ordered: for whom, when and where.

A day or an hour is when the order is wanted, which is not now: it is read as a whole, and doubted.
"""

from typing import Final

from chalicelib.understanding.english_remarks import SAID
from chalicelib.understanding.language import AsideWords


def _listed(words: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in words.split(","))


_WHOSE: Final = ("", "a ", "the ", "my ", "our ", "this ")
_OCCASIONS: Final = _listed(
    "party, birthday, birthday party, dinner party, office party, wedding, anniversary, meeting, event,"
    "conference, workshop, picnic, celebration, holiday, weekend, trip, class, school, office, work,"
    "home, house, shop, project, team, crew, family, kid, child, baby, wife, husband, partner, girlfriend,"
    "boyfriend, mum, mom, mother, dad, father, son, daughter, brother, sister, grandma, grandpa,"
    "nan, gran, little one, little guy, nephew, niece, cousin, roommate, dog, cat,"
    "friend, boss, colleague, coworker, neighbour, neighbor, guest, visitor, student, customer, client"
)
"""For what, or for whom, something is ordered: it changes nothing of what that is."""
_DAYS: Final = _listed(
    "monday, tuesday, wednesday, thursday, friday, saturday, sunday, tomorrow, tomorrow morning,"
    "tomorrow evening, later, later today, tonight, this evening, this afternoon, the morning, the afternoon, the evening"
)
_FEASTS: Final = _listed(
    "christmas, christmas eve, christmas day, easter, new year, new years, new years eve, halloween,"
    "thanksgiving, next week, next month, noon, midday, midnight"
)
_HOURS: Final = tuple(
    f"{hour} {half}".strip() for hour in range(1, 13) for half in ("am", "pm", "oclock")
)
_KIN: Final = _listed(
    "kid, child, wife, husband, partner, girlfriend, boyfriend, mum, mom, mother, dad, father, son,"
    "daughter, brother, sister, grandma, grandpa, friend, mate, boss, colleague, husband, hubby, missus,"
    "nephew, niece, cousin, roommate, flatmate, nan, gran, toddler, little one, little guy, little girl,"
    "little boy, oldest, youngest, eldest, other half, daughters friend"
)
ASIDES: Final = (
    *(
        f"my {who} {verb}"
        for who in _KIN
        for verb in ("wants", "needs", "would like", "will have", "will take")
    ),
    *(f"for {whose}{what}" for whose in _WHOSE for what in _OCCASIONS),
    *(f"for {number} {who}" for number in range(2, 25) for who in ("people", "guest", "of us")),
    *(
        f"{lead} {place} {number}"
        for lead in ("for", "to", "at")
        for place in ("table", "room")
        for number in range(1, 25)
    ),
    *SAID,
)
"""For whom, when and where: said of an order, and no part of it."""
LATER: Final = (
    *(f"{lead} {day}" for lead in ("for", "by", "on") for day in (*_DAYS, *_FEASTS)),
    *(f"{lead} {hour}" for lead in ("for", "by", "at", "around") for hour in _HOURS),
    *(f"in the {part}" for part in ("afternoon", "evening")),
    *(f"at {hour}" for hour in range(1, 13)),
)
"""When, other than now: an order for another time is a wrong order if it is made at once."""

_PEOPLE: Final = _listed(
    "he is, hes, she is, shes, they are, theyre, since i am, since we are, because i am"
)
BESIDE: Final = AsideWords(
    openings=_listed(
        "i am, im, we are, were, it is for, it is my, it is our, ive just, weve just, i just got,"
        "we just got, my friend is, the dog is"
    ),
    inner=(
        *_PEOPLE,
        *(f"{why} {who}" for why in ("since", "because", "cos") for who in _PEOPLE[:6]),
    ),
    narrative=frozenset(
        _listed(
            "is, are, was, been, being, be, he, she, they, person, everyone, everybody, someone, friend, has,"
            "having, good, great, nice, lovely, best, coming, around, over, out, about, at, love, loving,"
            "there, under, were, waiting, sitting, standing, parked, ive, weve, getting, gotten, from"
        )
    ),
    purposes=frozenset(
        f"for {whose}" for whose in ("my", "our", "his", "her", "their", "the", "a")
    ),
    points=frozenset(("for the", "for a")),
    closings=frozenset(("so",)),
    weighty=frozenset(
        _listed(
            "allergic, allergy, intolerant, celiac, coeliac, vegan, vegetarian, gluten, dairy, lactose, nut,"
            "halal, kosher, pregnant, diabetic, diet, kidding, joking, test, testing, wondering, curious,"
            "asking, undecided, unsure, deciding, closed, done, cancelling, canceling, leaving, rare, cooked,"
            "soon, minute, hour, week, month, morning, afternoon, evening, night, tonight, weekend, price,"
            "monday, tuesday, wednesday, thursday, friday, saturday, sunday, january, february, march, april,"
            "may, june, july, august, september, october, november, december, christmas, easter, noon"
        )
    ),
)
"""What is said of people and purposes; a day, a diet or a joke is weighty, as it may change all."""
