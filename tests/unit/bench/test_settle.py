from bench.settle import figures


def test_settling_keeps_its_figures() -> None:
    """Few calls, few write units, and little computing beside the calls themselves."""
    measured = {figure.figure: figure for figure in figures()}
    assert measured["settle.calls_per_order"].kept
    assert measured["settle.write_units_per_order"].kept
    # A time, though a ratio: a busy machine may blur it, so only the order of it is held here.
    assert 1 < measured["settle.cpu_over_floor"].value < 4
