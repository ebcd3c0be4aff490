"""What a language has to say about itself before a text in it can be read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from chalicelib.understanding.beside import NO_REMARKS, NO_WHEREABOUTS, RemarkWords, WhereaboutWords


class Role(StrEnum):
    """What a word or phrase of the language does in an order, whatever the menu."""

    ARTICLE = "article"  # opens a new line: "a", "another"
    TIMES = "times"  # turns its neighbour number into a quantity: "x" in "latte x 2"
    MEASURE = "measure"  # stands between a number and what is counted: "orders of"
    CONTAINER = "container"  # as MEASURE, unless what follows is counted itself: "a bag of rolls"
    EXTRA = "extra"
    LIGHT = "light"
    WITHOUT = "without"  # negates a whole list: "without", "hold the"
    NO = "no"  # negates what follows at once; its reach over "and" is open
    EXCEPT = "except"  # as WITHOUT; behind "no" and all of a group, what is wanted of it
    WITH = "with"
    AND = "and"
    OR = "or"
    BUT = "but"
    EACH = "each"  # shares what stands with it between all lines so far: "both with honey"
    ALL = "all"  # EACH before an option, "all large"; else it says what this grammar doesn't read
    DEFINITE = "definite"  # points back at an item that was named: "the"
    ONTO = "onto"  # gives what stands before it to an item that was named: "to the"
    OF_THEM = "of_them"  # makes a number a part of what was named: "two of them"
    REST = "rest"  # the units or lines of which nothing was said yet: "the rest", "the other two"
    ALIKE = "alike"  # before the name of a group: as it was wished for before: "the same size"
    HALF = "half"  # one of two equal parts of what was named: "half of them"
    PEOPLE = "people"  # a number of those who have what follows: "we both want"
    ONES = "ones"  # stands for an item that was named, as the number one may: "large ones"
    SAME = "same"  # wishes as for the line before: "the same for"
    REPEAT = "repeat"  # the last item once more, as it was wished for: "the same again"
    MEND = "mend"  # what follows takes the place of what was said: "no wait", "make that"
    RETHINK = "rethink"  # as MEND, or it only adds: "actually"
    DROP = "drop"  # as WITHOUT; takes out an item that was ordered: "scratch the"
    SWAP = "swap"  # of two items that follow, the second takes the place of the first: "swap"
    HEDGE = "hedge"  # what follows is only hinted at: "not too big"
    RATHER_THAN = "rather_than"  # what follows is not wanted, what stands before is: "instead of"
    INSTEAD = "instead"  # ends what one of the last four began
    YES = "yes"  # agrees, as an answer, to what was asked; in an order it changes nothing
    ALSO = "also"  # changes nothing, but what stands with it replaces nothing: "too"
    FILLER = "filler"  # changes nothing
    PLAIN = "plain"  # as FILLER; behind a number, so many without any option: "one plain"
    APART = "apart"  # as FILLER of an item; how an option is served: "on the side"
    DOUBT = "doubt"  # changes something that this grammar does not read: "instead", "cancel"


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponWords:
    """How people name a promotion code: "use my coupon SPRING25", "with code X".

    Behind one of *claims*, what it is called may stand: "use my free shot coupon SPRING25".
    Behind one of *locks*, a code opens a door.
    After one of *refusals* the code is not wanted, or not for certain: "do not use X"; after
    those of them that are *dropping* it plainly is not.
    """

    verbs: frozenset[str]
    nouns: frozenset[str]
    links: frozenset[str]
    refusals: frozenset[str]
    claims: frozenset[str] = frozenset()
    locks: frozenset[str] = frozenset()
    dropping: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class AsideWords:
    """How a language speaks of people and purposes, and not of what is ordered.

    *openings* begin a statement about people ("he is"), those of *inner* also where no stop
    stands before; *narrative* are doubtful words that are harmless there. *purposes* lead what
    something is for ("for my"), where they *point* only if no option stands before. *closings*
    end a statement before what is ordered: "so". None holds with a word that is *weighty*:
    "she is allergic" matters, and so does a day.
    """

    openings: tuple[str, ...] = ()
    inner: tuple[str, ...] = ()
    narrative: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()
    points: frozenset[str] = frozenset()
    closings: frozenset[str] = frozenset()
    weighty: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class IdiomWords:
    """Words that mean something of their own only beside others.

    *intensifiers* are more of the option that follows, where none is named so: "double cheese".
    *loose* amounts may be no more than talk, "plenty of"; those *shared* are of two options.
    *wholes* begin the names of options that are all there is: "all the veggies". *limiting*
    words end what is not wanted, "no ham, just olives", and so does a phrase of *wished* behind
    what is: "no ham, olives if you have them". *parted* verbs refuse, with one of their
    particles behind what they name: "leave the ham off". Words *answering* may refuse what was
    said and not what follows: "a large tea, no small", where "not small" is clear.
    """

    intensifiers: frozenset[str] = frozenset()
    loose: frozenset[str] = frozenset()
    shared: frozenset[str] = frozenset()
    wholes: frozenset[str] = frozenset()
    limiting: frozenset[str] = frozenset()
    answering: frozenset[str] = frozenset()
    wished: frozenset[str] = frozenset()
    parted: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerWords:
    """What words mean as an answer to a question, whatever they do in an order.

    Phrases that are *agreeing* or *refusing* do so where nothing else is said: "ok", "no".
    With one of *replacing*, what was understood gives way: "just a latte"; one that is
    *adding* leaves open whether it does: "another latte". Words of *numbering* lead the number
    of a choice, "option two", and phrases of *cheaper* pick the one that costs least.
    """

    agreeing: tuple[str, ...] = ()
    refusing: tuple[str, ...] = ()
    replacing: frozenset[str] = frozenset()
    adding: frozenset[str] = frozenset()
    numbering: frozenset[str] = frozenset()
    cheaper: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrasebook:
    """How we speak back, in this language. Each text is a `str.format` template.

    *change_what* follows a bare "no", *which_else* one to several choices, *coupon_left_out* any
    question after a coupon was refused, *how_many* a number that no order takes. *space* parts words, *list_comma* the members of a list, *comma* the rest of a line and
    *semicolon* lines.
    """

    did_you_mean: str
    is_this_right: str
    change_what: str
    which_else: str
    coupon_left_out: str
    how_many: str
    not_understood: str
    nothing_to_offer: str
    last_of_alternatives: str
    with_options: str
    without_options: str
    extra: str
    light: str
    space: str = " "
    comma: str = ", "
    list_comma: str = ", "
    semicolon: str = "; "


def _never(_word: str) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Language:
    """The words of one language, and nothing of any menu; equal to itself alone.

    *variants* replaces one word by its usual spelling (one word or several), or by a form that
    keeps it from being read as another, in texts and menus alike, so both meet in the middle.
    *measures* does so behind a number only ("5 m"), *glued* only where nothing stands between
    ("12in"). *tens* join a following *units* number ("twenty five"); *multipliers* multiply the
    number before them ("two dozen"). *pairs* are those of the *number_phrases* that count one
    where a word of *paired*, in the singular, is what they count: "a pair of gloves".
    *singular* must give the same result for a word and its plural; *is_plural* says whether a
    word may be one; *inflections* are endings that an unknown word may be tried without
    ("roasted": "roast"). *containers* hold what is sold, in the singular; words
    of *sizes* make a size of the number before them, on no menu a quantity; those of *counting*
    say how many one is made of: "12 piece"; a part of what *partitive*
    words measure is none of it: "a slice of cake"; words of *placing* lead an option with its article: "in a cup". *asides* say for whom, when
    and where: filler, unless a menu has a word of theirs ("for kids"). *absences* are words that
    say an option is not wanted, where the item offers one: "hot", where there is "iced".
    *common* words are everyday ones, in the singular: no typo of a menu's word.
    *ordinals* name one of several choices, -1 the last: "the second".
    *requests* make an order of a question: "could i have a latte?", but those *consulting* may
    ask whether one thing goes with another: "can i take x with y?", or with a word of *mixing*; a text that a phrase of
    *interrogatives* begins, behind words of *greetings*, asks, and orders nothing, unless it says more.

    *spaced* sets the words of a text apart by spaces where the script does not, and puts its
    numerals and stops as digits and ASCII; of what it returned it changes nothing. Where it
    *segments*, a word is a single character, which alone tells nothing: only whole names and
    phrases are read. Where it is *postpositive*, a number may stand behind its item and an
    amount behind its option: "latte two cups, pearls a bit more". *classifiers* are filler
    behind a number alone ("two cups tea"), and unknown elsewhere.
    """

    name: str
    singular: Callable[[str], str]
    inflections: tuple[str, ...]
    variants: Mapping[str, str]
    units: Mapping[str, int]
    tens: Mapping[str, int]
    multipliers: Mapping[str, int]
    number_phrases: Mapping[str, int]
    phrases: Mapping[Role, tuple[str, ...]]
    absences: Mapping[str, tuple[str, ...]]
    requests: tuple[str, ...]
    coupon: CouponWords
    phrasebook: Phrasebook
    measures: Mapping[str, str] = field(default_factory=dict)
    glued: Mapping[str, str] = field(default_factory=dict)
    pairs: tuple[str, ...] = ()
    paired: frozenset[str] = frozenset()
    asides: tuple[str, ...] = ()
    ordinals: Mapping[str, int] = field(default_factory=dict)
    spaced: Callable[[str], str] = str
    segments: bool = False
    postpositive: bool = False
    classifiers: frozenset[str] = frozenset()
    is_plural: Callable[[str], bool] = _never
    containers: frozenset[str] = frozenset()
    sizes: frozenset[str] = frozenset()
    counting: frozenset[str] = frozenset()
    partitive: frozenset[str] = frozenset()
    interrogatives: tuple[str, ...] = ()
    consulting: tuple[str, ...] = ()
    mixing: frozenset[str] = frozenset()
    greetings: frozenset[str] = frozenset()
    placing: frozenset[str] = frozenset()
    beside: AsideWords = AsideWords()
    remarks: RemarkWords = NO_REMARKS
    whereabouts: WhereaboutWords = NO_WHEREABOUTS
    common: frozenset[str] = frozenset()
    answers: AnswerWords = AnswerWords()
    idioms: IdiomWords = IdiomWords()
