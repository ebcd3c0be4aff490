"""What the commands of this package print."""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from local.api import Reply
from local.reconcile import Line

CHECK, CROSS = "[green]✓[/]", "[red]✗[/]"


@contextmanager
def step(console: Console, name: str) -> Iterator[list[str]]:
    """Show that *name* is going on, and when it is done, how long it took.

    What is appended to the list that it yields is said behind it.
    """
    notes: list[str] = []
    began = time.monotonic()
    with console.status(name):
        yield notes
    note = f" ({'; '.join(notes)})" if notes else ""
    console.print(f"{CHECK} {name}{note} [dim]{time.monotonic() - began:.1f} s[/]", highlight=False)


def bars(console: Console) -> Progress:
    """Return a progress display for *console*."""
    return Progress(
        TextColumn("{task.description:<9}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
    )


def reconciliation(console: Console, lines: Sequence[Line]) -> None:
    """Print *lines* as a table."""
    table = Table(title="Reconciliation", title_justify="left", show_header=False)
    table.add_column(no_wrap=True)
    table.add_column()
    table.add_column(justify="center")
    for line in lines:
        mark = "" if line.balanced is None else CHECK if line.balanced else CROSS
        table.add_row(line.name, line.figures, mark)
    console.print(table)


def curl(method: str, url: str, headers: Sequence[str], body: str | None = None) -> str:
    """Return the command that makes this call, for a POSIX shell. No argument may hold a quote."""
    parts = [f"curl -sX {method} '{url}'", *(f"-H '{header}'" for header in headers)]
    if body is not None:
        parts.append(f"-d '{body}'")
    return " \\\n  ".join(parts)


def answer(reply: Reply) -> str:
    """Return *reply* for people: its status and its body, spread out."""
    replayed = " (Idempotent-Replayed)" if "idempotent-replayed" in reply.headers else ""
    return f"{reply.status}{replayed} {json.dumps(reply.json(), indent=2, ensure_ascii=False)}"
