"""Rushline's functions: the HTTP API, the queue workers and the schedules. No logic here."""

from chalice.app import Chalice

from chalicelib.entrypoints.http import http
from chalicelib.entrypoints.http.routing import keep_request
from chalicelib.entrypoints.observability import observe
from chalicelib.entrypoints.schedules import schedules
from chalicelib.entrypoints.workers import workers

app = Chalice(app_name="rushline", configure_logs=False)
app.api.cors = False
observe(app)
app.register_middleware(keep_request, "http")
for blueprint in (http, workers, schedules):
    app.register_blueprint(blueprint)
