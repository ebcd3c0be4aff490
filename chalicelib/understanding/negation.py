"""What one "no" or "without" reaches."""

from chalicelib.understanding.doubts import Doubt
from chalicelib.understanding.elements import Join, Wish


class Negation:
    """One "no" or "without" and the wishes that it reaches.

    Over "or" it reaches on for certain. Over "and", a comma or nothing it reaches on too, and
    for certain only if an "or" follows in the same list, or if *is_list* and it was an "and".
    One that *may_answer* may refuse what was said, and not what follows: "large, no small".
    """

    def __init__(
        self, *, is_list: bool, is_drop: bool, is_parted: bool, may_answer: bool = False
    ) -> None:
        self.may_answer = may_answer
        self.is_list = is_list
        self.is_drop = is_drop
        self.is_parted = is_parted
        self._groups: set[str] = set()
        self._pending: list[Wish] = []
        self._joins: set[Join] = set()
        self.used = False

    @property
    def is_contrast(self) -> bool:
        """Whether, alone, it may be of what another has: "a roll with butter, one without"."""
        return self.is_list and not self.is_drop

    def meet(self, join: Join) -> None:
        """Note what stands before the next wish."""
        self._joins.add(join)

    def take(self, wish: Wish) -> None:
        """Negate *wish*, holding the doubt until the list ends or an "or" settles it."""
        wish.negated = True
        self._groups.update(ref.group for ref in wish.refs)
        if Join.OR in self._joins:
            self._pending.clear()
        elif self.used and not (self.is_list and Join.AND in self._joins):
            self._pending.append(wish)
        elif self.used and self.is_list:
            self._pending.clear()
        self.used = True
        self._joins.clear()

    def may_be_left(self, *, leads_item: bool) -> bool:
        """Whether only a comma, or nothing where the next wish *leads_item*, leads to it."""
        return self.used and (self._joins == {Join.STOP} or (leads_item and not self._joins))

    def is_answered_by(self, groups: set[str]) -> bool:
        """Whether an option of *groups* is what is wanted instead: "not small, large"."""
        return not self.is_list and groups == self._groups

    def end(self) -> None:
        """Doubt each wish that nothing has shown to be negated."""
        for wish in self._pending:
            wish.doubts.add(Doubt.NEGATION_OPEN)
        self._pending.clear()
