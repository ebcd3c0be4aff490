"""A counter's books, checked against its ledger whenever they are read."""

from collections import Counter as Sums

from chalicelib.application.counter_ports import Counter, Counters, Entry

COLUMNS = ("left", "held", "redeemed", "money_left", "money_held", "spent")


def audited(counters: Counters, name: str) -> Counter:
    """Return the counter, whose books are in order.

    All that its terms say was issued lies on its shards; each shard balances, and is what it
    began with and what the ledger tells of it, to the unit and to the entry.
    """
    found = counters.get(name)
    assert found is not None
    assert sum(shard.issued for shard in found.shards) == found.terms.units
    assert sum(shard.budget for shard in found.shards) == (found.terms.budget or 0)
    sums: Sums[tuple[int, str]] = Sums()
    named: Sums[int] = Sums()
    for entry in counters.entries(found.terms):
        for shift in entry.shifts:
            named[shift.shard] += 1
            for column in COLUMNS:
                sums[shift.shard, column] += getattr(shift, column)
    for shard in found.shards:
        assert shard.balances, shard
        assert shard.moves == named[shard.number], shard
        began = {"left": shard.opened, "money_left": shard.funded}
        for column in COLUMNS:
            told = began.get(column, 0) + sums[shard.number, column]
            assert getattr(shard, column) == told, (shard, column)
    return found


def books(counters: Counters, name: str) -> tuple[int, ...]:
    """Return the counter's columns, summed over its shards."""
    found = audited(counters, name)
    return tuple(sum(getattr(shard, column) for shard in found.shards) for column in COLUMNS)


def entries(counters: Counters, name: str) -> list[Entry]:
    """Return the counter's ledger in order of time."""
    found = counters.fresh_terms(name)
    assert found is not None
    return sorted(counters.entries(found), key=lambda entry: entry.at)
