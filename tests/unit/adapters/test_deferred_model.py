from collections.abc import Sequence

from chalicelib.adapters.deferred_model import DeferredModel
from chalicelib.application.ports import Lack, Model, ModelUnavailable, ModelUnusable, Task
from chalicelib.domain.resolution import Reading
from tests.unit.domain.builders import menu

TASK = Task(text="tea", catalogue=menu(), hint=Reading(lines=(), certain=False), timeout_ms=1)


class Refusing:
    """A model that refuses everything."""

    def read_all(self, tasks: Sequence[Task]) -> Sequence[ModelUnusable]:
        """Refuse."""
        return [ModelUnusable("no") for _ in tasks]


def test_a_model_is_built_when_it_is_asked_and_once() -> None:
    """No question, no model; two questions, one."""
    built: list[Model] = []

    def build() -> Model:
        built.append(Refusing())
        return built[-1]

    model = DeferredModel(build)
    assert model.read_all([]) == []
    assert built == []
    assert model.read_all([TASK, TASK]) == [ModelUnusable("no")] * 2
    model.read_all([TASK])
    assert len(built) == 1


def test_a_model_that_can_not_be_built_is_unavailable_and_tried_again() -> None:
    """A secret that can't be read now may be readable later; its message is not repeated."""
    attempts = iter([RuntimeError("the key is hunter2"), None])

    def build() -> Model:
        error = next(attempts)
        if error:
            raise error
        return Refusing()

    model = DeferredModel(build)
    assert model.read_all([TASK]) == [ModelUnavailable("RuntimeError", lack=Lack.UNBUILT)]
    assert model.read_all([TASK]) == [ModelUnusable("no")]
