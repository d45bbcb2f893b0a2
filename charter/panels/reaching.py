"""What a statement can reach, which rules it would break with that, and how it is said. Pure."""

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

from charter.registry.finding import Severity
from charter.rules.vocabulary import SourceKind


class Holds(StrEnum):
    """What a column holds, as far as it matters to people."""

    PERSON = "person"
    TEAM = "team"
    TIME = "time"
    WORKING_TIME = "working_time"
    FREE_TEXT = "free_text"
    PLAIN = "plain"
    UNRESOLVED = "unresolved"


_WORST_FIRST = (
    Holds.PERSON, Holds.WORKING_TIME, Holds.FREE_TEXT, Holds.UNRESOLVED, Holds.TEAM, Holds.TIME, Holds.PLAIN,
)  # fmt: skip


def worst_of(held: Iterable[Holds]) -> Holds:
    """What a column holds that is made of others: the one that reaches most."""
    found = set(held)
    return next((each for each in _WORST_FIRST if each in found), Holds.PLAIN)


class HeldColumn(Struct, frozen=True):
    """A column of a table, and what it holds."""

    table: str
    column: str
    holds: Holds

    def __str__(self) -> str:
        return f"{self.table}.{self.column}" if self.table else self.column


class ReachKind(StrEnum):
    """What a statement does that somebody can be harmed by."""

    PROJECTED = "projected"
    GROUPED = "grouped"
    ORDERED = "ordered"
    FILTERED = "filtered"
    WINDOWED = "windowed"
    RANKED = "ranked"
    HOURS = "hours"
    FREE_TEXT = "free_text"
    SMALL_GROUP = "small_group"
    SINGLED_OUT = "singled_out"
    SINGLE_EVENTS = "single_events"
    PEOPLE_COUNTED = "people_counted"
    NARROWED = "narrowed"
    TEAMS_RANKED = "teams_ranked"
    WELLNESS = "wellness"
    MONITORING = "monitoring"
    UNRESOLVED = "unresolved"
    LOOK_ALIKE = "look_alike"
    CATALOGUE = "catalogue"
    OUTSIDE = "outside"
    NO_QUERY = "no_query"
    UNREADABLE = "unreadable"
    TOO_SLOW = "too_slow"


class ReachWords(Struct, frozen=True):
    """How something reached is told: `text` has a place for the column, `rules` are those it would break."""

    severity: Severity
    rules: tuple[str, ...]
    text: str
    fix: str


_ASK_THE_TEAM = "Read the team’s value of a governed view instead, with nobody named."
_DESCRIBE = (
    "Describe the table in a sources file (--sources), or name the column so that it says what it holds."
)
_LOOK_AGAIN = "Write the statement so that it can be read, or take it out of the dashboard."
_COUNT_PEOPLE = (
    "Keep groups of five people or more: HAVING COUNT(DISTINCT the person) >= 5, or read a governed view."
)

TOLD: dict[ReachKind, ReachWords] = {
    ReachKind.PROJECTED: ReachWords(Severity.ERROR, ("AR05", "AR26"), "It shows people: {}.", _ASK_THE_TEAM),
    ReachKind.GROUPED: ReachWords(
        Severity.ERROR, ("AR04", "AR05"), "It makes a figure for each person: grouped by {}.", _ASK_THE_TEAM
    ),
    ReachKind.ORDERED: ReachWords(
        Severity.ERROR, ("AR04", "AR05"), "It puts people in an order: by {}.", _ASK_THE_TEAM
    ),
    ReachKind.FILTERED: ReachWords(
        Severity.ERROR, ("AR04", "AR13"), "It picks out people: it compares {}.", _ASK_THE_TEAM
    ),
    ReachKind.WINDOWED: ReachWords(
        Severity.ERROR,
        ("AR04", "AR05"),
        "It works out a figure for each person: a window over {}.",
        _ASK_THE_TEAM,
    ),
    ReachKind.RANKED: ReachWords(
        Severity.ERROR, ("AR04", "AR05"), "It ranks people or takes the first of them: {}.", _ASK_THE_TEAM
    ),
    ReachKind.HOURS: ReachWords(
        Severity.ERROR,
        ("AR03",),
        "It looks at the hour or the day of the week at which people were at work: {}.",
        "Leave the hours out. Group by day, week or month.",
    ),
    ReachKind.FREE_TEXT: ReachWords(
        Severity.ERROR,
        ("AR12",),
        "It shows what people wrote, in which anybody may be named: {}.",
        "Leave the text out, or count by a field that has fixed words.",
    ),
    ReachKind.SMALL_GROUP: ReachWords(
        Severity.WARNING,
        ("AR12",),
        "It shows values of groups, however few people are in them: by {}.",
        _COUNT_PEOPLE,
    ),
    ReachKind.SINGLED_OUT: ReachWords(
        Severity.ERROR,
        ("AR12", "AR13"),
        "It keeps small groups and leaves out the large ones: {}.",
        _COUNT_PEOPLE,
    ),
    ReachKind.SINGLE_EVENTS: ReachWords(
        Severity.WARNING,
        ("AR12",),
        "It shows what people did one by one: {}. Each row is somebody’s.",
        "Aggregate over a group of five people or more.",
    ),
    ReachKind.PEOPLE_COUNTED: ReachWords(
        Severity.WARNING, ("AR12",), "It counts people in groups that may be small: {}.", _COUNT_PEOPLE
    ),
    ReachKind.NARROWED: ReachWords(
        Severity.WARNING,
        ("AR12", "AR13"),
        "It keeps some people only, by another query: {}. They may be few.",
        _COUNT_PEOPLE,
    ),
    ReachKind.TEAMS_RANKED: ReachWords(
        Severity.ERROR,
        ("AR29",),
        "It puts teams in the order of a value, or takes the first of them: {}.",
        "Order by the team’s name or by the period, without a limit.",
    ),
    ReachKind.WELLNESS: ReachWords(
        Severity.ERROR,
        ("AR02", "AR20"),
        "It joins what people said of their wellness to what they did: {}.",
        "Ask for each on its own, at team level, of eight people or more.",
    ),
    ReachKind.MONITORING: ReachWords(
        Severity.ERROR,
        ("AR01",),
        "It reads a source that watches people: {}.",
        "Do not measure this. Ask people, or look at outcomes of the work.",
    ),
    ReachKind.UNRESOLVED: ReachWords(
        Severity.ERROR, ("AR14",), "Nobody has said what {} holds, so it counts as reached.", _DESCRIBE
    ),
    ReachKind.LOOK_ALIKE: ReachWords(
        Severity.ERROR,
        ("AR14",),
        "The name {} has letters that look like others, so it may be another name than it seems.",
        "Write it in plain letters.",
    ),
    ReachKind.CATALOGUE: ReachWords(
        Severity.ERROR,
        ("AR14",),
        "It reads the database’s own catalogue: {}.",
        "Name the tables that it needs.",
    ),
    ReachKind.OUTSIDE: ReachWords(
        Severity.ERROR,
        ("AR14",),
        "It reaches out of the database, or into it by other ways than tables: {}.",
        "Leave the function out.",
    ),
    ReachKind.NO_QUERY: ReachWords(
        Severity.ERROR, ("AR14",), "It is no query, but a statement of another kind: {}.", _LOOK_AGAIN
    ),
    ReachKind.UNREADABLE: ReachWords(
        Severity.ERROR, ("AR14",), "It cannot be read, so it counts as reaching everything: {}.", _LOOK_AGAIN
    ),
    ReachKind.TOO_SLOW: ReachWords(
        Severity.ERROR,
        ("AR14",),
        "Reading it took longer than it may, so it counts as reaching everything: {}.",
        _LOOK_AGAIN,
    ),
}

WELLNESS_KINDS = frozenset({SourceKind.SURVEY})


class Reached(Struct, frozen=True, order=True):
    """Something that a statement reaches: how, and which columns or words (`what`)."""

    reach: ReachKind
    what: str
    softened: bool = False  # it matters less here, as of a table that names nobody
    also: tuple[str, ...] = ()  # rules beside those of its kind

    @property
    def severity(self) -> Severity:
        """How much it weighs: an error denies."""
        return Severity.NOTE if self.softened else TOLD[self.reach].severity

    @property
    def rules(self) -> tuple[str, ...]:
        """The ids of the rules that it would break, in order."""
        return tuple(sorted({*TOLD[self.reach].rules, *self.also}))

    @property
    def text(self) -> str:
        """What it is, in a sentence."""
        return TOLD[self.reach].text.format(self.what)

    @property
    def fix(self) -> str:
        """What to do instead."""
        return TOLD[self.reach].fix


class StatementFindings(Struct, frozen=True):
    """What one text of SQL reaches, and the tables that it reads. `statements` says how many statements it holds.

    `columns` are those that the last of them gives, for whoever reads them as a table, and `of_people` whether their rows are
    of people.
    """

    reached: tuple[Reached, ...]
    tables: frozenset[str] = frozenset()
    statements: int = 1
    columns: tuple[tuple[str, Holds], ...] = ()
    of_people: bool = False

    @property
    def denied(self) -> bool:
        """Whether something is reached that no rule lets pass."""
        return any(each.severity is Severity.ERROR for each in self.reached)

    @property
    def rules(self) -> tuple[str, ...]:
        """All rules that it would break, errors alone."""
        return tuple(
            sorted({rule for each in self.reached if each.severity is Severity.ERROR for rule in each.rules})
        )


def unreadable(reach: ReachKind, why: str) -> StatementFindings:
    """What is said of a text that could not be looked at: that it counts as reached."""
    return StatementFindings((Reached(reach, why),))


def name_cells(cells: Iterable[HeldColumn]) -> str:
    """Columns as one reads them, sorted."""
    return ", ".join(sorted({str(cell) for cell in cells}))
