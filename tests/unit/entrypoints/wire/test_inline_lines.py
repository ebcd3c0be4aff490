from typing import Any

from chalicelib.domain.run import Form
from chalicelib.domain.run_line import Bad, LineFault
from chalicelib.entrypoints.wire.run_lines import parse_line
from chalicelib.entrypoints.wire.runs import SourceIn


def test_a_line_that_is_too_deep_to_be_written_is_a_bad_one() -> None:
    """A body may just be read and its line not be written again: that is the line's fault alone."""
    deep: Any = []
    for _ in range(20_000):
        deep = [deep]
    content = SourceIn(lines=(deep, {"customer_id": "c1", "text": "tea"})).content
    first, second = (parse_line(one, Form.JSON_LINES, ()) for one in content.splitlines())
    assert isinstance(first, Bad)
    assert (first.fault, first.detail) == (LineFault.NOT_JSON, "it is nested too deeply")
    assert not isinstance(second, Bad)
