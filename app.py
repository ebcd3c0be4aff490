"""What Lambda calls, by these names: the HTTP API, the queue workers and the sweep."""

from chalicelib.entrypoints.application import app, resolve, settle, sweep

__all__ = ["app", "resolve", "settle", "sweep"]
