"""The trial of a real model, with a made-up one in its place."""

import pytest

from chalicelib.domain.resolution import Line
from local import small_model
from local.small_model import TEXTS, lines_of, menu, shown, try_all, verdict
from rushline_testing.model_server import Mode, ModelServer

LATTE = Line(sku="latte", quantity=1)


def test_each_text_is_told_with_its_own_time_and_tokens() -> None:
    """What the model answered is a line of the menu, and what it did not is a question."""
    with ModelServer({TEXTS[0]: [LATTE]}) as server:
        tries = list(try_all(server.base_url, "any", menu()))
    assert [tried.text for tried in tries] == list(TEXTS)
    assert [lines_of(tried.outcome) for tried in tries] == [(LATTE,), *[()] * (len(TEXTS) - 1)]
    assert {tried.outcome.use.input_tokens for tried in tries} == {1_200}
    assert all(tried.seconds >= 0 for tried in tries)
    assert verdict(tries) == 0


@pytest.mark.parametrize("mode", [Mode.WRONG_SKU, Mode.GARBAGE, Mode.INVENTED_PRICE])
def test_nonsense_is_no_fault_of_the_client(mode: Mode, capsys: pytest.CaptureFixture[str]) -> None:
    """A bad model is what this is for."""
    with ModelServer({text: [LATTE] for text in TEXTS}) as server:
        server.mode = mode
        tries = list(try_all(server.base_url, "any", menu()))
    assert verdict(tries) == 0
    assert "0 as a reading" in capsys.readouterr().out


def test_a_server_that_never_answers_is_a_failure() -> None:
    """Then nothing was shown."""
    with ModelServer() as server:
        server.mode = Mode.FAILING
        assert verdict(list(try_all(server.base_url, "any", menu()))) == 1


def test_a_line_off_the_menu_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Should the client ever believe a model, this says so."""
    gin = Line(sku="gin", quantity=1)
    monkeypatch.setattr(small_model, "lines_of", lambda _: (gin,))
    with ModelServer() as server:
        assert verdict(list(try_all(server.base_url, "any", menu()))) == 1
    assert shown(gin) == "1 gin"
