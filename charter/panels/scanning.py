"""A scan: every panel of some files looked at, with what could not be. Pure but for the process that it starts."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from msgspec import Struct, structs

from charter.panels.comparing import PanelComparison
from charter.panels.examining import Examined
from charter.panels.expanding.grafana import set_window
from charter.panels.isolating import Examiner
from charter.panels.offers import ViewOffer, find_answers
from charter.panels.panel import ScanFault, SqlPanel
from charter.panels.reaching import Holds, Reached, worst_of
from charter.panels.rewriting import Rewrite, rewrite
from charter.panels.running import compare_both
from charter.panels.tables import PanelTable, Tables
from charter.registry.finding import Severity

SECONDS = 10.0  # a statement
_WEIGHTS = {Severity.ERROR: 1.0, Severity.WARNING: 0.25, Severity.NOTE: 0.0}


class PanelFindings(Struct, frozen=True):
    """What one panel reaches; `accepted` is what the baseline has of it, `views` are governed views that answer it."""

    panel: SqlPanel
    reached: tuple[Reached, ...]
    tables: frozenset[str] = frozenset()
    accepted: tuple[Reached, ...] = ()
    views: tuple[str, ...] = ()
    proposed: Rewrite | None = None
    compared: PanelComparison | None = None

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


class Proposing(Struct, frozen=True):
    """What is proposed for panels; with two addresses both statements are run, over the days of `window`."""

    warehouse: str = ""
    governed: str = ""
    window: tuple[str, str] = ("", "")

    def compare(
        self, panel: SqlPanel, found: Examined, proposed: Rewrite, examiner: Examiner
    ) -> PanelComparison:
        """Whether both give the same numbers, or why that was not looked at."""
        if not (self.warehouse and self.governed):
            return PanelComparison(not_run="no connection was given (--warehouse and --governed).")
        if not proposed.view or found.shape is None:
            return PanelComparison(not_run="it reads the same tables as before, and leaves groups out.")
        new = examiner.examine(structs.replace(panel, sql=proposed.sql, dialect="postgres"))
        before, after = (set_window(each.statement, panel.sql, self.window) for each in (found, new))
        return compare_both(found.shape, before, self.warehouse, after, self.governed)


def scan(
    panels: Iterable[SqlPanel],
    faults: Iterable[ScanFault],
    tables: Tables,
    *,
    seconds: float = SECONDS,
    offers: Iterable[ViewOffer] = (),
    proposing: Proposing | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> ScanReport:
    """Look at each panel for at most so many seconds."""
    found = []
    panels = list(panels)
    with Examiner(tables, seconds) as examiner:
        faults = [*faults, *_learn_models(examiner, [panel for panel in panels if panel.makes])]
        offers = tuple(offers)
        for number, (panel, findings) in enumerate(examiner.examine_all(panels), 1):
            found.append(_tell(panel, findings, offers, proposing, examiner))
            progress(number)
    return ScanReport(tuple(found), tuple(sorted(faults)))


def _tell(
    panel: SqlPanel,
    found: Examined,
    offers: Sequence[ViewOffer],
    proposing: Proposing | None,
    examiner: Examiner,
) -> PanelFindings:
    """What a panel reaches, the views that answer it, and what is proposed for it."""
    answers = find_answers(found.shape, offers)
    proposed = rewrite(panel, found.shape, found.reached, answers) if proposing else None
    compared = proposing.compare(panel, found, proposed, examiner) if proposing and proposed else None
    views = tuple(answer.view for answer in answers)
    return PanelFindings(panel, found.reached, found.tables, (), views, proposed, compared)


def _learn_models(examiner: Examiner, models: Sequence[SqlPanel]) -> list[ScanFault]:
    """Let what models make be known as tables, those first that others read; faults for those that read each other in a circle."""
    by_name: dict[str, list[SqlPanel]] = defaultdict(list)
    for model in models:
        by_name[model.makes.lower()].append(model)
    reads = {
        name: {
            other
            for each in several
            for other in examiner.examine(each).tables
            if other in by_name and other != name
        }
        for name, several in by_name.items()
    }
    try:
        order = list(TopologicalSorter(reads).static_order())
    except CycleError as error:
        circle = [each for name in dict.fromkeys(error.args[1]) for each in by_name[name]]
        names = ", ".join(panel.name for panel in circle)
        return [
            ScanFault(
                circle[0].file, f"Models read each other in a circle: {names}. What reads them is unresolved."
            )
        ]
    for name in order:
        examiner.learn(_read_model(name, [examiner.examine(each) for each in by_name[name]]))
    return []


def _read_model(name: str, found: Sequence[Examined]) -> PanelTable:
    """What a model makes, as a table; of several of one name, each column as the one that reaches most has it."""
    columns: dict[str, Holds] = {}
    for column, holds in (each for one in found for each in one.columns if each[0] != "*"):
        columns[column.lower()] = worst_of([holds, columns.get(column.lower(), holds)])
    whole = all(one.columns and all(column != "*" for column, _ in one.columns) for one in found)
    return PanelTable(name, None, columns, whole=whole, made_of_people=any(one.of_people for one in found))
