"""What English says of places, and of things that no shop sells."""

from typing import Final

from chalicelib.understanding.beside import WhereaboutWords


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


_DWELLINGS: Final = _words("flat apartment apt unit suite room table booth")
WHEREABOUTS: Final = WhereaboutWords(
    leading=_words("in at by on to from near behind outside into onto"),
    determiners=_words("my our the his her their"),
    places=_words(
        """
address airport alley apartment attic avenue backyard bathroom beach bedroom bench bridge building car
carpark church clinic corner counter corridor cottage depot desk door doorstep doorway driveway entrance
fence flat foyer fridge garage garden gate gym hall hallway hedge hospital hostel hotel house
kitchen landing lawn library lift lobby lounge mailbox nursery office parking patio pavement platform
playground porch porter reception roof school seat shed sidewalk sill stairs station step street
studio surgery theatre university van village wall ward warehouse window workshop yard road
"""
    ),
    streets=_words(
        """
street st road rd avenue ave lane drive close crescent terrace court grove gardens place square way
hill row mews boulevard blvd park view rise
"""
    ),
    dwellings=_DWELLINGS,
    numbering=_DWELLINGS | _words("number house building gate floor door bay desk level"),
    counted=_words(
        """
person people kid child children adult guest friend student pupil colleague coworker builder lad girl boy
dog cat minute min hour hr day week month year euro dollar pound quid buck mile kilometre kilometer block
floor step flight degree shelf shelve page room night
"""
    ),
    praising=_words(
        """
nice lovely good great beautiful gorgeous delicious tasty yummy delightful amazing awesome fantastic
wonderful perfect fab fabulous cheeky sneaky proper decent fine humble trusty famous favourite favorite
chopped sliced diced shredded grated crumbled melted ripe juicy creamy fluffy steaming old ole
refreshing comforting scrumptious legendary lush brilliant superb
"""
    ),
    sorts=_words("level type kind style version variety option strength shade"),
    making=_words("do make fix cook prepare brew"),
    pleading=frozenset(("can you", "could you", "would you", "will you")),
)
"""Praise is of any such item: what is "sliced" or "melted" says no more where no menu has it."""
