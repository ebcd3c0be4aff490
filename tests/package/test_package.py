import json
import platform
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from infra.package import (
    ARCHIVES,
    OUT,
    ROOT,
    TEMPLATE,
    UNPACKED_BYTES_MAX,
    PackagingError,
    package,
    unpacked_bytes,
)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Make a copy of the project, to change."""
    tree = tmp_path / "project"
    for name in (".chalice", "chalicelib", "infra"):
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("deployments"))
    for name in ("app.py", "requirements.txt", "constraints.txt"):
        shutil.copy(ROOT / name, tree / name)
    return tree


def build(template: Path) -> str:
    """Read the build that a template carries."""
    read = json.loads(template.read_text())
    return str(read["Globals"]["Function"]["Environment"]["Variables"]["BUILD"])


def test_the_app_imports_with_nothing_but_the_package(tmp_path: Path) -> None:
    """The package holds everything that the functions import, for Lambda's system."""
    package(OUT)
    assert unpacked_bytes(OUT) < UNPACKED_BYTES_MAX
    with zipfile.ZipFile(OUT / "deployment.zip") as app:
        app.extractall(tmp_path / "task")
    with zipfile.ZipFile(OUT / "layer-deployment.zip") as layer:
        names = layer.namelist()
        assert any(name.endswith(".pyc") for name in names)
        if (sys.platform, platform.machine()) != ("linux", "x86_64"):
            pytest.skip("the wheels are for Lambda, not for this machine")
        layer.extractall(tmp_path / "opt")
    (libraries,) = (tmp_path / "opt" / "python" / "lib").glob("*/site-packages")
    code = "import sys; sys.path[:0] = sys.argv[1:]; import app, openai, boto3, jwt, pydantic; "
    code += (
        "import cryptography.hazmat.primitives.asymmetric.rsa, aws_xray_sdk; print(jwt.__file__)"
    )
    command = [sys.executable, "-I", "-S", "-c", code, str(tmp_path / "task"), str(libraries)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith(str(libraries))


def test_the_layer_holds_the_versions_that_were_tested() -> None:
    """Every dependency in the package is pinned, those of dependencies too."""
    package(OUT)
    pins = {
        line.strip().lower().replace("_", "-")
        for line in (ROOT / "constraints.txt").read_text().splitlines()
    }
    with zipfile.ZipFile(OUT / "layer-deployment.zip") as layer:
        shipped = {
            Path(name).parent.name.removesuffix(".dist-info").replace("-", "==")
            for name in layer.namelist()
            if name.endswith(".dist-info/METADATA")
        }
    assert shipped
    assert {version.lower().replace("_", "-") for version in shipped} - pins == set()


def test_a_repeat_with_nothing_changed_does_nothing(tree: Path, tmp_path: Path) -> None:
    """The second packaging leaves the first one's files as they are."""
    out = tmp_path / "out" / "package"
    first = package(out, root=tree, dependencies=False).stat().st_mtime_ns
    assert package(out, root=tree, dependencies=False).stat().st_mtime_ns == first


def test_a_change_makes_another_build(tree: Path, tmp_path: Path) -> None:
    """A changed line ships, under a build of its own."""
    out = tmp_path / "out" / "package"
    first = build(package(out, root=tree, dependencies=False))
    (tree / "chalicelib" / "marker.py").write_text('"""Something new."""\n')
    assert build(package(out, root=tree, dependencies=False)) != first
    with zipfile.ZipFile(out / "deployment.zip") as archive:
        assert "chalicelib/marker.py" in archive.namelist()


def test_the_same_input_gives_the_same_bytes(tree: Path, tmp_path: Path) -> None:
    """Packaging elsewhere changes nothing that an update would take for a change."""
    archives = []
    for place in ("here", "there"):
        out = tmp_path / place / "package"
        package(out, root=tree, dependencies=False)
        archives.append((out / "deployment.zip").read_bytes())
    assert archives[0] == archives[1]


def test_leftovers_do_not_ship(tree: Path, tmp_path: Path) -> None:
    """A cache of bytecode beside the source is no part of the package."""
    stray = tree / "chalicelib" / "__pycache__" / "stray.cpython-311.pyc"
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"")
    package(tmp_path / "out" / "package", root=tree, dependencies=False)
    with zipfile.ZipFile(tmp_path / "out" / "package" / "deployment.zip") as archive:
        assert not [name for name in archive.namelist() if "stray" in name]


def test_a_missing_file_is_named(tree: Path, tmp_path: Path) -> None:
    """A tree that lacks a part is refused with the part's name."""
    (tree / "app.py").unlink()
    with pytest.raises(PackagingError, match=r"app\.py is missing"):
        package(tmp_path / "out" / "package", root=tree, dependencies=False)


def test_a_folder_that_is_not_ours_is_left_alone(tree: Path, tmp_path: Path) -> None:
    """A folder with anything but a package of ours in it is refused, and nothing in it changes."""
    out = tmp_path / "precious"
    for name in ("thesis.txt", "template.json", "deployment.zip"):
        out.mkdir(exist_ok=True)
        (out / name).write_text("{}")
        with pytest.raises(PackagingError, match="precious holds something else"):
            package(out, root=tree, dependencies=False)
        assert (out / name).read_text() == "{}"
    shutil.rmtree(out)
    out.write_text("a file")
    with pytest.raises(PackagingError, match="precious holds something else"):
        package(out, root=tree, dependencies=False)
    assert out.read_text() == "a file"


def test_only_what_was_packaged_is_replaced(tree: Path, tmp_path: Path) -> None:
    """What others put beside the package stays, in its folder and next to that."""
    out = tmp_path / "out" / "package"
    first = build(package(out, root=tree, dependencies=False))
    (out / "packaged.yaml").write_text("by aws cloudformation package")
    (out.parent / "build").mkdir()
    (out.parent / "build" / "chalicelib").write_text("somebody's")
    (tree / "chalicelib" / "marker.py").write_text('"""Something new."""\n')
    assert build(package(out, root=tree, dependencies=False)) != first
    assert {path.name for path in out.iterdir()} == {TEMPLATE, *ARCHIVES, "packaged.yaml"}
    assert (out.parent / "build" / "chalicelib").read_text() == "somebody's"


def test_a_package_cut_short_is_made_anew(tree: Path, tmp_path: Path) -> None:
    """Without one of its archives a package is ours, but none."""
    out = tmp_path / "out" / "package"
    package(out, root=tree, dependencies=False)
    (out / "deployment.zip").unlink()
    package(out, root=tree, dependencies=False)
    assert (out / "deployment.zip").is_file()


def test_an_app_that_does_not_import_is_refused(tree: Path, tmp_path: Path) -> None:
    """A broken app leaves no template behind, and the reason is told."""
    out = tmp_path / "out" / "package"
    (tree / "app.py").write_text("import nothing_of_this_name\n")
    with pytest.raises(PackagingError, match="nothing_of_this_name"):
        package(out, root=tree, dependencies=False)
    assert not out.exists()


def test_a_package_that_fails_leaves_the_earlier_one(tree: Path, tmp_path: Path) -> None:
    """A broken app takes nothing away, and once it is mended it is packaged."""
    out = tmp_path / "out" / "package"
    app = (tree / "app.py").read_text()
    first = build(package(out, root=tree, dependencies=False))
    (out / "packaged.yaml").write_text("by aws cloudformation package")
    (tree / "app.py").write_text("import nothing_of_this_name\n")
    with pytest.raises(PackagingError, match="nothing_of_this_name"):
        package(out, root=tree, dependencies=False)
    assert build(out / TEMPLATE) == first
    (tree / "app.py").write_text(f"{app}\n")
    assert build(package(out, root=tree, dependencies=False)) != first
