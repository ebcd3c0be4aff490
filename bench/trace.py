"""The steps by which a text was read, for people."""

from collections.abc import Iterator

from chalicelib.domain.resolution import Line
from chalicelib.understanding.elements import Count, Element, Head, Join, Opener, Refusal, Wish
from chalicelib.understanding.mentions import Match, Mention
from chalicelib.understanding.reader import Explanation

_WIDTH = 26


def trace(explanation: Explanation) -> str:
    """Return each step of *explanation*, from the words to the lines and the doubts."""
    return "\n".join(_rows(explanation))


def _rows(explanation: Explanation) -> Iterator[str]:
    reading = explanation.reading
    yield "words"
    for mention in explanation.mentions:
        yield f"  {mention.words:<{_WIDTH}} {_meaning(mention)}"
    yield "grammar"
    for element in explanation.elements:
        yield f"  {_element(element)}"
    yield "lines"
    for line in reading.lines:
        yield f"  {_line(line)}"
    if not reading.lines:
        yield "  none"
    if reading.coupon:
        yield f"coupon\n  {reading.coupon}"
    if reading.certain:
        yield "certain"
    else:
        yield "not certain: " + ", ".join(sorted(explanation.doubts))
        yield "candidates: " + (", ".join(reading.candidates) or "none")


def _meaning(mention: Mention) -> str:
    senses = mention.senses
    meanings = [f"item {sku}" for sku in senses.items]
    meanings += [f"option {ref.group}={ref.value}" for ref in senses.options]
    meanings += [f"group {group}" for group in senses.groups]
    if senses.number is not None:
        meanings.append(f"number {senses.number}")
    if senses.role is not None:
        meanings.append(f"language: {senses.role}")
    shown = ", ".join(meanings) or "unknown"
    return shown if mention.match in {Match.WHOLE, Match.UNKNOWN} else f"{mention.match}: {shown}"


def _element(element: Element) -> str:
    match element:
        case Head(skus=skus):
            return f"item {' or '.join(skus)}"
        case Refusal(skus=skus):
            return f"no item {' or '.join(skus)}"
        case Wish(refs=refs, amount=amount, negated=negated):
            options = " or ".join(f"{ref.group}={ref.value}" for ref in refs)
            return " ".join(part for part in ("no" * negated, amount or "", options) if part)
        case Opener():
            return _opener(element)
        case Count(number=number):
            return f"times {number}"
        case Join():
            return f"({element.name.lower().replace('_', ' ')})"


def _opener(opener: Opener) -> str:
    if opener.is_back:
        return "meant for" if opener.is_onto else "points back"
    if opener.is_measure and opener.number is None:
        return "measure"
    part = " of them" if opener.is_part else ""
    return f"opens with {'half' if opener.is_half else opener.number or 1}{part}"


def _line(line: Line) -> str:
    options = [
        f"{option.amount + ' ' if option.amount else ''}{option.group}={option.value}"
        for option in line.options
    ]
    options += [f"no {ref.group}={ref.value}" for ref in line.without]
    return f"{line.quantity} x {line.sku}" + (f"  [{', '.join(options)}]" if options else "")
