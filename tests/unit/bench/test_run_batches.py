from typing import Any

import pytest

from bench import run_batches
from bench.run_world import How
from simulation.objects import S3Client

HANGS = (How.HANGS_BEFORE, How.HANGS_AFTER)


def raced(*names: str) -> list[tuple[int, int, int]]:
    """Return what is lost, twice and paid for twice where a keeper hangs at each call of these names.

    Another one keeps the run meanwhile, and then both go on.
    """
    undisturbed = run_batches.world()
    undisturbed.run()
    counts = []
    for call, name in enumerate(undisturbed.order, start=1):
        for how in HANGS if name in names else ():
            one = run_batches.world({call: how})
            one.run()
            counts.append(run_batches.counted(one))
    return counts


def test_two_keepers_may_race_on_the_lists_in_s3() -> None:
    """Whichever of them writes first: each line is put off once, each text is asked once."""
    counts = raced("put_object")
    assert len(counts) >= 8
    assert set(counts) == {(0, 0, 0)}


def test_keepers_that_write_over_one_another_cut_a_list_short(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The conditions of each write are what keeps the lists whole."""
    put = S3Client.put_object

    def careless(client: S3Client, **call: Any) -> dict[str, Any]:
        return put(client, **{k: v for k, v in call.items() if k not in {"IfMatch", "IfNoneMatch"}})

    monkeypatch.setattr(S3Client, "put_object", careless)
    with pytest.raises(ValueError, match="subsection not found"):
        raced("put_object")


def test_the_figure_counts_lines_and_texts() -> None:
    """As figures that are to be nothing; what hanging costs stands beside them."""
    figures = run_batches.killed(every=40)
    assert [figure.value for figure in figures] == [0, 0, 0]
    assert "texts paid for twice where they hang" in figures[0].note


def test_memory_is_measured_in_batches_too() -> None:
    """All lines come through the lists, however few they are."""
    figure = run_batches.peak(many=1_500, few=1_000)
    assert 0.9 < figure.value < 1.2
    assert "1,500 lines" in figure.note


def test_a_batch_is_handed_in_once_however_long_its_texts_take_to_read() -> None:
    """Only who hangs between the question for it and the handing in pays twice; nothing is ordered twice."""
    assert {paid for *_, paid in raced("get_object")} == {0}
    assert {paid for *_, paid in raced("begin")} == {0, run_batches.FITS}
    assert {(lost, twice) for lost, twice, _ in raced("find", "begin")} == {(0, 0)}


def test_calls_are_counted() -> None:
    """Each text of a batch is remembered by a call of its own, the rest are shared."""
    figure = run_batches.per_line(400)
    assert 0.5 < figure.value < 1.2
    assert "200 put_item" in figure.note
