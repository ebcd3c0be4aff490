"""The app: its HTTP API, its queue workers and its schedules, behind one middleware. No logic.

Importing this module puts the middleware round every function, so whoever calls one takes
it from here: Lambda by way of `app.py`, the test harness straight.
"""

from chalice.app import Chalice

from chalicelib.entrypoints.http import http
from chalicelib.entrypoints.http.routing import keep_request
from chalicelib.entrypoints.keeping import keep, keeping
from chalicelib.entrypoints.observability import observe
from chalicelib.entrypoints.schedules import reconcile, schedules, sweep
from chalicelib.entrypoints.workers import bulk_resolve, bulk_settle, resolve, settle, workers

__all__ = [
    "app",
    "bulk_resolve",
    "bulk_settle",
    "keep",
    "reconcile",
    "resolve",
    "settle",
    "sweep",
]

app = Chalice(app_name="rushline", configure_logs=False)
app.api.cors = False
observe(app)
app.register_middleware(keep_request, "http")
for blueprint in (http, workers, keeping, schedules):
    app.register_blueprint(blueprint)
