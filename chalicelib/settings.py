"""The environment, read once and frozen."""

import json
import os
from collections.abc import Mapping
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from chalicelib.domain.resolution import ReadingMode

OPENAI_BASE_URL = "https://api.openai.com/v1"
OPENAI_MODEL = "gpt-5-mini"

MODEL_INPUT_PRICE, MODEL_CACHED_PRICE, MODEL_OUTPUT_PRICE = 0.25, 0.025, 2.0
"""That model's, by OpenAI's page of prices (developers.openai.com/api/docs/pricing) as of November 2026."""

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def _private(url: str) -> str:
    """Return *url* if nobody can read or change on the way what is said there. Empty is none."""
    if not url:
        return url
    parts = urlsplit(url)
    if not parts.hostname or parts.scheme not in {"https", "http"}:
        msg = "it must be an https address"
        raise ValueError(msg)
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        msg = "it must be an https address; http is for this machine alone"
        raise ValueError(msg)
    return url


def _key_set(document: str) -> str:
    """Return *document* if it has the shape of a key set (RFC 7517) with a key in it. Empty is none."""
    if not document:
        return document
    try:
        match json.loads(document):
            case {"keys": [_, *_] as keys} if all(
                isinstance(key, dict) and isinstance(key.get("kty"), str) for key in keys
            ):
                return document
    except (ValueError, RecursionError):
        pass
    msg = 'it must be a JSON Web Key Set with a key in it: {"keys": [{"kty": …}]}'
    raise ValueError(msg)


Url = Annotated[str, AfterValidator(_private)]
KeySet = Annotated[str, AfterValidator(_key_set)]


class Settings(BaseModel):
    """Everything that a deployment decides. Each field is the variable of its name in capitals."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    orders_table: str
    coupons_table: str
    control_table: str
    intents_queue_url: str
    settlements_queue_url: str
    catalogues_bucket: str

    runs_queue_url: str = ""
    """Calls for keepers of runs. Empty, with the three below, where no runs are fed."""
    bulk_intents_queue_url: str = ""
    bulk_settlements_queue_url: str = ""
    runs_bucket: str = ""
    lane_write_units: float = Field(default=1_500, gt=0)
    """Write units a second that all runs together take of the orders table: by default less than
    half of what a new one takes."""
    bulk_settle_concurrency: int = Field(default=2, ge=1)
    """How many workers settle lines of runs at once, each of which takes its part of that."""

    jwt_issuer: str
    jwt_audience: str
    jwt_jwks: KeySet = ""
    """The public key set itself, as JSON; for a deployment without an identity provider."""
    jwt_jwks_url: Url = ""
    """Where the identity provider publishes its key set; read by the API, and cached. One of the two."""

    reading_mode: ReadingMode = ReadingMode.PARSER_FIRST
    """Who reads a text. With `parser_only` no model is asked, whatever else is set."""
    openai_base_url: Url = OPENAI_BASE_URL
    openai_model: str = OPENAI_MODEL
    openai_api_key: SecretStr = SecretStr("")
    """For local use. In AWS the key is a secret; with neither there is no model."""
    openai_api_key_secret: str = ""
    """Name or ARN of the secret in Secrets Manager that holds the key."""

    readings_table: str = ""
    """Where what the model said is remembered. Without it, it is asked each time."""
    remember_days: int = Field(default=30, ge=1, le=365)
    """How long an answer counts that the model was certain of."""
    remember_doubt_minutes: int = Field(default=60, ge=1, le=1_440)
    """How long it counts that the model had doubts, or gave no usable answer."""
    model_input_price: float = Field(default=MODEL_INPUT_PRICE, ge=0)
    """Dollars for a million tokens of a prompt that were not cached; 0: not known."""
    model_cached_price: float = Field(default=MODEL_CACHED_PRICE, ge=0)
    """Dollars for a million cached tokens of a prompt."""
    model_output_price: float = Field(default=MODEL_OUTPUT_PRICE, ge=0)
    """Dollars for a million tokens of an answer, those of the model's own reasoning included."""
    model_batches: bool = False
    """Whether the endpoint has a Batch API, for runs that want it. It needs the readings table."""
    batch_price_share: float = Field(default=0.5, ge=0)
    """What a batch costs of the prices above: half, by the same page."""

    build: str = "development"
    hold_seconds: int = Field(default=600, ge=60, le=86_400)
    """How long a quote is held for its customer; at least as long as the sweep's first look."""
    rate_floor_per_second: float = Field(default=50, gt=0)
    """Intents answered each second that the gate plans with until it has measured more."""
    retention_days: int = Field(default=30, ge=1)
    """How long an intent that became no order is kept, and its idempotency key remembered."""
    receives_max: int = Field(default=5, ge=1)
    """How often the queues deliver a message before it becomes a dead letter."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Return the settings in *environment*. Raises pydantic's `ValidationError` naming each fault.

        An empty variable counts as one left out.
        """
        names = {name: environment.get(name.upper(), "") for name in cls.model_fields}
        return cls.model_validate({name: value for name, value in names.items() if value})
