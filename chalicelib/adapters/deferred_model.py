"""A model that is made when it is first asked: most batches never need one."""

from collections.abc import Callable, Sequence
from threading import Lock

from chalicelib.application.ports import Lack, Model, ModelResult, ModelUnavailable, Task


class DeferredModel:
    """Stands for the model that *build* returns, until it is needed.

    The SDK takes most of a second to import and the key a call to fetch, which a cold
    start should not pay for texts that the parser settles. Where it can't be built, the
    model is unavailable, and the next question tries again.
    """

    def __init__(self, build: Callable[[], Model]) -> None:
        self._build = build
        self._lock = Lock()
        self._model: Model | None = None

    def read_all(self, tasks: Sequence[Task]) -> Sequence[ModelResult]:
        """Return what each text means, from the model. Never raises."""
        if not tasks:
            return []
        try:
            with self._lock:
                self._model = self._model or self._build()
        except Exception as error:  # noqa: BLE001 (the port promises never to raise)
            failed = ModelUnavailable(type(error).__name__, lack=Lack.UNBUILT)
            return [failed for _ in tasks]
        return self._model.read_all(tasks)
