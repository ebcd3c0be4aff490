"""The question we ask when a reading isn't certain, with answers to choose from."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from chalicelib.domain.catalogue import Catalogue
from chalicelib.domain.pricing import QUANTITY_MAX
from chalicelib.domain.resolution import (
    Amount,
    Choice,
    Line,
    OptionRef,
    Question,
    QuestionCode,
    Reading,
)
from chalicelib.understanding.english import ENGLISH
from chalicelib.understanding.language import Phrasebook

CHOICES_MAX: Final = 4
_ITEMS_NAMED_MAX: Final = 3
_LINES_NAMED_MAX: Final = 10


def question_for(
    reading: Reading, catalogue: Catalogue, phrasebook: Phrasebook = ENGLISH.phrasebook
) -> Question:
    """Return what would settle *reading*; the same for equal readings.

    Where lines were read, the first choice is to order just them, and further choices are
    single candidates that the lines lack. Every word comes from the menu or *phrasebook*,
    none from the customer. Lines and candidates that *catalogue* does not have are left out.
    """
    question = _meaning(reading, catalogue, phrasebook)
    if reading.coupons_refused is None:
        return question
    return replace(question, prompt=question.prompt + phrasebook.coupon_left_out)


def _meaning(reading: Reading, catalogue: Catalogue, phrasebook: Phrasebook) -> Question:
    lines = tuple(line for line in reading.lines if line.sku in catalogue.items)
    skus = [sku for sku in reading.candidates if sku in catalogue.items]
    odd = [line for line in lines if not 0 < line.quantity <= QUANTITY_MAX]
    if odd:
        return _how_many(odd, catalogue, phrasebook)
    if reading.is_either and 1 < len(lines) <= CHOICES_MAX:
        return _which([(line,) for line in lines], catalogue, phrasebook)
    if reading.refused and not lines:
        return Question(code=QuestionCode.AMBIGUOUS, prompt=phrasebook.which_else, refused=True)
    question = _of_lines(lines, skus, catalogue, phrasebook)
    if not (reading.refused and question.choices):
        return question
    labels = phrasebook.semicolon.join(choice.label for choice in question.choices)
    prompt = phrasebook.change_what.format(order=labels)
    return replace(question, prompt=prompt, refused=True)


def _of_lines(
    lines: tuple[Line, ...], skus: Sequence[str], catalogue: Catalogue, phrasebook: Phrasebook
) -> Question:
    if lines and (len(lines) > 1 or not _has_rivals(lines, skus)):
        label = order_label(lines, catalogue, phrasebook)
        return Question(
            code=QuestionCode.AMBIGUOUS,
            prompt=phrasebook.is_this_right.format(order=label),
            choices=(Choice(id="1", label=label, lines=lines),),
        )
    if lines or skus:
        return _among(lines, skus, catalogue, phrasebook)
    return _not_understood(catalogue, phrasebook)


def order_label(
    lines: Iterable[Line], catalogue: Catalogue, phrasebook: Phrasebook = ENGLISH.phrasebook
) -> str:
    """Return *lines* in words: so many of each item "with oat milk, no sugar", by semicolons.

    SKUs and options that *catalogue* lacks are left out; a long order ends in "…".
    """
    labels = [
        line_label(line, catalogue, phrasebook) for line in lines if line.sku in catalogue.items
    ]
    kept = labels[:_LINES_NAMED_MAX]
    return phrasebook.semicolon.join([*kept, "…"] if len(kept) < len(labels) else kept)


def line_label(line: Line, catalogue: Catalogue, phrasebook: Phrasebook) -> str:
    """Return one *line* in words; its SKU must be in *catalogue*."""
    item, space = catalogue.items[line.sku], phrasebook.space
    single: list[str] = []
    added: list[str] = []
    for chosen in line.options:
        name = _option_name(OptionRef(group=chosen.group, value=chosen.value), catalogue)
        if name is None:
            continue
        stands_alone = not any(character.isalpha() for character in name)
        if _comes_before(chosen.group, catalogue) and not (chosen.amount or stands_alone):
            single.append(name)
        else:
            title = f"{chosen.group.replace('_', ' ')} {name}" if stands_alone else name
            words = filter(None, (_amount(chosen.amount, phrasebook), title))
            added.append(phrasebook.space.join(words))
    without = [name for ref in line.without if (name := _option_name(ref, catalogue))]
    label = f"{line.quantity} \u00d7 {space.join((*single, item.name))}"
    if added:
        label += space + phrasebook.with_options + space + phrasebook.list_comma.join(added)
    refused = phrasebook.comma + phrasebook.without_options + space
    return label + "".join(refused + name for name in without)


def _has_rivals(lines: Sequence[Line], skus: Sequence[str]) -> bool:
    return any(sku != lines[0].sku for sku in skus)


def _among(
    lines: Sequence[Line], skus: Sequence[str], catalogue: Catalogue, phrasebook: Phrasebook
) -> Question:
    read = {line.sku for line in lines}
    orders = [tuple(lines)] if lines else []
    like = lines[0] if lines else None
    orders += [(_rival(sku, like, catalogue),) for sku in dict.fromkeys(skus) if sku not in read]
    return _which(orders, catalogue, phrasebook)


def _which(
    orders: Sequence[tuple[Line, ...]], catalogue: Catalogue, phrasebook: Phrasebook
) -> Question:
    choices = tuple(
        Choice(id=str(number), label=order_label(order, catalogue, phrasebook), lines=order)
        for number, order in enumerate(orders[:CHOICES_MAX], start=1)
    )
    names = [catalogue.items[choice.lines[0].sku].name for choice in choices]
    prompt = phrasebook.did_you_mean.format(choices=_alternatives(names, phrasebook))
    return Question(code=QuestionCode.AMBIGUOUS, prompt=prompt, choices=choices)


def _how_many(lines: Sequence[Line], catalogue: Catalogue, phrasebook: Phrasebook) -> Question:
    """Return a question for the number of *lines*; it offers none that nobody said."""
    names = list(dict.fromkeys(catalogue.items[line.sku].name for line in lines))
    items = phrasebook.list_comma.join(names[:_ITEMS_NAMED_MAX])
    prompt = phrasebook.how_many.format(most=QUANTITY_MAX, items=items)
    return Question(code=QuestionCode.AMBIGUOUS, prompt=prompt)


def _rival(sku: str, like: Line | None, catalogue: Catalogue) -> Line:
    """Return a line of *sku* in the number, and with the options, that *like* has and it offers."""
    if like is None:
        return Line(sku=sku, quantity=1)
    groups = catalogue.items[sku].option_groups
    return Line(
        sku=sku,
        quantity=like.quantity,
        options=tuple(option for option in like.options if option.group in groups),
        without=tuple(ref for ref in like.without if ref.group in groups),
    )


def _not_understood(catalogue: Catalogue, phrasebook: Phrasebook) -> Question:
    names = list(dict.fromkeys(item.name for item in catalogue.items.values()))
    named = names[:_ITEMS_NAMED_MAX]
    prompt = (
        phrasebook.not_understood.format(items=phrasebook.list_comma.join(named))
        if named
        else phrasebook.nothing_to_offer
    )
    return Question(code=QuestionCode.NOT_UNDERSTOOD, prompt=prompt)


def _alternatives(names: Sequence[str], phrasebook: Phrasebook) -> str:
    if len(names) == 1:
        return names[0]
    first = phrasebook.list_comma.join(names[:-1])
    return phrasebook.space.join((first, phrasebook.last_of_alternatives, names[-1]))


def _comes_before(group: str, catalogue: Catalogue) -> bool:
    """Whether the menu gives one option of *group* at most, so it reads well before the item."""
    found = catalogue.groups.get(group)
    return found is not None and found.select.value == "one"


def _option_name(ref: OptionRef, catalogue: Catalogue) -> str | None:
    group = catalogue.groups.get(ref.group)
    option = group.option(ref.value) if group else None
    return option.name if option else None


def _amount(amount: Amount | None, phrasebook: Phrasebook) -> str:
    match amount:
        case Amount.EXTRA:
            return phrasebook.extra
        case Amount.LIGHT:
            return phrasebook.light
        case None:
            return ""
