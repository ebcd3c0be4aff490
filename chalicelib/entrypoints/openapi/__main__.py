"""Print the description: `python -m chalicelib.entrypoints.openapi > docs/openapi.json`."""

import sys

from chalicelib.entrypoints.openapi import as_json

sys.stdout.write(as_json())
