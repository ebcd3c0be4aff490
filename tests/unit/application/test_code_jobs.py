"""Making, importing and exporting unique codes: whatever is interrupted, nothing is lost or doubled."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.application.begin_batch import BeginBatch
from chalicelib.application.export_codes import ExportCodes
from chalicelib.application.import_codes import ImportCodes, Line, Refused
from chalicelib.application.make_codes import MakeCodes
from chalicelib.domain.code_errors import (
    BatchDiffersError,
    BatchNotFoundError,
    BatchUnusableError,
    SeedSharedError,
)
from chalicelib.domain.codes import COUNT_MAX, CodeBatch, CodeState, Fault, Made
from chalicelib.domain.counter import StockTerms
from chalicelib.domain.errors import CouponNotFoundError
from tests.fakes import FakeClock, Tables
from tests.fakes.codes import FakeCodes
from tests.unit.domain.builders import terms

SLICE = 3


class _CrashError(BaseException):
    """The process was ended, here and now."""


class Watched(FakeCodes):
    """Codes before or after whose changes a test may step in."""

    def __init__(self) -> None:
        super().__init__()
        self.step: Callable[[str], None] = _nothing

    def add(self, *args: Any) -> Any:
        """Add, with the test on both sides."""
        self.step("before add")
        added = super().add(*args)
        self.step("after add")
        return added

    def advance_batch(self, *args: Any) -> Any:
        """Advance, with the test on both sides."""
        self.step("before advance")
        advanced = super().advance_batch(*args)
        self.step("after advance")
        return advanced


def _nothing(step: str) -> None:
    """Leave every call as it is."""


@dataclass(slots=True)
class Desk:
    """The jobs over one store, and what the last import refused."""

    codes: Watched = field(default_factory=Watched)
    refused: list[Refused] = field(default_factory=list)
    seeds: int = 0

    def make(self, name: str = "b", count: int = 10, **more: Any) -> CodeBatch:
        """Make a batch in slices of three, by a seed that no other run draws."""
        asked = {"coupon": "SPRING25", "prefix": "", "by": "ann", "told": _tell_nobody, **more}
        self.seeds += 1
        seed = bytes([self.seeds]) * 32
        make = MakeCodes(begin=self._begin(), codes=self.codes, draw=lambda _: seed, slice_=SLICE)
        return make(name=name, count=count, **asked)

    def read(
        self, lines: Iterable[Line], name: str = "b", coupon: str = "SPRING25", file: str = "f"
    ) -> CodeBatch:
        """Import *lines* in slices of three."""
        return ImportCodes(begin=self._begin(), codes=self.codes, slice_=SLICE)(
            coupon,
            name,
            iter(lines),
            fingerprint=file,
            by="ann",
            told=_tell_nobody,
            refuse=self.refused.append,
        )

    def export(self, name: str = "b", state: CodeState | None = None) -> list[str]:
        """Return the codes of a batch, as an export has them."""
        export = ExportCodes(codes=self.codes)
        return [code for code, _ in export(export.see("SPRING25", name), state)]

    def _begin(self) -> BeginBatch:
        tables = Tables(FakeClock())
        for code in ("SPRING25", "SUMMER25"):
            tables.define(terms(code, unique=True))
        tables.define(terms("GENERIC"))
        tables.define(StockTerms(merchant="tea-house", sku="cake", version=1, units=9, shards=1))
        return BeginBatch(counters=tables.counters, codes=self.codes, clock=FakeClock())


def _tell_nobody(batch: CodeBatch) -> None:
    """Show no progress."""


def rows(*texts: str | Fault) -> list[Line]:
    """Return *texts* as a file's lines, after a header."""
    return list(enumerate(texts, start=2))


FILE = rows(
    "AA", "bb ", "", "CC", "BB", "D D", "EE", "TAKEN", "AA", "FF", Fault.TOO_LONG, "GG", "GG"
)  # fmt: skip
GOOD = ["AA", "BB", "CC", "EE", "FF", "GG"]
BAD = [
    Refused(line=4, fault=Fault.EMPTY),
    Refused(line=6, fault=Fault.DUPLICATE, like=3),
    Refused(line=7, fault=Fault.BAD_CHARACTERS),
    Refused(line=9, fault=Fault.CLASHING),
    Refused(line=10, fault=Fault.DUPLICATE, like=2),
    Refused(line=12, fault=Fault.TOO_LONG),
    Refused(line=14, fault=Fault.DUPLICATE, like=13),
]


def desk_with_a_taken_code() -> Desk:
    """Return a desk on which another coupon has a code of the file."""
    desk = Desk()
    desk.codes.add("SUMMER25", "other", {"TAKEN": 1})
    return desk


@given(st.integers(1, 30))
def test_what_is_made_is_what_is_exported(count: int) -> None:
    """As many codes as were asked for, all different, each on record with its number, none more."""
    desk = Desk()
    batch = desk.make(count=count, prefix="P")
    exported = desk.export()
    assert (batch.codes, batch.done, batch.complete) == (count, count, True)
    assert len(set(exported)) == count
    assert {code: at.number for code, at in desk.codes.codes.items()} == {
        code: number for number, code in enumerate(exported)
    }


@given(st.integers(0, 30), st.sampled_from(["SPRING25", "SUMMER25"]))
def test_an_export_imported_again_clashes_and_changes_nothing(count: int, coupon: str) -> None:
    """Its codes are on record as another batch's, so each line is refused by its number."""
    desk = Desk()
    desk.make(count=count + 1)
    before = {code: (at.coupon, at.batch) for code, at in desk.codes.codes.items()}
    batch = desk.read(rows(*desk.export()), name="again", coupon=coupon)
    assert (batch.codes, batch.refused) == (0, count + 1)
    assert {(one.fault, one.like) for one in desk.refused} == {(Fault.CLASHING, None)}
    assert [one.line for one in desk.refused] == [*range(2, count + 3)]
    assert {code: (at.coupon, at.batch) for code, at in desk.codes.codes.items()} == before


def test_an_import_takes_the_good_lines_and_names_the_others() -> None:
    """Each bad line is told by its number and its reason, in order, and holds up no other."""
    desk = desk_with_a_taken_code()
    batch = desk.read(FILE)
    assert (batch.codes, batch.refused, batch.done, batch.complete) == (6, 7, 14, True)
    assert desk.refused == BAD
    assert desk.export() == GOOD
    assert set(desk.codes.codes) == {*GOOD, "TAKEN"}


def test_a_coupons_own_code_is_not_imported() -> None:
    """An order that names it gets that coupon, so as a unique code it would be worth nothing."""
    desk = Desk()
    desk.codes.coupons = {"BB", "ZZ"}
    batch = desk.read(rows("AA", "BB", "bb", "CC"))
    assert desk.refused == [
        Refused(line=3, fault=Fault.CLASHING),
        Refused(line=4, fault=Fault.DUPLICATE, like=3),
    ]
    assert (batch.codes, batch.refused, batch.complete) == (2, 2, True)
    assert desk.export() == ["AA", "CC"]
    assert desk.codes.states(["AA", "BB", "CC"]) == {
        "AA": CodeState.ISSUED,
        "BB": CodeState.REVOKED,
        "CC": CodeState.ISSUED,
    }


def crashing(codes: Watched, at: int) -> None:
    """Have the *at*-th step crash."""
    steps = iter(range(at + 1))

    def step(_: str) -> None:
        if next(steps, None) == at:
            raise _CrashError

    codes.step = step


STEPS_OF_MAKING = 4 * 4
"""Four slices, each added and advanced, before and after."""

STEPS_OF_READING = 4 * 5


@pytest.mark.parametrize("at", range(STEPS_OF_MAKING + 1))
def test_a_make_that_was_killed_anywhere_is_finished_by_a_repeat(at: int) -> None:
    """The same codes as without the crash, each issued once: none lost, none doubled."""
    straight = Desk()
    straight.make()
    desk = Desk()
    crashing(desk.codes, at)
    killed = True
    with suppress(_CrashError):
        desk.make()
        killed = False
    assert killed == (at < STEPS_OF_MAKING)
    assert set(desk.export()) <= set(desk.codes.codes)
    desk.codes.step = _nothing
    assert desk.make() == desk.make()
    assert desk.export() == straight.export()
    assert desk.codes.codes == straight.codes.codes


@pytest.mark.parametrize("at", range(STEPS_OF_READING + 1))
def test_an_import_that_was_killed_anywhere_is_finished_by_a_repeat(at: int) -> None:
    """The same codes, list and counts as without the crash, and each bad line told of."""
    desk = desk_with_a_taken_code()
    crashing(desk.codes, at)
    killed = True
    with suppress(_CrashError):
        desk.read(FILE)
        killed = False
    assert killed == (at < STEPS_OF_READING)
    desk.codes.step = _nothing
    batch = desk.read(FILE)
    assert (batch.codes, batch.refused, batch.complete) == (len(GOOD), len(BAD), True)
    assert desk.export() == GOOD
    assert sorted(set(desk.refused), key=lambda one: one.line) == BAD


@pytest.mark.parametrize("at", range(0, STEPS_OF_READING, 2))
def test_two_imports_of_one_file_are_one_batch(at: int) -> None:
    """Whenever another overtakes this one, the batch and its list have each code once."""
    desk = desk_with_a_taken_code()
    steps = iter(range(at + 1))

    def step(_: str) -> None:
        if next(steps, None) == at:
            desk.codes.step = _nothing
            desk.read(FILE)

    desk.codes.step = step
    batch = desk.read(FILE)
    assert (batch.codes, batch.refused, batch.complete) == (len(GOOD), len(BAD), True)
    assert desk.export() == GOOD
    assert set(desk.refused) == set(BAD)


@pytest.mark.parametrize("at", range(0, STEPS_OF_MAKING, 2))
def test_two_makers_of_one_batch_make_one_batch(at: int) -> None:
    """Both go by the seed that was first on record, and none goes back."""
    desk = Desk()
    steps = iter(range(at + 1))

    def step(_: str) -> None:
        if next(steps, None) == at:
            desk.codes.step = _nothing
            desk.make()

    desk.codes.step = step
    assert desk.make().complete
    assert len(desk.export()) == len(desk.codes.codes) == 10


def test_a_complete_import_is_not_read_again() -> None:
    """A repeat answers what came of it, without a line."""
    desk = desk_with_a_taken_code()
    first = desk.read(FILE)

    def unread(line: Line) -> Line:
        pytest.fail(f"line {line[0]} was read")

    assert desk.read(map(unread, FILE)) == first


def test_an_import_that_ends_with_a_slice_is_complete() -> None:
    """A last slice that is full is the last all the same."""
    desk = Desk()
    batch = desk.read(rows("AA", "BB", "CC"))
    assert (batch.codes, batch.complete) == (3, True)
    assert desk.read(rows("AA", "BB", "CC")) == batch


def test_a_used_code_that_is_imported_again_stays_used() -> None:
    """By its own file or by another one."""
    desk = Desk()
    crashing(desk.codes, 1)
    with suppress(_CrashError):
        desk.read(rows("AA", "BB"))
    desk.codes.step = _nothing
    desk.codes.codes["AA"].state = CodeState.USED
    desk.read(rows("AA", "BB"))
    desk.read(rows("AA"), name="c", file="g")
    assert desk.export(state=CodeState.USED) == ["AA"]
    assert desk.export(state=CodeState.ISSUED) == ["BB"]


def test_an_unfinished_batch_exports_what_its_checkpoint_holds() -> None:
    """Nothing is handed out that the batch doesn't answer for."""
    desk = Desk()
    crashing(desk.codes, 6)
    with suppress(_CrashError):
        desk.make()
    assert len(desk.codes.codes) == 6
    assert len(desk.export()) == SLICE


@pytest.mark.parametrize(
    "another",
    [
        lambda desk: desk.make(count=11),
        lambda desk: desk.make(prefix="P"),
        lambda desk: desk.read(rows("AA")),
    ],
)
def test_a_batch_is_of_one_source(another: Callable[[Desk], object]) -> None:
    """Its name can't be taken for another count or prefix, or for a file, or changed."""
    desk = Desk()
    desk.make()
    before = dict(desk.codes.codes)
    with pytest.raises(BatchDiffersError):
        another(desk)
    assert desk.codes.codes == before


def test_a_file_that_changed_is_no_longer_the_batchs() -> None:
    """Line numbers mean nothing in another file, so nothing is read of it."""
    desk = Desk()
    desk.read(rows("AA"), file="f")
    with pytest.raises(BatchDiffersError):
        desk.read(rows("BB"), file="g")
    assert set(desk.codes.codes) == {"AA"}


@pytest.mark.parametrize(
    "asked",
    [
        {"count": 0},
        {"count": COUNT_MAX + 1},
        {"prefix": "-P"},
        {"prefix": "P-"},
        {"prefix": "p"},
        {"prefix": "P" * 21},
        {"name": ""},
        {"name": "B"},
        {"name": "a#b"},
        {"name": "b" * 64},
    ],
)
def test_what_can_be_no_batch_is_not_begun(asked: dict[str, Any]) -> None:
    """A name, prefix or count out of bounds is told before anything is on record."""
    desk = Desk()
    with pytest.raises(BatchUnusableError):
        desk.make(**asked)
    assert desk.codes.batches == {}


def test_a_longer_file_than_any_is_refused() -> None:
    """A file without an end is stopped at a bound, and keeps what it was."""
    desk = Desk()
    with pytest.raises(BatchUnusableError):
        desk.read([(2, "AA"), (COUNT_MAX + 1, "BB")])


def test_a_coupon_that_does_not_exist_has_no_codes() -> None:
    """A slip in the coupon's code is told before a million codes are issued for it."""
    desk = Desk()
    with pytest.raises(CouponNotFoundError):
        desk.make(coupon="SPRNG25")
    assert desk.codes.batches == {}


def test_what_is_no_coupon_has_no_codes() -> None:
    """Stock is a counter too, and none that an order could redeem."""
    desk = Desk()
    with pytest.raises(CouponNotFoundError):
        desk.make(coupon="stock/tea-house/cake")


def test_a_coupon_that_all_can_name_has_no_codes() -> None:
    """A code of it would be worth no more than its own, made or imported."""
    desk = Desk()
    with pytest.raises(BatchUnusableError):
        desk.make(coupon="GENERIC")
    with pytest.raises(BatchUnusableError):
        desk.read(rows("AA"), coupon="GENERIC")
    assert desk.codes.batches == {}


def test_a_seed_that_is_not_ours_alone_issues_nothing_more() -> None:
    """A drawn code that another batch has stops the batch where it stands."""
    desk = Desk()
    desk.make(name="first")
    desk.seeds = 0
    with pytest.raises(SeedSharedError):
        desk.make(name="second")
    standing = desk.codes.batches["SPRING25", "second"]
    assert (standing.done, standing.complete) == (0, False)


def test_what_is_not_there_is_not_exported() -> None:
    """A batch that was never begun is an error, no empty file."""
    with pytest.raises(BatchNotFoundError):
        Desk().export("none")


def test_progress_is_told_after_each_checkpoint() -> None:
    """Who watches sees where a crash would be taken up."""
    told: list[int] = []
    Desk().make(told=lambda batch: told.append(batch.done))
    assert told == [0, 3, 6, 9, 10]


def test_seeds_are_drawn_by_the_system_in_full() -> None:
    """By default a seed is 32 bytes of the machine's best chance, another for each batch."""
    desk = Desk()
    make = MakeCodes(begin=desk._begin(), codes=desk.codes)
    made = [
        make("SPRING25", name, count=1, prefix="", by="ann", told=_tell_nobody).source
        for name in "ab"
    ]
    seeds = {source.seed for source in made if isinstance(source, Made)}
    assert sorted(map(len, seeds)) == [32, 32]
