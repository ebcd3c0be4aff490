"""The demo's menu, without its API."""

import json

from chalicelib.domain.catalogue import Catalogue, catalogue_of
from chalicelib.entrypoints.wire.catalogues import CatalogueIn
from chalicelib.entrypoints.wire.parse import parse
from local.demo import CATALOGUE, MERCHANT


def menu() -> Catalogue:
    """Return the demo's menu as the API reads it."""
    draft = parse(json.dumps(dict(CATALOGUE)).encode(), CatalogueIn).draft(MERCHANT)
    return catalogue_of(MERCHANT, 1, draft.currency, draft.items, draft.groups)
