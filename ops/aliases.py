"""``python -m ops catalogue aliases``: more names for what is sold, as a diff for a person to review."""

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from chalicelib.domain.errors import BrokenCatalogueError
from chalicelib.settings import OPENAI_BASE_URL, OPENAI_MODEL, Url
from chalicelib.understanding.linting import Place
from chalicelib.understanding.linting.names import Thing, things_of
from chalicelib.understanding.linting.proposals import Sieved, sieve
from ops.command import Exit, ModelUnavailableError, Progress, UnusableInputError, harmless, say
from ops.files.catalogues import CatalogueFile, read_catalogue
from ops.files.kinds import UnusableFileError
from ops.files.layout import Rewritten, rewritten

if TYPE_CHECKING:
    from ops.proposing import Proposer

WHAT = "have a model propose aliases, and print those that the menu can take as a diff"
EXITS = """\
The key is in $OPENAI_API_KEY; for a server without keys, any word. Nothing is changed without --write.

exit codes: 0 done, with a diff or without; 1 done, but the model gave no usable answer on some of the
menu; 2 no catalogue in the file, or no key; 3 the model gave no usable answer at all;
130 stopped by hand; 70 a fault of the command's own"""


def add_options(parser: ArgumentParser) -> None:
    """Add what the verb takes beside the file."""
    parser.add_argument("--base-url", help=f"or $OPENAI_BASE_URL; else {OPENAI_BASE_URL}")
    parser.add_argument("--model", help=f"or $OPENAI_MODEL; else {OPENAI_MODEL}")
    parser.add_argument("--write", action="store_true", help="change the file, too")


def run(options: Namespace) -> Exit:
    """Ask, sieve, show; write if told to."""
    file = read_catalogue(options.file)
    try:
        catalogue = file.catalogue()
    except BrokenCatalogueError as broken:
        message = f"{file.path}: it can't be published: {broken.faults[0]}"
        raise UnusableFileError(message) from None
    progress, things = Progress(), tuple(things_of(catalogue))
    proposer, proposals = _asked(options, things, progress)
    progress("reading each proposal")
    sieved = sieve(catalogue, proposals)
    progress.end()
    change = rewritten(file, sieved.aliases)
    _show(sieved, change, as_json=options.json)
    if options.write and sieved.aliases:
        _replace(file.path, change.after)
    _sum_up(options, file, sieved, change, proposer)
    return Exit.SOME_REFUSED if proposer.failed else Exit.OK


def _asked(
    options: Namespace, things: tuple[Thing, ...], progress: Progress
) -> "tuple[Proposer, Mapping[Place, tuple[str, ...]]]":
    from chalicelib.adapters.model.endpoint import Endpoint  # noqa: PLC0415 (openai takes a second)
    from ops.proposing import Proposer  # noqa: PLC0415 (likewise)

    base_url, model, key = _settings(options)
    endpoint = Endpoint(base_url=base_url, api_key=key, model=model)
    proposer = Proposer(endpoint)
    try:
        proposals = proposer.propose(
            things, lambda done: progress(f"{done:,} of {len(things):,} asked about")
        )
    finally:
        endpoint.close()
    if not proposer.answered:
        message = f"the model gave no usable answer: {proposer.failed[-1]}"
        raise ModelUnavailableError(message)
    return proposer, proposals


def _settings(options: Namespace) -> tuple[str, str, str]:
    base_url = options.base_url or os.environ.get("OPENAI_BASE_URL")
    model = options.model or os.environ.get("OPENAI_MODEL") or OPENAI_MODEL
    key = os.environ.get("OPENAI_API_KEY")
    if not key:
        message = "which key? set OPENAI_API_KEY; for a server without keys, to any word"
        raise UnusableInputError(message)
    try:
        url = TypeAdapter[str](Url).validate_python(base_url or OPENAI_BASE_URL)
    except ValidationError as error:
        message = f"--base-url or OPENAI_BASE_URL: {error.errors()[0]['msg']}"
        raise UnusableInputError(message) from None
    return url, model, key


def _show(sieved: Sieved, change: Rewritten, *, as_json: bool) -> None:
    if not as_json:
        sys.stdout.write(change.diff())
        return
    for place, names in sieved.aliases.items():
        for name in names:
            say({"where": str(place), "alias": name}, "", as_json=True)
    for dropped in sieved.dropped:
        fact = {"where": str(dropped.place), "dropped": dropped.phrase, "why": dropped.why}
        say(fact, "", as_json=True)


def _sum_up(
    options: Namespace,
    file: CatalogueFile,
    sieved: Sieved,
    change: Rewritten,
    proposer: "Proposer",
) -> None:
    fact = {
        "aliases": sum(map(len, sieved.aliases.values())),
        "dropped": len(sieved.dropped),
        "unanswered": proposer.failed,
        "written": bool(options.write and sieved.aliases),
    }
    if options.json:
        say(fact, "", as_json=True)
        return
    # Not to standard output: what stands there is the diff, for `patch`.
    for dropped in sieved.dropped:
        told = f"dropped ({dropped.why}) {dropped.place}: {dropped.phrase}"
        print(harmless(told), file=sys.stderr)
    if change.is_laid_out_anew and sieved.aliases:
        print(
            f"{file.path} is laid out otherwise than JSON is written here, so the diff is against"
            " it laid out anew and no patch for it: use --write",
            file=sys.stderr,
        )
    summed = f"{file.path}: {fact['aliases']} aliases, {fact['dropped']} proposals dropped"
    if proposer.failed:
        summed += f"; no answer {len(proposer.failed)} times, last: {proposer.failed[-1]}"
    print(summed + ("; written" if fact["written"] else ""), file=sys.stderr)


def _replace(path: Path, text: str) -> None:
    """Write *text* to *path*, all of it or nothing."""
    new = path.with_name(f".{path.name}.new")
    try:
        new.write_text(text, encoding="utf-8", newline="")
        new.replace(path)
    except OSError as fault:
        new.unlink(missing_ok=True)
        message = f"{path}: {fault.strerror}"
        raise UnusableFileError(message) from fault
