"""Random expressions, and the values in them: short texts and small numbers, so that they meet."""

from typing import Any

from hypothesis import strategies as st

numbers = st.one_of(
    st.integers(-20, 20).map(str), st.sampled_from(["0.5", "-1.25", "100", "7.0"])
).map(lambda text: {"N": text})
texts = st.sampled_from(["", "x", "xy", "yx", "z\u00e9"]).map(lambda text: {"S": text})
names = st.sampled_from(["x", "y", "z"])
sets = st.sets(names, min_size=1).map(lambda members: {"SS": sorted(members)})
flags = st.booleans().map(lambda flag: {"BOOL": flag})
lists = st.lists(st.one_of(numbers, texts), max_size=3).map(lambda members: {"L": members})
maps = st.dictionaries(names, st.one_of(numbers, texts), max_size=2).map(lambda inner: {"M": inner})

VALUES: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "n": numbers,
    "s": texts,
    "t": sets,
    "f": flags,
    "l": lists,
    "m": maps,
    "c": numbers,
}
"""Attributes and what they hold, nearly always."""


class Placeholders:
    """Hands out placeholders, each used once."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    def __call__(self, value: dict[str, Any]) -> str:
        """Return the placeholder of *value*."""
        name = f":v{len(self.values)}"
        self.values[name] = value
        return name


def _simple(draw: st.DrawFn, held: Placeholders) -> str:
    """Return a condition of one comparison or function."""
    kind = draw(st.sampled_from(["exists", "equal", "order", "between", "in", "part", "size"]))
    name = draw(st.sampled_from([*VALUES, "pk", "m.x", "l[0]"]))
    values = VALUES.get(name, texts)
    match kind:
        case "exists":
            text = f"{draw(st.sampled_from(['attribute_exists', 'attribute_not_exists']))}({name})"
        case "equal":
            text = f"{name} {draw(st.sampled_from(['=', '<>']))} {held(draw(values))}"
        case "order":
            name = draw(st.sampled_from("nncs"))
            text = f"{name} {draw(st.sampled_from(['<', '<=', '>', '>=']))} {held(draw(numbers))}"
        case "between":
            lower, upper = sorted(draw(st.tuples(st.integers(-9, 9), st.integers(-9, 9))))
            name = draw(st.sampled_from("nncs"))
            text = f"{name} BETWEEN {held({'N': str(lower)})} AND {held({'N': str(upper)})}"
        case "in":
            text = f"{name} IN ({held(draw(values))}, {held(draw(values))})"
        case "part":
            of = draw(st.sampled_from(["begins_with(s", "contains(s", "contains(t"]))
            text = f"{of}, {held({'S': draw(names)})})"
        case _:
            of, sign = draw(st.sampled_from("stlm")), draw(st.sampled_from(["=", "<", ">="]))
            text = f"size({of}) {sign} {held({'N': str(draw(st.integers(0, 3)))})}"
    return text


@st.composite
def conditions(draw: st.DrawFn, held: Placeholders) -> str:
    """Return a condition of one to three parts."""
    text = _simple(draw, held)
    for _ in range(draw(st.integers(0, 2))):
        other = _simple(draw, held)
        text = draw(
            st.sampled_from(
                [f"{text} AND {other}", f"{text} OR {other}", f"{text} AND NOT {other}"]
            )
        )
    return text


@st.composite
def updates(draw: st.DrawFn, held: Placeholders) -> str:
    """Return an update whose actions touch attributes of their own."""
    sections: dict[str, list[str]] = {}
    chosen = st.lists(st.sampled_from([*VALUES, "g"]), unique=True, min_size=1, max_size=4)
    for name in draw(chosen):
        section, action = _action(draw, held, name)
        sections.setdefault(section, []).append(action)
    return " ".join(f"{section} {', '.join(actions)}" for section, actions in sections.items())


def _action(draw: st.DrawFn, held: Placeholders, name: str) -> tuple[str, str]:
    """Return what an update does to an attribute: its section, and the action in it."""
    if name == "g":
        return "SET", f"g = {held({'S': draw(st.sampled_from(['p', 'q']))})}"
    match draw(st.sampled_from(["special", "special", "set", "remove"])):
        case "special" if name in _SPECIAL:
            section, action, values = draw(st.sampled_from(_SPECIAL[name]))
            return section, action.format(held(draw(values)))
        case "remove":
            return "REMOVE", name
        case _:
            return "SET", f"{name} = {held(draw(VALUES[name]))}"


_SPECIAL: dict[str, list[tuple[str, str, st.SearchStrategy[dict[str, Any]]]]] = {
    "n": [("ADD", "n {}", numbers)],
    "c": [
        ("SET", "c = if_not_exists(c, {0}) + {0}", numbers),
        ("SET", "c = c - {}", numbers),
    ],
    "t": [("ADD", "t {}", sets), ("DELETE", "t {}", sets)],
    "l": [
        ("SET", "l = list_append(l, {})", lists),
        ("SET", "l[1] = {}", texts),
    ],
    "m": [("SET", "m.x = {}", numbers)],
}
