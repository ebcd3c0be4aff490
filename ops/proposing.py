"""Asks a language model what customers call the things on a menu. Importing this imports openai."""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

from chalicelib.adapters.model.endpoint import Endpoint
from chalicelib.adapters.model.reading import completion_of
from chalicelib.application.ports import ModelUnavailable, ModelUnusable
from chalicelib.understanding.linting import Place
from chalicelib.understanding.linting.names import Thing

THINGS_AT_ONCE: Final = 10
NAMES_TOLD_MAX: Final = 10
ANSWER_SECONDS_MAX: Final = 60
FAILURES_MAX: Final = 3
"""So many groups in a row without an answer, and the rest is not asked for."""

_RULES: Final = """\
You name goods as customers do. The message is a JSON list of things on one shop's menu, each with \
an id, a kind and the names it has. For each, give up to 5 more names that people say for exactly \
this thing when they order it: short forms, common synonyms, regional words. No article, number, \
size, price, adjective of praise or brand that is not in its names; nothing that could also mean \
something else in such a shop. An empty list is a good answer.
Answer with one JSON object, nothing else: {"things": [{"id": 0, "names": ["..."]}]}"""

_SCHEMA: Final = {
    "type": "json_schema",
    "json_schema": {
        "name": "names",
        "strict": True,
        "schema": {
            "type": "object",
            "properties": {
                "things": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {
                            "id": {"type": "integer"},
                            "names": {"type": "array", "items": {"type": "string"}},
                        },
                        "required": ["id", "names"],
                        "additionalProperties": False,
                    },
                }
            },
            "required": ["things"],
            "additionalProperties": False,
        },
    },
}


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Named(_Closed):
    id: int
    names: tuple[str, ...]


class _Answer(_Closed):
    things: tuple[_Named, ...]


class Proposer:
    """Asks *endpoint* about things in small groups; *failed* holds why for groups it got nothing on."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self.answered = 0
        self.failed: list[str] = []

    def propose(
        self, things: Sequence[Thing], told: Callable[[int], None]
    ) -> Mapping[Place, tuple[str, ...]]:
        """Return what the model would call *things*, unchecked. *told* how many were asked about."""
        proposals: dict[Place, tuple[str, ...]] = {}
        in_a_row = 0
        for done, group in enumerate(_groups(things)):
            told(done * THINGS_AT_ONCE)
            answer = self._ask(group)
            if isinstance(answer, str):
                self.failed.append(answer)
                in_a_row += 1
                if in_a_row >= FAILURES_MAX:
                    break
                continue
            in_a_row = 0
            self.answered += 1
            for named in answer.things:
                if 0 <= named.id < len(group):
                    place = group[named.id].place
                    proposals[place] = (*proposals.get(place, ()), *named.names)
        return proposals

    def _ask(self, group: Sequence[Thing]) -> _Answer | str:
        """Return the model's answer, or why there is none; no reason holds a word of it."""
        asked = json.dumps([_told(place, thing) for place, thing in enumerate(group)])
        deadline = time.monotonic() + ANSWER_SECONDS_MAX
        answer = self._endpoint.complete(_RULES, asked, _SCHEMA, deadline)
        if isinstance(answer, ModelUnavailable | ModelUnusable):
            return answer.why
        completion = completion_of(answer.body)
        if isinstance(completion, ModelUnavailable):
            return completion.why
        content = completion.choices[0].message.content if completion.choices else None
        try:
            return _Answer.model_validate_json(content or "")
        except ValidationError:
            return "not the shape asked for"


def _groups(things: Sequence[Thing]) -> Iterator[Sequence[Thing]]:
    left = iter(things)
    while group := tuple(islice(left, THINGS_AT_ONCE)):
        yield group


def _told(place: int, thing: Thing) -> Mapping[str, object]:
    kind = "item" if thing.place.item is not None else f"option of {thing.place.group}"
    names = list(dict.fromkeys(thing.names))[:NAMES_TOLD_MAX]
    return {"id": place, "kind": kind, "names": names}
