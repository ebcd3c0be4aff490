"""Build the model and all that stands before it: its memory, its breaker, and its maker."""

# ruff: noqa: PLC0415 (imports stand where the thing is built, as in bootstrap)

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.adapters.clients import Clients
from chalicelib.application.ports import Clock, Model
from chalicelib.domain.resolution import ReadingMode
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from chalicelib.application.batch_ports import Batches
    from chalicelib.application.guarded_model import GuardedModel
    from chalicelib.application.remembered_model import RememberedModel
    from chalicelib.domain.model_use import ModelPrices


class ModelServices:
    """The model, wired. Whoever takes this on sets the attributes."""

    settings: Settings
    clock: Clock
    clients: Clients
    _model: Model | None
    _random: Callable[[], float]

    @cached_property
    def model(self) -> Model | None:
        """The model, if one is to be asked and a key for it is configured.

        What it said once is remembered, and where it is asked it stands behind its breaker.
        A model that was given is asked each time.
        """
        return self.remembered_model or self.guarded_model

    @cached_property
    def remembered_model(self) -> "RememberedModel | None":
        """The model with what it said, if that is remembered."""
        model = self.guarded_model
        if model is None or self._model is not None or not self.settings.readings_table:
            return None
        return self._remembered(model)

    @cached_property
    def guarded_model(self) -> "GuardedModel | None":
        """The model's breaker, with the model behind it."""
        model = self._bare_model()
        if model is None:
            return None
        from chalicelib.adapters.dynamodb.breaker import DynamoBreaker
        from chalicelib.application.guarded_model import GuardedModel

        shared = DynamoBreaker(
            client=self.clients.dynamodb, table=self.settings.control_table, clock=self.clock
        )
        return GuardedModel(model, shared=shared, clock=self.clock, jitter=self._random)

    def _bare_model(self) -> Model | None:
        if self.settings.reading_mode is ReadingMode.PARSER_ONLY:
            return None
        if self._model is not None:
            return self._model
        key = self.settings.openai_api_key.get_secret_value()
        if not key and not self.settings.openai_api_key_secret:
            return None
        from chalicelib.adapters.deferred_model import DeferredModel

        return DeferredModel(self._build_model)

    def _remembered(self, model: Model) -> "RememberedModel":
        from uuid import uuid4

        from chalicelib.adapters.dynamodb.readings import DynamoReadings
        from chalicelib.adapters.prompt_version import PROMPT_VERSION
        from chalicelib.application.remembered_model import RememberedModel

        settings = self.settings
        return RememberedModel(
            model=model,
            readings=DynamoReadings(
                client=self.clients.dynamodb, table=settings.readings_table, clock=self.clock
            ),
            clock=self.clock,
            owner=lambda: uuid4().hex,
            asked=f"{settings.openai_base_url} {settings.openai_model} {PROMPT_VERSION}",
            keep_ms=settings.remember_days * 86_400_000,
            doubt_ms=settings.remember_doubt_minutes * 60_000,
        )

    def _build_model(self) -> Model:
        from chalicelib.adapters.model import OpenAIModel
        from chalicelib.adapters.secrets import secret

        key = self.settings.openai_api_key.get_secret_value()
        return OpenAIModel(
            base_url=self.settings.openai_base_url,
            api_key=key or secret(self.settings.openai_api_key_secret),
            model=self.settings.openai_model,
        )

    @property
    def asks_batches(self) -> bool:
        """Whether runs may have their texts read by the Batch API: the memory is where its answers go."""
        return self.settings.model_batches and self.remembered_model is not None

    @cached_property
    def batches(self) -> "Batches":
        """The provider's Batch API."""
        from chalicelib.adapters.model.batches import OpenAIBatches
        from chalicelib.adapters.secrets import secret

        key = self.settings.openai_api_key.get_secret_value()
        return OpenAIBatches(
            base_url=self.settings.openai_base_url,
            api_key=key or secret(self.settings.openai_api_key_secret),
            model=self.settings.openai_model,
        )

    @cached_property
    def model_prices(self) -> "ModelPrices":
        """What the model's tokens cost."""
        from chalicelib.domain.model_use import ModelPrices

        return ModelPrices(
            input=self.settings.model_input_price,
            cached=self.settings.model_cached_price,
            output=self.settings.model_output_price,
        )
