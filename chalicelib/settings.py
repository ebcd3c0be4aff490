"""The environment, read once and frozen."""

import os
from collections.abc import Mapping
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class Settings(BaseModel):
    """Everything that a deployment decides. Each field is the variable of its name in capitals."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    orders_table: str
    coupons_table: str
    control_table: str
    intents_queue_url: str
    settlements_queue_url: str
    catalogues_bucket: str

    jwt_issuer: str
    jwt_audience: str
    jwt_jwks: str = ""
    """The public key set itself, as JSON; for a deployment without an identity provider."""
    jwt_jwks_url: str = ""
    """Where the identity provider publishes its key set; read by the API, and cached."""

    openai_base_url: str = "https://api.openai.com/v1"
    openai_model: str = "gpt-5-mini"
    openai_api_key: SecretStr = SecretStr("")
    """For local use. In AWS the key is a secret; with neither there is no model."""
    openai_api_key_secret: str = ""
    """Name or ARN of the secret in Secrets Manager that holds the key."""

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
