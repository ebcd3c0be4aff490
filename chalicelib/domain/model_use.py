"""What reading by a language model takes: calls and tokens, and what they cost."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelUse:
    """What a model was used for something, as far as its endpoint told; adds with `+`.

    *input_tokens* are all of the prompt, the cached ones included. A call that failed or was
    cut off counts as one, with the tokens that were told of it, mostly none.
    """

    calls: int = 0
    input_tokens: int = 0
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPrices:
    """What a million tokens of each kind cost, in dollars; 0 is not known, and counts as nothing."""

    input: float
    cached: float
    output: float

    def times(self, share: float) -> "ModelPrices":
        """Return the prices of what costs *share* of these."""
        return ModelPrices(
            input=self.input * share, cached=self.cached * share, output=self.output * share
        )

    def cost_microdollars(self, use: ModelUse) -> int | None:
        """Return what *use* cost, to the next whole microdollar; None if no price is known.

        A dollar for a million tokens is a microdollar for each.
        """
        if not (self.input or self.cached or self.output):
            return None
        fresh = max(use.input_tokens - use.cached_tokens, 0)
        cost = (
            fresh * self.input + use.cached_tokens * self.cached + use.output_tokens * self.output
        )
        return round(cost)
