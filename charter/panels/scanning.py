"""A scan: every panel of some files looked at, with what could not be. Pure but for the process that it starts."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from msgspec import Struct

from charter.panels.isolating import Examiner
from charter.panels.panel import Panel, ScanFault
from charter.panels.reaching import Reached, Severity, StatementFindings
from charter.panels.tables import PanelTable, Tables

SECONDS = 10.0  # a statement
_WEIGHTS = {Severity.ERROR: 1.0, Severity.WARNING: 0.25, Severity.NOTE: 0.0}


class PanelFindings(Struct, frozen=True):
    """What one panel reaches; `accepted` is what the baseline has of it, `views` are governed views that answer it."""

    panel: Panel
    reached: tuple[Reached, ...]
    tables: frozenset[str] = frozenset()
    accepted: tuple[Reached, ...] = ()
    views: tuple[str, ...] = ()

    @property
    def worst(self) -> Severity | None:
        """How much the gravest thing weighs; None where nothing is reached."""
        severities = {each.severity for each in self.reached}
        return next((each for each in Severity if each in severities), None)


class ScanReport(Struct, frozen=True):
    """All panels in the order of their files, and what could not be looked at."""

    panels: tuple[PanelFindings, ...]
    faults: tuple[ScanFault, ...]

    def count(self, severity: Severity) -> int:
        """How many things of a weight are reached."""
        return Counter(each.severity for panel in self.panels for each in panel.reached)[severity]

    @property
    def scores(self) -> Mapping[tuple[str, str], int]:
        """Of each dashboard by file and title: how many of a hundred of its panels reach nothing; a warning is a quarter."""
        weights: dict[tuple[str, str], list[float]] = defaultdict(list)
        for each in self.panels:
            weight = _WEIGHTS[each.worst] if each.worst else 0.0
            weights[each.panel.board].append(weight)
        return {key: int(100 * (1 - sum(found) / len(found))) for key, found in weights.items()}


def scan(
    panels: Iterable[Panel],
    faults: Iterable[ScanFault],
    tables: Tables,
    *,
    seconds: float = SECONDS,
    progress: Callable[[int], None] = lambda _: None,
) -> ScanReport:
    """Look at each panel for at most so many seconds."""
    found = []
    panels = list(panels)
    with Examiner(tables, seconds) as examiner:
        faults = [*faults, *_learn_models(examiner, [panel for panel in panels if panel.makes])]
        for number, (panel, findings) in enumerate(examiner.examine_all(panels), 1):
            found.append(PanelFindings(panel, findings.reached, findings.tables))
            progress(number)
    return ScanReport(tuple(found), tuple(sorted(faults)))


def _learn_models(examiner: Examiner, models: Sequence[Panel]) -> list[ScanFault]:
    """Let what models make be known as tables, those first that others read; faults for those that read each other in a circle."""
    by_name = {model.makes.lower(): model for model in models}
    reads = {
        name: {other for other in examiner.examine(model).tables if other in by_name and other != name}
        for name, model in by_name.items()
    }
    try:
        order = list(TopologicalSorter(reads).static_order())
    except CycleError as error:
        circle = [by_name[name] for name in dict.fromkeys(error.args[1])]
        names = ", ".join(panel.name for panel in circle)
        return [
            ScanFault(
                circle[0].file, f"Models read each other in a circle: {names}. What reads them is unresolved."
            )
        ]
    for name in order:
        examiner.learn(_read_model(name, examiner.examine(by_name[name])))
    return []


def _read_model(name: str, found: StatementFindings) -> PanelTable:
    columns = {column.lower(): holds for column, holds in found.columns if column != "*"}
    whole = bool(columns) and len(columns) == len(found.columns)
    return PanelTable(name, None, columns, whole=whole, made_of_people=found.of_people)
