"""Lint of a whole folder of charters, without a database: by the built-in rules, and the starter catalogue's decisions and sources. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from charter.authoring import lint
from charter.authoring.folder import Folder
from charter.programme import starter as programme_starter
from charter.registry import catalogue, examples, invasiveness
from charter.registry.charter_files import CharterFile
from charter.registry.document import CharterDocument
from charter.registry.finding import Finding, Severity
from charter.registry.source_descriptions import SourceDescription
from charter.registry.source_files import SourceFile
from charter.rules import Rulebook
from charter.rules.vocabulary import DecisionType, Grain
from ground.errors import BadInput

UNREADABLE = "CH00"
SOURCE = "SO01"
_MEND_SOURCE = {
    SOURCE: "Say what the column is, in words of the schema.",
    "AR01": "Do not measure this. Ask people, or look at outcomes of the work.",
}


class Judged(Struct, frozen=True):
    """What charters are judged by. The charters of other metrics stand in `others`, by slug."""

    rulebook: Rulebook
    sources: Mapping[str, SourceDescription]
    minimum_grains: Mapping[DecisionType, Grain]
    others: Mapping[str, CharterDocument]
    levels: Sequence[invasiveness.InvasivenessLevel] = invasiveness.LEVELS


class Placed(Struct, frozen=True):
    """A finding with its file and line."""

    file: str
    line: int
    finding: Finding


class LintReport(Struct, frozen=True):
    """What lint found in so many files, by file and line."""

    files: int
    placed: tuple[Placed, ...]

    def count(self, level: Severity) -> int:
        """How many findings there are of a level."""
        return Counter(each.finding.level for each in self.placed)[level]


def judge_starters(
    rulebook: Rulebook,
    documents: Mapping[str, CharterDocument],
    levels: Sequence[invasiveness.InvasivenessLevel] = invasiveness.LEVELS,
    sources: Iterable[SourceDescription] = (),
) -> Judged:
    """What holds where no registry is at hand: the starter catalogue's sources and decisions, and these ones and charters."""
    return Judged(
        rulebook=rulebook,
        sources={source.slug: source for source in (*catalogue.read_starter_sources(), *sources)},
        minimum_grains={
            decision.slug: decision.minimum_grain for decision in programme_starter.read_starter_decisions()
        },
        others={**catalogue.read_starter_charters(), **documents},
        levels=levels,
    )


def lint_folder(folder: Folder, judged: Judged) -> LintReport:
    """All findings on all charters of a folder; a file that cannot be read as a charter is one too (CH00)."""
    placed = [_unreadable(fault) for fault in folder.faults]
    for charter in folder.charters:
        placed += [_place(charter, finding) for finding in _findings(charter.document, judged)]
    for source in folder.sources:
        placed += _source_findings(source)
    ordered = sorted(placed, key=lambda each: (each.file, each.line))
    files = {charter.name for charter in folder.charters} | {source.name for source in folder.sources}
    files |= {each.file for each in placed}
    return LintReport(len(files), tuple(ordered))


def _findings(document: CharterDocument, judged: Judged) -> Iterator[Finding]:
    found = lint.lint(
        document,
        sources=judged.sources,
        known_metrics=judged.others,
        minimum_grains=judged.minimum_grains,
        levels=judged.levels,
    )
    yield from found
    # As at submission: examples are tried once everything else is in order.
    if not lint.select_errors(found):
        yield from examples.find_mismatches(document, judged.rulebook, judged.sources, others=judged.others)


def _source_findings(source: SourceFile) -> Iterator[Placed]:
    """What does not go together in a source; a kind that is banned is refused whatever the source is called (AR01)."""
    for field, text in source.description.find_faults():
        rule = "AR01" if field == "kind" else SOURCE
        finding = Finding(Severity.ERROR, rule, field, text, _MEND_SOURCE[rule])
        yield Placed(source.name, source.line_of(field), finding)


def _place(charter: CharterFile, finding: Finding) -> Placed:
    return Placed(charter.name, charter.line_of(finding.field), finding)


def _unreadable(fault: BadInput) -> Placed:
    """A fault of a file as a finding; its sentence begins with the place, which stands apart here."""
    _, _, text = fault.detail.partition(": ")
    fix = "Mend the file. The schema of charters says which keys there are and what each holds."
    finding = Finding(Severity.ERROR, UNREADABLE, fault.field or "", text, fix)
    return Placed(str(fault.extra["file"]), int(fault.extra["line"]), finding)
