"""Merchants' menus."""

from types import MappingProxyType

from chalicelib.domain import errors
from chalicelib.entrypoints.openapi.operations.parts import (
    BODY,
    EITHER,
    MERCHANT_NAME,
    OPS,
    STORE,
    Operation,
    Parameter,
    Success,
)
from chalicelib.entrypoints.problems import Code
from chalicelib.entrypoints.wire.catalogues import CatalogueIn, CatalogueOut, PublishedOut

VERSION = Parameter(
    name="version",
    where="query",
    description="An earlier version; by default the newest.",
    schema=MappingProxyType({"type": "integer", "minimum": 1}),
)

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        method="PUT",
        path="/merchants/{merchant}/catalogue",
        id="publishCatalogue",
        summary="Publish a merchant's menu",
        description="The same content again makes no new version. A menu with faults is refused"
        " whole, with each fault named. A body has at most 5 MiB.",
        scopes=OPS,
        parameters=(MERCHANT_NAME,),
        body=CatalogueIn,
        answers={200: Success(description="The version in force.", model=PublishedOut)},
        problems=(*BODY, errors.BrokenCatalogueError.code, *STORE),
    ),
    Operation(
        method="GET",
        path="/merchants/{merchant}/catalogue",
        id="getCatalogue",
        summary="See a merchant's menu",
        scopes=EITHER,
        parameters=(MERCHANT_NAME, VERSION),
        answers={200: Success(description="The menu.", model=CatalogueOut)},
        problems=(Code.INVALID, Code.CATALOGUE_NOT_FOUND, *STORE),
    ),
)
