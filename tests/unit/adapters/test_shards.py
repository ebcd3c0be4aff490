from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.dynamodb.keys import MONEY_LEFT, UNITS_LEFT, WITHIN_PLAN, ledger_of
from chalicelib.adapters.dynamodb.shards import (
    COLUMNS,
    entry_item,
    entry_of,
    intent_mark,
    shard_item,
    shard_of,
    shift_update,
    shifts_by_shard,
)
from chalicelib.application.counter_ports import Entry
from chalicelib.domain.movement import EntryKind, Guard, Shift
from tests.unit.domain.builders import shard

amounts = st.integers(-(10**9), 10**9)
shifts = st.builds(
    Shift,
    counter=st.sampled_from(["A", "stock/tea-house/tea"]),
    shard=st.integers(0, 63),
    **dict.fromkeys(COLUMNS, amounts),
)
rows = st.dictionaries(
    st.integers(0, 63), st.lists(amounts, min_size=6, max_size=6), min_size=1, max_size=9
)


@given(st.integers(0, 63), st.integers(1, 99), st.integers(0, 10**9), st.integers(0, 10**12))
def test_a_new_shard_is_read_as_it_was_laid_down(
    number: int, version: int, units: int, money: int
) -> None:
    """All that it has is there to be taken, for coupons and for stock."""
    for counter in ("SPRING25", "stock/tea-house/tea#1"):
        item = shard_item(counter, number, version, units, money)
        assert shard_of(item) == shard(number, left=units, money_left=money, version=version)


@given(st.lists(shifts, max_size=30))
def test_shifts_of_one_shard_are_one_write_and_lose_nothing(many: list[Shift]) -> None:
    """Column by column the sums are what the shifts were, in the order in which shards came."""
    sums = shifts_by_shard(many)
    assert list(sums) == list(dict.fromkeys((shift.counter, shift.shard) for shift in many))
    for (counter, number), columns in sums.items():
        mine = [shift for shift in many if (shift.counter, shift.shard) == (counter, number)]
        for column, total in zip(COLUMNS, columns, strict=True):
            assert total == sum(getattr(shift, column) for shift in mine)


@given(
    rows=rows,
    at=st.integers(0, 10**13 - 1),
    kind=st.sampled_from(EntryKind),
    intents=st.lists(st.text(max_size=40), max_size=99),
    command=st.one_of(st.none(), st.text(min_size=1, max_size=20)),
    issued=st.integers(0, 10**9),
    funded=st.integers(0, 10**12),
)
def test_an_entry_is_read_as_it_was_written(
    rows: dict[int, list[int]],
    at: int,
    kind: EntryKind,
    intents: list[str],
    command: str | None,
    issued: int,
    funded: int,
) -> None:
    """Shard by shard, in the ledger of the first of them, with a mark for each intent."""
    item = entry_item("A", at, kind, rows, intents, command=command, issued=issued, funded=funded)
    assert item["code"]["S"] == ledger_of("A", min(rows))
    assert entry_of("A", item) == Entry(
        at=at,
        kind=kind,
        shifts=tuple(
            Shift(counter="A", shard=number, **dict(zip(COLUMNS, row, strict=True)))
            for number, row in rows.items()
        ),
        issued=issued,
        funded=funded,
        intents=tuple(intent_mark(one).hex() for one in intents),
        command=command,
    )


def test_entries_of_one_millisecond_are_two() -> None:
    """Equal in all that they tell, they are still two items, in the order of time with others."""
    parts = [
        entry_item("A", at, EntryKind.SETTLE, {0: [0] * 6})["part"]["S"] for at in (5, 5, 1_000, 40)
    ]
    assert len(set(parts)) == 4
    assert sorted(parts)[2:] == [parts[3], parts[2]]


def conditions(columns: list[int], guard: Guard | None) -> set[str]:
    """Return the conditions under which a shard takes *columns*."""
    update = shift_update("coupons", "A", 1, columns, guard)
    condition = update.get("ConditionExpression")
    return set(condition.split(" AND ")) if condition else set()


def test_a_shard_is_asked_for_what_the_terms_limit_and_no_more() -> None:
    """Units and version always; money where there is a budget; the plan where units are taken by one."""
    taking, money_alone = [-3, 0, 3, -70, 0, 70], [0, 0, 0, -70, 0, 70]
    units = set(UNITS_LEFT.split(" AND "))
    planned = Guard(version=2, budgeted=True, allowed=(9, 5))
    assert conditions(taking, None) == set()
    assert conditions(taking, Guard(version=2)) == units
    assert conditions(taking, Guard(version=2, budgeted=True)) == units | {MONEY_LEFT}
    assert conditions(taking, planned) == units | {MONEY_LEFT, WITHIN_PLAN}
    assert conditions(money_alone, planned) == units | {MONEY_LEFT}
    values = shift_update("coupons", "A", 1, taking, planned)["ExpressionAttributeValues"]
    asked = {name: values[name]["N"] for name in (":version", ":units", ":money", ":most")}
    assert asked == {":version": "2", ":units": "3", ":money": "70", ":most": "2"}
