"""What English says of an order beside what is ordered: for whom, when and where.

A day or an hour is taken for when the order is wanted only behind "for", "by" or "at": "on
Saturday" may be another time, and alone it is a word that nobody here knows.
"""

from typing import Final


def _listed(words: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in words.split(","))


_WHOSE: Final = ("", "a ", "the ", "my ", "our ", "this ")
_OCCASIONS: Final = _listed(
    "party, birthday, birthday party, dinner party, office party, wedding, anniversary, meeting, event,"
    "conference, workshop, picnic, celebration, holiday, weekend, trip, class, school, office, work,"
    "home, house, shop, project, team, crew, family, kid, child, baby, wife, husband, partner, girlfriend,"
    "boyfriend, mum, mom, mother, dad, father, son, daughter, brother, sister, grandma, grandpa,"
    "friend, boss, colleague, coworker, neighbour, neighbor, guest, visitor, student, customer, client"
)
"""For what, or for whom, something is ordered: it changes nothing of what that is."""
_DAYS: Final = _listed(
    "monday, tuesday, wednesday, thursday, friday, saturday, sunday, tomorrow, tomorrow morning,"
    "tomorrow evening, later, later today, tonight, this evening, this afternoon"
)
_HOURS: Final = tuple(f"{hour} {half}" for hour in range(1, 13) for half in ("am", "pm", "oclock"))
_KIN: Final = _listed(
    "kid, child, wife, husband, partner, girlfriend, boyfriend, mum, mom, mother, dad, father, son,"
    "daughter, brother, sister, grandma, grandpa, friend, mate, boss, colleague"
)
ASIDES: Final = (
    *(
        f"my {who} {verb}"
        for who in _KIN
        for verb in ("wants", "needs", "would like", "will have", "will take")
    ),
    *(f"for {whose}{what}" for whose in _WHOSE for what in _OCCASIONS),
    *(f"{lead} {day}" for lead in ("for", "by") for day in _DAYS),
    *(f"{lead} {hour}" for lead in ("for", "by", "at", "around") for hour in _HOURS),
    *(f"for {number} {who}" for number in range(2, 25) for who in ("people", "guest", "of us")),
    *(
        f"{lead} {place} {number}"
        for lead in ("for", "to", "at")
        for place in ("table", "room")
        for number in range(1, 25)
    ),
)
"""For whom, when and where: said of an order, and no part of it."""
