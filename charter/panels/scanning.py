"""A scan: every panel of some files looked at, with what could not be. Pure but for the process that it starts."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct, structs

from charter.panels.isolating import Examiner
from charter.panels.panel import Panel, ScanFault
from charter.panels.reaching import Reached, Severity
from charter.panels.tables import Tables

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
            weights[each.panel.file, each.panel.dashboard].append(weight)
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
    with Examiner(tables, seconds) as examiner:
        for number, (panel, findings) in enumerate(examiner.examine_all(list(panels)), 1):
            found.append(PanelFindings(panel, findings.reached, findings.tables))
            progress(number)
    return ScanReport(tuple(found), tuple(sorted(faults)))


def replace_reached(
    found: PanelFindings, reached: Iterable[Reached], accepted: Iterable[Reached]
) -> PanelFindings:
    """The same panel with other things told of it."""
    return structs.replace(found, reached=tuple(reached), accepted=tuple(accepted))
