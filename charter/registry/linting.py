"""Lint of a whole folder of charters, without a database: the house's own rules, decisions and sources. Pure."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from msgspec import Struct

from charter.registry import catalogue, examples, invasiveness, lint
from charter.registry.document import CharterDocument
from charter.registry.files import CharterFile
from charter.registry.folder import Folder
from charter.registry.lint.finding import Finding, Level
from charter.rules import Rulebook
from charter.rules.vocabulary import Decision, Grain, SourceKind
from ground.errors import BadInput

UNREADABLE = "CH00"


class Judged(Struct, frozen=True):
    """What charters are judged by. The charters of other metrics stand in `others`, by slug."""

    rulebook: Rulebook
    sources: Mapping[str, SourceKind]
    minimum_grains: Mapping[Decision, Grain]
    others: Mapping[str, CharterDocument]
    levels: Sequence[invasiveness.Level] = invasiveness.LEVELS


class Placed(Struct, frozen=True):
    """A finding with its file and line."""

    file: str
    line: int
    finding: Finding


class Report(Struct, frozen=True):
    """What lint found in so many files, by file and line."""

    files: int
    placed: tuple[Placed, ...]

    def count(self, level: Level) -> int:
        """How many findings there are of a level."""
        return Counter(each.finding.level for each in self.placed)[level]


def starter_judgement(
    rulebook: Rulebook,
    documents: Mapping[str, CharterDocument],
    levels: Sequence[invasiveness.Level] = invasiveness.LEVELS,
) -> Judged:
    """What holds where no registry is at hand: the starter catalogue's sources and decisions, and these charters."""
    return Judged(
        rulebook=rulebook,
        sources={source.slug: source.kind for source in catalogue.sources()},
        minimum_grains={decision.slug: decision.minimum_grain for decision in catalogue.decisions()},
        others={**catalogue.charters(), **documents},
        levels=levels,
    )


def lint_folder(folder: Folder, judged: Judged) -> Report:
    """All findings on all charters of a folder; a file that cannot be read as a charter is one too (CH00)."""
    placed = [_unreadable(fault) for fault in folder.faults]
    known = frozenset(judged.others)
    for charter in folder.charters:
        placed += [_place(charter, finding) for finding in _findings(charter.document, judged, known)]
    ordered = sorted(placed, key=lambda each: (each.file, each.line))
    files = {charter.name for charter in folder.charters} | {each.file for each in placed}
    return Report(len(files), tuple(ordered))


def _findings(document: CharterDocument, judged: Judged, known: Collection[str]) -> Iterator[Finding]:
    found = lint.lint(
        document,
        sources=judged.sources,
        known_metrics=known,
        minimum_grains=judged.minimum_grains,
        levels=judged.levels,
    )
    yield from found
    # As at submission: examples are tried once everything else is in order.
    if not lint.errors(found):
        yield from examples.mismatches(document, judged.rulebook, judged.sources, others=judged.others)


def _place(charter: CharterFile, finding: Finding) -> Placed:
    return Placed(charter.name, charter.line_of(finding.field), finding)


def _unreadable(fault: BadInput) -> Placed:
    """A fault of a file as a finding; its sentence begins with the place, which stands apart here."""
    _, _, text = fault.detail.partition(": ")
    fix = "Mend the file. The schema of charters says which keys there are and what each holds."
    finding = Finding(Level.ERROR, UNREADABLE, fault.field or "", text, fix)
    return Placed(str(fault.extra["file"]), int(fault.extra["line"]), finding)
