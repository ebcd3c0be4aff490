"""The API's description, made of the wire's models and a table of its calls."""

from chalicelib.entrypoints.openapi.document import as_json, document

__all__ = ["as_json", "document"]
