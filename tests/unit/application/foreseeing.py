"""What a check goes by in a shop of fakes."""

from dataclasses import replace

from chalicelib.application.foresee_lines import ForeseeLines
from chalicelib.application.ports import Catalogues, Clock
from chalicelib.application.run_ports import Grants
from tests.fakes.tables import Tables


def foresight(catalogues: Catalogues, grants: Grants, clock: Clock) -> ForeseeLines:
    """Return the app's own, over tables of its own and these."""
    built = Tables(clock).services().foresee_lines
    return replace(built, catalogues=catalogues, grants=grants)
