"""Menus in versions, in memory."""

from collections.abc import Collection
from dataclasses import replace

from chalicelib.application.ports import CatalogueDraft
from chalicelib.domain.catalogue import Catalogue, catalogue_of
from tests.fakes.outage import Breakable


class FakeCatalogues(Breakable):
    """Every version of every menu that was published."""

    def __init__(self) -> None:
        super().__init__()
        self._versions: dict[str, list[tuple[str, Catalogue]]] = {}

    def merchants(self, *, fresh: bool = False) -> Collection[str]:  # noqa: ARG002 (always fresh)
        """Return who has a menu."""
        self.up_or_raise()
        return frozenset(self._versions)

    def current(self, merchant: str) -> Catalogue | None:
        """Return the newest menu."""
        return self.get(merchant, None)

    def get(self, merchant: str, version: int | None) -> Catalogue | None:
        """Return the menu in *version*, or the newest."""
        self.up_or_raise()
        versions = self._versions.get(merchant, [])
        number = len(versions) if version is None else version
        return versions[number - 1][1] if 0 < number <= len(versions) else None

    def publish(self, draft: CatalogueDraft) -> Catalogue:
        """Add a version, unless the newest has the same content."""
        self.up_or_raise()
        versions = self._versions.get(draft.merchant, [])
        if versions and versions[-1][0] == draft.digest:
            return versions[-1][1]
        checked = catalogue_of(
            draft.merchant,
            len(versions) + 1,
            draft.currency,
            draft.items,
            draft.groups,
            draft.language,
        )
        catalogue = replace(checked, digest=draft.digest)
        self._versions[draft.merchant] = [*versions, (draft.digest, catalogue)]
        return catalogue
