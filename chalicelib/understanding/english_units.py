"""How English spells units of measure and the like, and what it counts in pairs."""

from typing import Final

PAIRED: Final = frozenset(
    """
glove, mitten, shoe, sock, boot, sandal, sneaker, trainer, slipper, heel, loafer, flop, flipper, lace,
shoelace, insole, jean, trouser, pant, sweatpant, short, legging, tight, stocking, pajama, overall,
knicker, boxer, brief, scissor, shear, plier, tweezer, clipper, tong, pincer, sunglass,
goggle, spectacle, binocular, earring, cufflink, headphone, earphone, earbud, earplug, chopstick,
ski, skate, crutch
""".replace(",", " ").split()
)
"""What a pair of is one thing to buy."""


CONTAINERS: Final = frozenset(
    """
bag, box, pack, packet, tin, tube, tub, jar, carton, sachet, basket, bucket, sack, pouch, bundle, bunch,
pot, can, bottle, roll, punnet, tray, case
""".replace(",", " ").split()
)
"""What things are sold in."""
_WHOLESALE: Final = frozenset(("tray", "case", "can", "bottle", "pot", "roll"))
CONTAINERS_OF: Final = tuple(
    f"{one}{plural} of"
    for one in sorted(CONTAINERS - _WHOLESALE)
    for plural in ("", "es" if one.endswith("x") else "s")
)
"""How a container leads what it holds, where that is one unit to buy: a case holds several."""


def _each_as(spellings: dict[str, str]) -> dict[str, str]:
    """Return the usual spelling of each of the *spellings* listed behind it, by spelling."""
    return {other: usual for usual, others in spellings.items() for other in others.split()}


UNIT_SPELLINGS: Final = _each_as(
    {
        "oz": "ounce ounces ozs",
        "lb": "lbs",
        "gram": "gramme grammes gm gms grm",
        "kg": "kgs kilo kilos kilogram kilograms kilogramme kilogrammes",
        "liter": "litre litres liters ltr ltrs",
        "ml": "mls millilitre millilitres milliliter milliliters",
        "cl": "centilitre centilitres centiliter centiliters",
        "meter": "metre metres meters mtr mtrs",
        "cm": "cms centimetre centimetres centimeter centimeters",
        "mm": "millimetre millimetres millimeter millimeters",
        "inch": "inches",
        "piece": "pc pcs pce pces",
        "pack": "pk pks pkt pkts",
    }
)
SPELLINGS: Final = _each_as(
    {
        "color": "colour colours",
        "flavor": "flavour flavours",
        "center": "centre centres",
        "fiber": "fibre fibres",
        "aluminum": "aluminium",
    }
)
PARTITIVE: Final = frozenset(("slice of", "wedge of"))
"""What measures a part of a thing that may be sold whole."""
COUNTING: Final = frozenset(("piece", "count", "ct", "quantity", "qty"))
"""What says, by an option or the name of its group, how many of a thing make one."""
SIZES: Final = frozenset((*UNIT_SPELLINGS.values(), "watt", "volt", "gallon", "ft")) - {
    "piece",
    "pack",
}
"""Units of measure: a number before one is a size, and counts nothing."""
MEASURES: Final = {"g": "gram", "gr": "gram", "l": "liter", "lt": "liter", "m": "meter"}
"""Short for a measure behind a number; a menu may use the letters otherwise."""
GLUED: Final = {"in": "inch", '"': "inch", "w": "watt", "v": "volt"}
"""Short for a measure only where nothing stands between: "12in" is, "12 in black" is not."""
