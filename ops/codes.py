"""``python -m ops codes``: make, export and import a coupon's unique codes."""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from chalicelib.application.export_codes import Row
from chalicelib.application.import_codes import Refused
from chalicelib.domain.codes import CodeBatch, CodeState, Made
from chalicelib.domain.coupon import fold
from ops.aws import CodeJobs, code_jobs, dynamodb
from ops.command import EXITS, Exit, Progress, operator, say, shared, table_of
from ops.files.lines import opened
from ops.files.reading import codes_in
from ops.files.writing import check, write

FILES = "codes.csv, .csv.gz, .jsonl or .jsonl.gz"
MADE = "made"
"""A made batch's name if none is given: so the same command again makes no second batch."""

EXPORT_TELLS_EACH = 10_000


def register(subcommands: Any) -> None:  # noqa: ANN401 (argparse keeps the type to itself)
    """Add the subcommand."""
    codes = subcommands.add_parser("codes", help="unique codes of a coupon, in bulk")
    verbs = codes.add_subparsers(metavar="VERB", required=True)
    make = _verb(verbs, "make", "issue codes that nobody can guess, and write them to a file")
    make.add_argument("--count", type=int, required=True, help="how many codes the batch has")
    make.add_argument("--batch", default=MADE, help=f"the batch's name; {MADE!r} if not given")
    make.add_argument("--prefix", default="", help="what each code begins with")
    make.add_argument("--out", type=Path, required=True, help=FILES)
    make.set_defaults(run=_make)
    export = _verb(verbs, "export", "write a batch's codes to a file, and how each stands")
    export.add_argument("--batch", required=True, help="the batch's name")
    export.add_argument("--out", type=Path, required=True, help=FILES)
    export.add_argument("--state", type=CodeState, choices=list(CodeState), help="only such codes")
    export.set_defaults(run=_export)
    read = _verb(verbs, "import", "issue the codes of a file: its column or field 'code'")
    read.add_argument("--batch", required=True, help="a name for what is in this file")
    read.add_argument("--file", type=Path, required=True, help=FILES)
    read.set_defaults(run=_import)
    revoke = _verb(verbs, "revoke", "withdraw one code, unless it was used")
    revoke.add_argument("--code", type=fold, required=True, help="the unique code")
    revoke.set_defaults(run=_revoke)


def _verb(verbs: Any, name: str, help_: str) -> ArgumentParser:  # noqa: ANN401 (as above)
    parser: ArgumentParser = verbs.add_parser(
        name,
        help=help_,
        description=help_,
        epilog=EXITS,
        parents=[shared()],
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("--coupon", type=fold, required=True, help="the coupon's code")
    return parser


def _jobs(options: Namespace) -> CodeJobs:
    return code_jobs(dynamodb(), table_of(options.table))


def _make(options: Namespace) -> Exit:
    check(options.out)  # before the first code is issued
    jobs, progress = _jobs(options), Progress()
    batch = jobs.make(
        options.coupon,
        options.batch,
        count=options.count,
        prefix=fold(options.prefix),
        by=operator(),
        told=lambda batch: progress(f"{batch.done:,} of {options.count:,} codes issued"),
    )
    written = write(options.out, ("code",), _rows(jobs.export.bare(batch), progress))
    progress.end()
    _sum_up(options, batch, {"file": str(options.out), "written": written})
    return Exit.OK


def _export(options: Namespace) -> Exit:
    check(options.out)
    jobs, progress = _jobs(options), Progress()
    batch = jobs.export.see(options.coupon, options.batch)
    rows = jobs.export(batch, options.state)
    written = write(options.out, ("code", "state"), _rows(rows, progress))
    progress.end()
    _sum_up(options, batch, {"file": str(options.out), "written": written})
    return Exit.OK


def _import(options: Namespace) -> Exit:
    jobs, progress = _jobs(options), Progress()

    def refuse(refused: Refused) -> None:
        progress.end()
        like = {} if refused.like is None else {"like": refused.like}
        text = f"line {refused.line}: {refused.fault}" + (f" of line {refused.like}" * bool(like))
        fact = {"line": refused.line, "refused": refused.fault, **like}
        say(fact, text, as_json=options.json)

    with opened(options.file) as (source, fingerprint):
        batch = jobs.read(
            options.coupon,
            options.batch,
            codes_in(options.file, source),
            fingerprint=fingerprint,
            by=operator(),
            told=lambda batch: progress(f"{batch.done:,} lines read, {batch.codes:,} codes issued"),
            refuse=refuse,
        )
    progress.end()
    _sum_up(options, batch, {"file": str(options.file)})
    return Exit.SOME_REFUSED if batch.refused else Exit.OK


def _revoke(options: Namespace) -> Exit:
    state = _jobs(options).codes.revoke(options.coupon, options.code)
    fact = {"coupon": options.coupon, "code": options.code, "state": state}
    say(fact, f"{options.code}: {state or 'no such code'}", as_json=options.json)
    return Exit.OK if state is CodeState.REVOKED else Exit.SOME_REFUSED


def _rows(rows: Iterable[Row], progress: Progress) -> Iterator[dict[str, str]]:
    for count, (code, state) in enumerate(rows, start=1):
        yield {"code": code} if state is None else {"code": code, "state": state.value}
        if not count % EXPORT_TELLS_EACH:
            progress(f"{count:,} codes written")


def _sum_up(options: Namespace, batch: CodeBatch, more: dict[str, object]) -> None:
    fact = {
        "coupon": batch.coupon,
        "batch": batch.name,
        "kind": batch.source.kind,
        "complete": batch.complete,
        "codes": batch.codes,
        "refused": batch.refused,
        **more,
    }
    whole = "" if batch.complete else " so far: the batch is not complete"
    text = f"{batch.coupon}, batch {batch.name}: {batch.codes:,} codes{whole}"
    if not isinstance(batch.source, Made):
        text += f", {batch.refused:,} lines refused"
    if "written" in more:
        text += f"; {more['written']:,} written to {more['file']}"
    say(fact, text, as_json=options.json)
