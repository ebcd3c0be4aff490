from bench.charges import measured
from simulation.scheduler import Computing


def test_what_a_worker_computes_is_measured() -> None:
    """An item costs botocore less than a call, and a message costs the function's frame something."""
    charges = measured()
    assert 0 < charges.item_us < charges.call_us
    assert charges.message_us > 0
    assert charges.computing() == Computing(
        measured=True, client_call_us=charges.call_us, client_item_us=charges.item_us
    )
    assert "us a message" in charges.note
