"""Compiled menus are kept, and never read for another menu."""

from dataclasses import replace

from chalicelib.understanding.readers import MenuReaders
from tests.unit.understanding.menus import item, menu, shown

TEA, COLA = menu((item("tea"),)), menu((item("cola"),))


def test_a_version_that_comes_again_with_another_menu_is_read_by_that() -> None:
    """After a restore, or in another stage."""
    readers = MenuReaders()

    assert shown(readers.read("a tea", TEA).lines) == ["1 tea"]
    assert shown(readers.read("a cola", COLA).lines) == ["1 cola"]


def test_one_digest_is_one_menu() -> None:
    """Nothing is compiled again for a catalogue that was only loaded again."""
    readers = MenuReaders()
    published = replace(TEA, digest="a")
    reader = readers._reader(published)

    assert readers._reader(replace(TEA, digest="a")) is reader
    assert readers._reader(replace(TEA, digest="b")) is not reader
    assert readers._reader(replace(TEA)) is not reader
