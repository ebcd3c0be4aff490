"""What `make` does before there is an environment."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a folder with the Makefile, and nothing to build an environment from."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    return tmp_path


def make(folder: Path, *words: str) -> str:
    """Run make in *folder*, where there is no Python; return what it says."""
    # As from a shell: these tests may themselves be run by a make, which passes itself on.
    outside = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    run = subprocess.run(  # noqa: S603
        ["make", *words, "PYTHON=/nowhere/python3"],  # noqa: S607
        cwd=folder,
        env=outside,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_clean_with_nothing_to_clean(checkout: Path) -> None:
    """Nothing is installed only to find that there is nothing to delete."""
    assert make(checkout, "clean") == ""
    assert [path.name for path in checkout.iterdir()] == ["Makefile"]


def test_clean_without_an_environment(checkout: Path) -> None:
    """What a stack left behind goes, without installing what could start one."""
    (checkout / ".local" / "state").mkdir(parents=True)
    make(checkout, "clean")
    assert [path.name for path in checkout.iterdir()] == ["Makefile"]


def test_help(checkout: Path) -> None:
    """Every command is listed, with what it does beside it."""
    lines = make(checkout).splitlines()
    assert [line[:12].strip() for line in lines] == [
        "help",
        "run",
        "test",
        "check",
        "fmt",
        "reconcile",
        "package",
        "model",
        "bench",
        "openapi",
        "clean",
    ]
    assert all(line[12:13].isupper() for line in lines)
