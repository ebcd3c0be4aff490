"""Merchants' menus: published by ops, read by whoever has a token."""

import re

from chalice.app import Response

from chalicelib.bootstrap import services
from chalicelib.entrypoints.http import paths
from chalicelib.entrypoints.http.call import Call
from chalicelib.entrypoints.http.routing import ANY, OPS, answer, route
from chalicelib.entrypoints.observability import count, logger
from chalicelib.entrypoints.problems import Code, Fault, RefusedError
from chalicelib.entrypoints.wire.catalogues import CatalogueIn, catalogue_out, published_out
from chalicelib.entrypoints.wire.parse import parse

CATALOGUE_BYTES_MAX = 5 * 1024 * 1024
"""Below what Lambda takes (6 MB), with room for the event round it."""

SHOWN_BYTES_MAX = 6 * 1024 * 1024 - 64 * 1024
"""What Lambda lets an answer weigh, escapes included, less what goes round a menu: a menu that
was published must be one that can be shown."""

_VERSION = re.compile(r"[1-9][0-9]{0,8}")


@route("PUT", "/merchants/{merchant}/catalogue", scopes=OPS)
def put_catalogue(call: Call, merchant: str) -> Response:
    """Publish a menu; the same content again makes no new version."""
    name = paths.merchant(merchant)
    document = parse(call.json_body(CATALOGUE_BYTES_MAX), CatalogueIn)
    if document.shown_bytes() > SHOWN_BYTES_MAX:
        raise RefusedError(
            Code.BODY_TOO_LARGE, f"escaped, a menu has at most {SHOWN_BYTES_MAX} bytes"
        )
    catalogue = services().catalogues.publish(document.draft(name))
    logger.info("catalogue published", merchant=name, version=catalogue.version)
    count("catalogue_published")
    return answer(200, published_out(catalogue))


@route("GET", "/merchants/{merchant}/catalogue", scopes=ANY)
def get_catalogue(call: Call, merchant: str) -> Response:
    """Show a menu, the newest or the version that is asked for."""
    name = paths.merchant(merchant)
    version = call.query("version").get("version")
    if version is not None and not _VERSION.fullmatch(version):
        fault = Fault(field="query.version", detail="it is a number from 1")
        raise RefusedError(Code.INVALID, faults=[fault])
    catalogue = services().catalogues.get(name, None if version is None else int(version))
    if catalogue is None:
        raise RefusedError(Code.CATALOGUE_NOT_FOUND)
    return answer(200, catalogue_out(catalogue), defaults=False)
