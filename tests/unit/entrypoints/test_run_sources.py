import pytest
from pydantic import ValidationError

from chalicelib.domain.run_limits import PACKED_BYTES_MAX, SOURCE_BYTES_MAX
from chalicelib.entrypoints.wire.runs import UploadIn


@pytest.mark.parametrize(("gzip", "most"), [(False, SOURCE_BYTES_MAX), (True, PACKED_BYTES_MAX)])
def test_a_source_has_no_more_than_a_keeper_can_read(
    gzip: bool,  # noqa: FBT001 (a parameter)
    most: int,
) -> None:
    """What is packed is unpacked from its beginning by each keeper, so it may have less."""
    given = {"form": "jsonl", "gzip": gzip}
    assert UploadIn.model_validate({**given, "size": most}).size == most
    with pytest.raises(ValidationError, match=f"{most:,}" if gzip else "size"):
        UploadIn.model_validate({**given, "size": most + 1})
