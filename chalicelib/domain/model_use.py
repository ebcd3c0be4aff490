"""What the model cost."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelUse:
    """Calls and tokens, as the endpoint counted them; adds with +."""

    calls: int = 0
    input_tokens: int = 0
    """All of the prompt, cached ones included."""
    cached_tokens: int = 0
    output_tokens: int = 0

    def __add__(self, other: "ModelUse") -> "ModelUse":
        return ModelUse(
            calls=self.calls + other.calls,
            input_tokens=self.input_tokens + other.input_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
        )


NO_USE = ModelUse()
"""What an answer costs that was known already."""
