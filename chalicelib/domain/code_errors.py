"""What can go wrong with batches of unique codes, named for the fact.

    CodesError
    ├── BatchUnusableError      a batch's name, prefix, count or coupon can't be
    ├── BatchDiffersError       there is a batch of that name, made of something else
    ├── BatchNotFoundError      no such batch of this coupon
    └── SeedSharedError         a drawn code was another batch's already

They are told at the command line alone: no request makes or imports codes, so they are no
`RushlineError`, each of which has an HTTP status. Each has a stable `code` all the same.
"""

from typing import ClassVar


class CodesError(Exception):
    """Anything for which a batch of codes is refused."""

    code: ClassVar[str]


class BatchUnusableError(CodesError):
    """What was asked for can't be a batch; nothing was begun."""

    code = "batch_unusable"


class BatchDiffersError(CodesError):
    """The coupon has a batch of that name from another file, of another size or prefix."""

    code = "batch_differs"


class BatchNotFoundError(CodesError):
    """The coupon has no such batch."""

    code = "batch_not_found"


class SeedSharedError(CodesError):
    """A code that was just drawn belongs to another batch.

    Chance does not do that: somebody has the seed, or the source of chance is broken. The
    batch stays where it was, and another is to be made under another name.
    """

    code = "seed_shared"
