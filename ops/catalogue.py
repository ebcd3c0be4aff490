"""``python -m ops catalogue``: whether a menu's names lead to what it sells, and more of them."""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections import Counter
from pathlib import Path
from typing import Any

from chalicelib.domain.errors import BrokenCatalogueError
from chalicelib.understanding.linting import Finding, Severity, lint, unpublishable
from ops import aliases
from ops.command import Exit, Progress, say, speaking
from ops.files.catalogues import CatalogueFile, read_catalogue

LINT = "tell what is wrong with the names in a catalogue's file"
LINT_EXITS = """\
exit codes: 0 nothing worse than a warning; 1 errors: something can't be ordered by its name, or at all;
2 no catalogue in the file; 130 stopped by hand; 70 a fault of the command's own"""


def register(subcommands: Any) -> None:  # noqa: ANN401 (argparse keeps the type to itself)
    """Add the subcommand."""
    catalogue = subcommands.add_parser("catalogue", help="the names on a menu")
    verbs = catalogue.add_subparsers(metavar="VERB", required=True)
    linter = _verb(verbs, "lint", LINT, LINT_EXITS)
    linter.set_defaults(run=_lint)
    proposer = _verb(verbs, "aliases", aliases.WHAT, aliases.EXITS)
    aliases.add_options(proposer)
    proposer.set_defaults(run=aliases.run)


def _verb(verbs: Any, name: str, what: str, exits: str) -> ArgumentParser:  # noqa: ANN401 (as above)
    parser: ArgumentParser = verbs.add_parser(
        name,
        help=what,
        description=what,
        epilog=exits,
        parents=[speaking()],
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="a catalogue as it is published")
    return parser


OTHERS_MAX = 10
"""Rivals of a name that are told to people; JSON has them all."""


def _lint(options: Namespace) -> Exit:
    file, progress = read_catalogue(options.file), Progress()
    progress("reading each name")
    findings = _findings(file)
    progress.end()
    for finding in findings:
        _tell(finding, as_json=options.json)
    counts = Counter(finding.severity for finding in findings)
    fact = {severity.value: counts[severity] for severity in Severity}
    told = ", ".join(f"{count} {severity}s" for severity, count in fact.items())
    say(fact, f"{options.file}: {told}", as_json=options.json)
    return Exit.SOME_REFUSED if counts[Severity.ERROR] else Exit.OK


def _findings(file: CatalogueFile) -> tuple[Finding, ...]:
    try:
        return lint(file.catalogue())
    except BrokenCatalogueError as broken:
        return unpublishable(broken.faults)


def _tell(finding: Finding, *, as_json: bool) -> None:
    others = [str(place) for place in finding.others]
    fact = {
        "code": finding.code,
        "severity": finding.severity,
        "where": str(finding.place),
        "phrase": finding.phrase,
        "others": others,
        "what": finding.what,
        "remedy": finding.remedy,
    }
    more = f", and {len(others) - OTHERS_MAX} more" if len(others) > OTHERS_MAX else ""
    also = f" ({', '.join(others[:OTHERS_MAX])}{more})" if others else ""
    text = f"{finding.severity:8}{finding.code:29}{finding.place}{also}: {finding.what}"
    say(fact, f"{text}\n        {finding.remedy}", as_json=as_json)
