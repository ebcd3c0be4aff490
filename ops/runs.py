"""``python -m ops runs``: make, check, start and watch bulk promotions."""

import re
from argparse import (
    ArgumentParser,
    ArgumentTypeError,
    Namespace,
    RawDescriptionHelpFormatter,
)
from collections.abc import Callable
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from chalicelib.application.command_run import RunCommand
from chalicelib.application.make_run import run_id_for
from chalicelib.application.see_run import RunView
from chalicelib.application.supply_run import uploaded_source
from chalicelib.bootstrap import Services
from chalicelib.domain.coupon import fold
from chalicelib.domain.errors import RunRefusedError
from chalicelib.domain.pace import RatePlan
from chalicelib.domain.run import BadLines, Form, ModelWay, Plan, RunState, Whom
from chalicelib.domain.run_limits import source_fault
from ops.command import EXITS, Exit, Progress, UnusableInputError, operator, say, shared
from ops.files.kinds import UnusableFileError, kind_of
from ops.files.writing import replacing
from ops.run_output import bar, facts, moment, told
from ops.run_services import run_services
from ops.transfer import get, put_all

FILES = "lines.jsonl, .jsonl.gz, .csv or .csv.gz"
LOOK_EACH_MS = 2_000
ID = re.compile(r"run_[a-z2-7]{24}")


def register(subcommands: Any) -> None:  # noqa: ANN401 (argparse keeps the type to itself)
    """Add the subcommand."""
    runs = subcommands.add_parser("runs", help="bulk promotions: a file of lines, fed at a rate")
    verbs = runs.add_subparsers(metavar="VERB", required=True)
    _register_make(_verb(verbs, "make", "make a run, as a draft, and upload its file", _make))
    check = "read, resolve and price every line, and place nothing; exits with 1 for any fault"
    _named(_verb(verbs, "check", check, _check))
    for command, help_ in (
        (RunCommand.START, "begin to feed a run"),
        (RunCommand.PAUSE, "stop feeding it, within a slice"),
        (RunCommand.RESUME, "go on feeding it"),
        (RunCommand.CANCEL, "feed no more of it"),
    ):
        verb = _verb(verbs, command, help_, partial(_tell, command))
        _named(verb)
        verb.set_defaults(drop=False)
        if command is RunCommand.CANCEL:
            what = "also cancel what was fed and is not settled yet"
            verb.add_argument("--drop", action="store_true", help=what)
    watch = "watch it until it ends; exits with 1 if it did not complete, or had bad lines"
    _named(_verb(verbs, "watch", watch, _watch))
    results = _verb(verbs, "results", "download its results into one file, JSON Lines", _results)
    _named(results)
    results.add_argument("--out", type=Path, required=True, help="where to")
    results.add_argument("--faults", action="store_true", help="its check's faults instead")
    listed = _verb(verbs, "list", "list the runs, the latest made first", _list)
    listed.add_argument("--limit", type=int, default=20, help="how many; 20 if not given")


def _verb(
    verbs: Any,  # noqa: ANN401 (as above)
    name: str,
    help_: str,
    run: Callable[[Namespace], Exit],
) -> ArgumentParser:
    parser: ArgumentParser = verbs.add_parser(
        name,
        help=help_,
        description=help_,
        epilog=EXITS,
        parents=[shared()],
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run)
    return parser


def _named(parser: ArgumentParser) -> None:
    parser.add_argument("id", metavar="RUN", type=_id, help="its name, or its id")


def _id(text: str) -> str:
    """Return the id of the run that *text* names."""
    return text if ID.fullmatch(text) else run_id_for(text.strip())


def _register_make(make: ArgumentParser) -> None:
    make.add_argument("file", metavar="FILE", type=Path, help=FILES)
    make.add_argument("--name", required=True, type=str.strip, help="its own; again: the same run")
    make.add_argument("--merchant", required=True)
    make.add_argument("--coupon", type=fold, help="for each line that names none of its own")
    make.add_argument("--per-second", type=float, required=True, help="lines a second")
    make.add_argument("--opens-at", type=_moment, help="2026-02-06T12:00:00Z: nothing before")
    make.add_argument("--closes-at", type=_moment, help="nothing from then on")
    make.add_argument("--daily-cap", type=int, help="lines on a UTC day")
    make.add_argument(
        "--bad-lines", type=BadLines, choices=list(BadLines), default=BadLines.SKIP, help="skip"
    )
    make.add_argument(
        "--customers",
        type=Whom,
        choices=list(Whom),
        default=Whom.ANY,
        help="known: a line for a customer of whom nothing is on record is a fault; any",
    )
    make.add_argument(
        "--model",
        type=ModelWay,
        choices=list(ModelWay),
        default=ModelWay.NOW,
        help="who reads what the parser can't settle: the model, at once (now, if not given);"
        " its Batch API, for half the price and up to a day later; or nobody (never)",
    )
    make.add_argument(
        "--answer-within", type=int, default=3_600, help="seconds that each line has; 3600"
    )


def _moment(text: str) -> int:
    try:
        at = datetime.fromisoformat(text.upper())
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        message = "it is a time such as 2026-02-06T12:00:00Z, with an offset"
        raise ArgumentTypeError(message)
    return int(at.timestamp() * 1000)


def _make(options: Namespace) -> Exit:
    path: Path = options.file
    kind = kind_of(path)
    size = _size(path, gzip=kind.gzipped)
    services = run_services(options.table)
    form = Form(kind.form.value)
    plan = Plan(
        name=options.name,
        merchant=options.merchant,
        source=uploaded_source(options.name, form, size, gzip=kind.gzipped),
        rate=RatePlan(
            per_second=options.per_second,
            opens_at=options.opens_at,
            closes_at=options.closes_at,
            daily_cap=options.daily_cap,
        ),
        coupon=options.coupon,
        bad_lines=options.bad_lines,
        model=options.model,
        customers=options.customers,
        answer_within_seconds=options.answer_within,
    )
    run, _ = services.make_run(plan, operator())
    upload = services.supply_run.offer(run, size)
    if upload is None:
        message = "the run was started already: its file stays what it was"
        raise RunRefusedError(message)
    progress = Progress()
    with path.open("rb") as file:
        etags = put_all(
            upload, file, size, lambda sent: progress(f"{sent:,} of {size:,} bytes uploaded")
        )
    if upload.upload_id is not None:
        run = services.supply_run.complete(run.id, upload.upload_id, etags)
    progress.end()
    _show(options, services.see_run.view(run))
    return Exit.OK


def _size(path: Path, *, gzip: bool) -> int:
    if not path.is_file():
        message = f"{path}: no such file"
        raise UnusableFileError(message)
    size = path.stat().st_size
    if fault := source_fault(size, gzip=gzip):
        message = f"{path}: {fault}"
        raise UnusableFileError(message)
    return size


def _check(options: Namespace) -> Exit:
    services = run_services(options.table)
    services.command_run(options.id, RunCommand.CHECK)
    view = _wait(options, services, lambda view: view.check is None or view.check.complete)
    return Exit.OK if view.check is not None and not view.check.faults else Exit.SOME_REFUSED


def _tell(command: RunCommand, options: Namespace) -> Exit:
    services = run_services(options.table)
    run = services.command_run(options.id, command, drop=options.drop)
    _show(options, services.see_run.view(run))
    return Exit.OK


def _watch(options: Namespace) -> Exit:
    services = run_services(options.table)
    view = _wait(options, services, _is_over)
    clean = view.state is RunState.COMPLETED and not view.faults and not view.outcomes.failed
    return Exit.OK if clean or view.state is RunState.DRAFT else Exit.SOME_REFUSED


def _is_over(view: RunView) -> bool:
    checks = view.check is not None and not view.check.complete
    return view.finished or (view.state is RunState.DRAFT and not checks)


def _wait(options: Namespace, services: Services, is_over: Callable[[RunView], bool]) -> RunView:
    """Look until the run *is_over*, showing each look; say how it then stands."""
    progress, last = Progress(), None
    while not is_over(view := services.see_run(options.id)):
        progress(bar(view))
        fact = facts(view)
        if options.json and fact != last:
            say(fact, "", as_json=True)
        last = fact
        services.clock.sleep(LOOK_EACH_MS)
    progress.end()
    _show(options, view)
    return view


def _results(options: Namespace) -> Exit:
    services = run_services(options.table)
    see = services.see_run
    report = see.faults(options.id) if options.faults else see.results(options.id)
    progress, size = Progress(), 0
    try:
        with replacing(options.out) as file:
            for number, url in enumerate(report.parts, start=1):
                progress(f"part {number} of {len(report.parts)}")
                size += get(url, file)
    except OSError as fault:
        message = f"{options.out}: {fault.strerror or fault}"
        raise UnusableFileError(message) from fault
    progress.end()
    fact = {"file": str(options.out), "bytes": size, "complete": report.complete}
    whole = "" if report.complete else " so far: there will be more"
    say(fact, f"{size:,} bytes written to {options.out}{whole}", as_json=options.json)
    return Exit.OK


def _list(options: Namespace) -> Exit:
    if options.limit < 1:
        message = "--limit is at least 1"
        raise UnusableInputError(message)
    services = run_services(options.table)
    for run in islice(services.runs.all(), options.limit):
        fact = {
            "id": run.id,
            "name": run.plan.name,
            "merchant": run.plan.merchant,
            "state": run.state,
            "made_at": moment(run.made_at),
            "lines_read": run.progress.fed.lines,
        }
        text = f"{moment(run.made_at)}  {run.state:9}  {run.progress.fed.lines:>9,} lines"
        say(fact, f"{text}  {run.plan.name}  ({run.id})", as_json=options.json)
    return Exit.OK


def _show(options: Namespace, view: RunView) -> None:
    say(facts(view), told(view), as_json=options.json)
