"""Coupons, in memory."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from chalicelib.application.ports import Moved, Stale
from chalicelib.domain.coupon import Coupon, CouponState, CouponTerms, Shard, split_units
from tests.fakes.outage import Breakable


@dataclass(slots=True, kw_only=True)
class Part:
    """A shard as it stands, with what it knows of its coupon."""

    shard: Shard
    version: int
    state: CouponState


class FakeCoupons(Breakable):
    """Terms by code, and each coupon's shards."""

    def __init__(self) -> None:
        super().__init__()
        self.defined: dict[str, CouponTerms] = {}
        self.parts: dict[str, list[Part]] = {}

    def terms(self, code: str) -> CouponTerms | None:
        """Return the coupon's terms."""
        return self.fresh_terms(code)

    def fresh_terms(self, code: str) -> CouponTerms | None:
        """Return the coupon's terms."""
        self.up_or_raise()
        return self.defined.get(code)

    def get(self, code: str) -> Coupon | None:
        """Return terms and shards."""
        terms = self.fresh_terms(code)
        if terms is None:
            return None
        return Coupon(terms=terms, shards=tuple(part.shard for part in self.parts[code]))

    def left(self, code: str) -> Mapping[int, int]:
        """Return the units left on each shard."""
        self.up_or_raise()
        return {part.shard.number: part.shard.left for part in self.parts.get(code, [])}

    def define(self, terms: CouponTerms) -> Moved | Stale:
        """Create the coupon, or give it new terms; a shard keeps its counts and its state."""
        self.up_or_raise()
        known = self.defined.get(terms.code)
        if known is not None:
            terms = replace(terms, state=known.state)
            if known.version > terms.version or (known.version == terms.version and known != terms):
                return Stale()
        else:
            self.parts[terms.code] = [
                Part(
                    shard=Shard(number=number, left=units, held=0, redeemed=0, spent=0),
                    version=terms.version,
                    state=terms.state,
                )
                for number, units in enumerate(split_units(terms.units, terms.shards))
            ]
        for part in self.parts[terms.code]:
            part.version = terms.version
        self.defined[terms.code] = terms
        return Moved()

    def set_state(self, code: str, state: CouponState) -> None:
        """Write *state* on the terms and every shard."""
        self.up_or_raise()
        if code in self.defined:
            self.defined[code] = replace(self.defined[code], state=state)
            for part in self.parts[code]:
                part.state = state
