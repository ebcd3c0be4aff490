"""A catalogue's file with more aliases in it, laid out as it was."""

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from chalicelib.understanding.linting import Place
from ops.files.catalogues import CatalogueFile

_INDENTS: Final = (2, 1, 4, "\t", 3, 8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """A file's text *before* and *after*; before is laid out anew if it *is_laid_out_anew*."""

    name: str
    before: str
    after: str
    is_laid_out_anew: bool

    def diff(self) -> str:
        """Return a unified diff, empty if nothing changes."""
        before, after = (text.splitlines(keepends=True) for text in (self.before, self.after))
        return "".join(difflib.unified_diff(before, after, f"a/{self.name}", f"b/{self.name}"))


def rewritten(file: CatalogueFile, aliases: Mapping[Place, tuple[str, ...]]) -> Rewritten:
    """Return *file* with *aliases* added.

    A file that no usual layout of JSON has made is laid out anew, and so is one of a single
    line, which nobody could review.
    """
    document = _with_aliases(file.document, aliases)
    for indent in _INDENTS:
        for ascii_only in (False, True):
            for end in ("\n", ""):
                if _laid_out(file.document, indent, end, ascii_only=ascii_only) == file.text:
                    after = _laid_out(document, indent, end, ascii_only=ascii_only)
                    return Rewritten(
                        name=file.path.name, before=file.text, after=after, is_laid_out_anew=False
                    )
    before, after = (_laid_out(body, 2, "\n") for body in (file.document, document))
    return Rewritten(name=file.path.name, before=before, after=after, is_laid_out_anew=True)


def _laid_out(document: object, indent: int | str, end: str, *, ascii_only: bool = False) -> str:
    return json.dumps(document, indent=indent, ensure_ascii=ascii_only) + end


def _with_aliases(
    document: Mapping[str, Any], aliases: Mapping[Place, tuple[str, ...]]
) -> dict[str, Any]:
    items = [_added(item, aliases.get(Place(item=item["sku"]), ())) for item in document["items"]]
    changed: dict[str, Any] = {"items": items}
    if "option_groups" in document:
        changed["option_groups"] = [
            {**group, "values": [_option(group, value, aliases) for value in group["values"]]}
            for group in document["option_groups"]
        ]
    return {**document, **changed}


def _option(
    group: Mapping[str, Any], value: Mapping[str, Any], aliases: Mapping[Place, tuple[str, ...]]
) -> Mapping[str, Any]:
    return _added(value, aliases.get(Place(group=group["group"], option=value["value"]), ()))


def _added(thing: Mapping[str, Any], names: tuple[str, ...]) -> Mapping[str, Any]:
    """Return *thing* with *names* at the end of its aliases, which stand behind its name."""
    if not names:
        return thing
    if "aliases" in thing:
        return {**thing, "aliases": [*thing["aliases"], *names]}
    added: dict[str, Any] = {}
    for field, value in thing.items():
        added[field] = value
        if field == "name":
            added["aliases"] = list(names)
    return added
