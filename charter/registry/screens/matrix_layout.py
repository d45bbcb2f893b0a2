"""The matrix as a page lays it out: columns under their groups, rows under their categories, conditions numbered. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from charter.programme.models import DecisionKind
from charter.registry.matrix import Cell, Use
from charter.registry.queries import MatrixRow
from charter.registry.states import StandingChoices
from charter.rules import words
from charter.rules.vocabulary import DecisionGroup

GROUPS = {
    DecisionGroup.OPERATIONAL: gettext_lazy("Operations"),
    DecisionGroup.PLANNING: gettext_lazy("Planning"),
    DecisionGroup.DEVELOPMENT: gettext_lazy("Development"),
    DecisionGroup.PEOPLE: gettext_lazy("People: consequential"),
    DecisionGroup.ASSURANCE: gettext_lazy("Assurance"),
}
# What stands across a row whose charter allows nothing now, because of where it stands.
REFUSED = {
    StandingChoices.DRAFT: gettext_lazy("A draft. No use before the board approves it."),
    StandingChoices.SUBMITTED: gettext_lazy("Handed in. No use before the board approves it."),
    StandingChoices.IN_REVIEW: gettext_lazy("Before the board. No use before it approves."),
    StandingChoices.SUSPENDED: gettext_lazy("Suspended. No use at present."),
    StandingChoices.RETIRED: gettext_lazy("Retired. No use any more."),
    StandingChoices.REJECTED: gettext_lazy("Rejected by the board. No use."),
    StandingChoices.EXPIRED: gettext_lazy("Expired. No use before the board renews it."),
}
OUTCOMES = {Use.ALLOWED: "permit", Use.CONDITIONAL: "if", Use.FORBIDDEN: "deny", Use.NOT_SET: "dash"}


@dataclass(frozen=True)
class MatrixColumn:
    """A decision; `classes` draw the border of its group and the tint of decisions about people."""

    name: str
    classes: str


@dataclass(frozen=True)
class ShownCell:
    """A cell: its shape, its word, its clause, and in hidden words what it is about."""

    outcome: str
    label: str
    url: str
    about: str
    classes: str


@dataclass(frozen=True)
class MatrixLine:
    """A metric with its cells, or with the sentence that stands in place of them."""

    slug: str
    name: str
    cells: tuple[ShownCell, ...]
    refused: str
    suspended: bool


@dataclass(frozen=True)
class MatrixLayout:
    """The whole table of one page."""

    groups: tuple[tuple[str, int, bool], ...]
    columns: tuple[MatrixColumn, ...]
    categories: tuple[tuple[str, tuple[MatrixLine, ...]], ...]
    conditions: tuple[str, ...]

    @property
    def width(self) -> int:
        """Columns beside the metric's."""
        return len(self.columns)


def lay_out(rows: Sequence[MatrixRow], kinds: Sequence[DecisionKind]) -> MatrixLayout:
    """Rows in the order given, which is by category."""
    columns = tuple(_columns(kinds))
    numbers: dict[str, int] = {}
    lines = [(_category(row), _line(row, kinds, columns, numbers)) for row in rows]
    return MatrixLayout(
        groups=tuple(_groups(kinds)),
        columns=columns,
        categories=tuple(
            (name, tuple(line for _category, line in members))
            for name, members in groupby(lines, key=lambda pair: pair[0])
        ),
        conditions=tuple(numbers),
    )


def _groups(kinds: Sequence[DecisionKind]) -> Iterable[tuple[str, int, bool]]:
    """Each group's name, how many columns it spans, and whether it decides about people."""
    for group, members in groupby(kinds, key=lambda kind: kind.group):
        yield str(GROUPS[DecisionGroup(group)]), len(list(members)), group == DecisionGroup.PEOPLE


def _columns(kinds: Sequence[DecisionKind]) -> Iterable[MatrixColumn]:
    before = None
    for kind in kinds:
        classes = ["g"] if kind.group != before else []
        classes += ["people"] if kind.consequential else []
        yield MatrixColumn(kind.name, " ".join(classes))
        before = kind.group


def _category(row: MatrixRow) -> str:
    """The category's word; metrics whose charter is not written down that far come under none."""
    category = row.metric.current.category if row.metric.current else ""
    if category == "ai_assist":
        return _("AI assistance")
    return words.sentence(category.replace("_", " ")) or _("Not written down yet")


def _line(
    row: MatrixRow, kinds: Sequence[DecisionKind], columns: Sequence[MatrixColumn], numbers: dict[str, int]
) -> MatrixLine:
    metric = row.metric
    standing = StandingChoices(metric.current.standing) if metric.current else StandingChoices.DRAFT
    if not row.in_force:
        refused = str(REFUSED.get(standing, REFUSED[StandingChoices.EXPIRED]))
        return MatrixLine(metric.slug, metric.name, (), refused, standing == StandingChoices.SUSPENDED)
    cells = tuple(
        _shown(
            cell,
            _address_check(metric.slug, kind),
            f"{metric.name}, {words.inside(kind.name)}",
            column,
            numbers,
        )
        for cell, kind, column in zip(row.cells, kinds, columns, strict=True)
    )
    return MatrixLine(metric.slug, metric.name, cells, "", False)


def _address_check(slug: str, kind: DecisionKind) -> str:
    """Where this use is checked: the cell says what the charter says, the check what all rules say."""
    return f"{reverse('use-check')}?{urlencode({'decision': kind.slug, 'metrics': slug})}"


def _shown(cell: Cell, url: str, about: str, column: MatrixColumn, numbers: dict[str, int]) -> ShownCell:
    label = {Use.ALLOWED: _("Yes"), Use.FORBIDDEN: _("No"), Use.NOT_SET: _("Not set")}.get(cell.use, "")
    if cell.use is Use.CONDITIONAL:
        number = numbers.setdefault(cell.says, len(numbers) + 1)
        label = _("If %(number)s") % {"number": number}
    return ShownCell(OUTCOMES[cell.use], label, url, about, column.classes)
