from bench.codes import figures


def test_codes_are_measured_in_a_process_of_their_own() -> None:
    """A few thousand codes go all the way round, in memory that a million keep to."""
    (figure,) = figures(3_000)
    assert figure.figure == "codes.peak_memory_mb"
    assert 20 < figure.value < 100
    assert figure.kept
