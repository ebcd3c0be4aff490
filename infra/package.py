"""Package the app for AWS: ``python -m infra.package [--out DIR]``.

Write to DIR what ``aws cloudformation package`` takes: ``template.json``, ``deployment.zip`` (the
app) and ``layer-deployment.zip`` (its dependencies, as wheels for Lambda). Chalice does the work,
in a copy that holds only what ships; this module adds what Chalice leaves out:

- a dependency without a wheel for Lambda is an error, where Chalice warns and packages without it;
- the template carries the build, a digest of everything that went in, which ``/health`` reports;
- both archives carry bytecode: Lambda mounts them read-only and would compile at every cold start
  (0.6 s against 0.2 s for what the API imports, on one core);
- nothing is done when DIR already holds that build, and the dependencies are fetched anew only when
  a pin changes;
- DIR is new, empty or an earlier package; only an earlier package's own files are replaced in it.

One package serves every account and stage: what differs between them is a stack parameter.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / ".local" / "package"
STAGE = "release"

#: The files that ship, with the policies and chalicelib/; pins are for the dependencies' layer.
WHAT_SHIPS = (
    "app.py",
    "requirements.txt",
    "constraints.txt",
    ".chalice/config.json",
    "infra/template.yaml",
)

TEMPLATE = "template.json"

#: Beside DIR: where the package is made, and what the second of two at once waits for.
BUILD_FOLDER = ".rushline-build"
LOCK = ".rushline-package.lock"

#: The archives, and where Lambda mounts each.
ARCHIVES = {"deployment.zip": "/var/task", "layer-deployment.zip": "/opt"}

#: Lambda's limit on a function and its layers, unpacked.
UNPACKED_BYTES_MAX = 250 * 1024 * 1024


class PackagingError(Exception):
    """The app can't be packaged; the message says why."""


def package(out: Path, *, root: Path = ROOT, dependencies: bool = True) -> Path:
    """Package the app at ``root`` into ``out`` and return the template's path.

    A repeat with nothing changed does nothing, and of two at once the second waits. The work is
    done in a folder beside ``out``, which is refused if it holds anything but an earlier package.
    Without ``dependencies`` the layer is a stub and nothing is downloaded: enough to read the
    template, not to run it.
    """
    out = out.resolve()
    out.parent.mkdir(parents=True, exist_ok=True)
    with (out.parent / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        held = _build_in(out)
        if held is None and out.exists() and not (out.is_dir() and _is_empty(out)):
            message = (
                f"{out} holds something else than a package of ours: name a new or empty folder"
            )
            raise PackagingError(message)
        build = build_id(root, dependencies=dependencies)
        if held != build or not all((out / name).is_file() for name in ARCHIVES):
            _build(build, out, root, dependencies=dependencies)
    return out / TEMPLATE


def build_id(root: Path, *, dependencies: bool = True) -> str:
    """Digest everything that decides what the package holds, the interpreter included."""
    digest = hashlib.sha256(f"{runtime()} {dependencies}".encode())
    for path in _what_ships(root):
        digest.update(f"\0{path.relative_to(root)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def unpacked_bytes(out: Path) -> int:
    """Add up what the archives in ``out`` hold, unpacked."""
    total = 0
    for name in ARCHIVES:
        with zipfile.ZipFile(out / name) as archive:
            total += sum(member.file_size for member in archive.infolist())
    return total


def runtime() -> str:
    """Name Lambda's runtime: Chalice takes that of the interpreter that packages."""
    return f"python{sys.version_info.major}.{sys.version_info.minor}"


def _build(build: str, out: Path, root: Path, *, dependencies: bool) -> None:
    copy = out.parent / BUILD_FOLDER
    made = copy / "package"
    _copy_what_ships(root, copy, dependencies=dependencies)
    shutil.rmtree(made, ignore_errors=True)
    _run_chalice(copy, made)
    for name, mount in ARCHIVES.items():
        _add_bytecode(made / name, mount, copy / "compiled")
    template = yaml.safe_load((made / "sam.yaml").read_text())
    template["Globals"]["Function"]["Environment"]["Variables"]["BUILD"] = build
    unpacked = unpacked_bytes(made)
    if unpacked > UNPACKED_BYTES_MAX:
        message = f"the package unpacks to {unpacked} bytes; Lambda takes {UNPACKED_BYTES_MAX}"
        raise PackagingError(message)
    (made / TEMPLATE).write_text(json.dumps(template, indent=1) + "\n")
    out.mkdir(exist_ok=True)
    # The template makes the folder ours, so there is always one; cut short anywhere, the package
    # lacks an archive, and is not taken for whole.
    for name in ARCHIVES:
        (out / name).unlink(missing_ok=True)
    for name in (TEMPLATE, *ARCHIVES):
        (made / name).replace(out / name)


def _build_in(out: Path) -> str | None:
    """Return the build of the package in ``out``, or None where no template of ours is there."""
    try:
        template: dict[str, Any] = json.loads((out / TEMPLATE).read_text())
        return str(template["Globals"]["Function"]["Environment"]["Variables"]["BUILD"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _is_empty(folder: Path) -> bool:
    return next(folder.iterdir(), None) is None


def _what_ships(root: Path) -> Iterator[Path]:
    """Yield the files that the package is made of, in a fixed order."""
    for name in WHAT_SHIPS:
        if not (root / name).is_file():
            message = f"{root / name} is missing"
            raise PackagingError(message)
        yield root / name
    yield from sorted((root / "infra" / "policies").glob("*.json"))
    for path in sorted((root / "chalicelib").rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path


def _copy_what_ships(root: Path, copy: Path, *, dependencies: bool) -> None:
    """Renew ``copy``, keeping the dependencies that Chalice has fetched there."""
    for name in ("chalicelib", "infra", "vendor"):
        shutil.rmtree(copy / name, ignore_errors=True)
    for path in _what_ships(root):
        target = copy / path.relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    for stale in (copy / ".chalice" / "deployments").glob("appcode-*.zip"):
        stale.unlink()
    requirements = copy / "requirements.txt"
    if dependencies:
        # Chalice keeps the layer by this one file's digest: let it know of the pins too.
        pins = (copy / "constraints.txt").read_bytes()
        requirements.write_text(
            f"# {hashlib.sha256(pins).hexdigest()}\n-c constraints.txt\n{requirements.read_text()}"
        )
    else:
        requirements.write_text("")
        (copy / "vendor").mkdir()
        (copy / "vendor" / "stub.py").write_text('"""Stands for the dependencies."""\n')


def _run_chalice(copy: Path, out: Path) -> None:
    command = [
        sys.executable,
        "-c",
        "from chalice.cli import main; raise SystemExit(main())",
        "package",
    ]
    command += ["--stage", STAGE, "--merge-template", "infra/template.yaml", str(out.resolve())]
    # Chalice asks for a region only to name the services' principals.
    environment = {"AWS_DEFAULT_REGION": "us-east-1", **os.environ}
    run = subprocess.run(  # noqa: S603 - our own interpreter, our own arguments
        command, cwd=copy, env=environment, capture_output=True, text=True, check=False
    )
    output = f"{run.stdout}\n{run.stderr}".strip()
    if "Could not install dependencies" in output:
        shutil.rmtree(copy / ".chalice" / "deployments", ignore_errors=True)
        message = f"a dependency has no wheel for Lambda (x86_64, {runtime()}):\n{output}"
        raise PackagingError(message)
    if run.returncode != 0:
        message = f"chalice package failed:\n{output}"
        raise PackagingError(message)


def _add_bytecode(archive: Path, mount: str, kept: Path) -> None:
    """Compile what ``archive`` holds, as if it lay at ``mount``; the same input, the same bytes."""
    compiled = kept / f"{hashlib.sha256(archive.read_bytes()).hexdigest()}.zip"
    if not compiled.exists():
        kept.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept) as folder:
            with zipfile.ZipFile(archive) as plain:
                plain.extractall(folder)
            command = [sys.executable, "-m", "compileall", "-qq", "-j", "0"]
            command += ["--invalidation-mode", "unchecked-hash", "-s", folder, "-p", mount, folder]
            # What doesn't compile stays as it is: some packages ship templates named *.py.
            subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - ours
            unfinished = kept / "unfinished"
            _zip(Path(folder), unfinished)
            unfinished.replace(compiled)
    shutil.copyfile(compiled, archive)


def _zip(folder: Path, target: Path) -> None:
    """Zip ``folder`` with fixed times and modes: Lambda must be able to read every file."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                member = zipfile.ZipInfo(path.relative_to(folder).as_posix())
                member.external_attr = 0o644 << 16
                member.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(member, path.read_bytes())


def main() -> None:
    """Package, and say what was made."""
    parser = argparse.ArgumentParser(prog="python -m infra.package", description="Package the app.")
    parser.add_argument("--out", type=Path, default=OUT, metavar="DIR", help=f"default: {OUT}")
    out: Path = parser.parse_args().out
    try:
        template = package(out)
    except PackagingError as error:
        sys.exit(f"package: {error}")
    packed = sum((out / name).stat().st_size for name in ARCHIVES)
    sys.stdout.write(
        f"{template}: build {build_id(ROOT)} for {runtime()},"
        f" {packed / 1e6:.1f} MB packed, {unpacked_bytes(out) / 1e6:.1f} MB unpacked\n"
    )


if __name__ == "__main__":
    main()
