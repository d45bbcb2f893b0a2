"""The rules as they are now, for everybody: what each says, its examples just run, and what is waived."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from charter.registry import queries as registry
from charter.registry import rulebooks
from charter.registry.models import RulebookVersion
from charter.rules import Rule, Rulebook, examples
from charter.rules.builtin_rules import builtin_rulebook
from charter.rules.examples import ExampleResult
from charter.rules.vocabulary import Waivable
from governance.board import queries
from governance.board.models import Waiver
from governance.board.states import SeatKind
from ground import clock

# Whom to ask about a rule: the seat that stands for those it protects, then the one that knows its law (S78).
CONTACT, NEXT_LEVEL = SeatKind.WORKER_REP, SeatKind.LEGAL


@dataclass(frozen=True)
class RuleNow:
    """One rule with its policy as Cedar; `own` where the organisation added it, which then has no examples here."""

    rule: Rule
    cedar: str
    examples: tuple[ExampleResult, ...]
    waivers: tuple[Waiver, ...]
    own: bool


@dataclass(frozen=True)
class RulesNow:
    """The rulebook in force, its rules in id order, and when their examples were run: never where it is outdated."""

    version: RulebookVersion | None
    outdated: bool
    ran_at: datetime | None
    rules: tuple[RuleNow, ...]

    @property
    def waivers(self) -> tuple[Waiver, ...]:
        """What is waived now, rule by rule."""
        return tuple(waiver for each in self.rules for waiver in each.waivers)

    @property
    def tried(self) -> tuple[ExampleResult, ...]:
        """All examples that were run."""
        return tuple(tried for each in self.rules for tried in each.examples)

    @property
    def failing(self) -> tuple[ExampleResult, ...]:
        """Those that do not get what they say."""
        return tuple(tried for tried in self.tried if not tried.matches)

    @property
    def opened(self) -> tuple[ExampleResult, ...]:
        """Those of them that a rule is there to stop and no longer does."""
        return tuple(tried for tried in self.failing if not tried.example.permitted)


def read_rules_now(on: date, *, only: str = "") -> RulesNow:
    """All rules in force on a day, or the one of this id; the engine is asked about their examples here and now."""
    version = rulebooks.find_rulebook_in_force()
    if version is None:
        return RulesNow(None, False, None, ())
    outdated, written = rulebooks.is_outdated(version.pk), registry.load_rulebook_as_written(version.pk)
    book = None if outdated else registry.load_rulebook(version.pk)
    waivers = list(queries.list_waivers_in_force(on).order_by("ends_on", "pk"))
    rules = [rule for rule in written.rules if only in ("", rule.id)]
    told = tuple(_now(rule, written.cedar[rule.id], book, waivers) for rule in rules)
    return RulesNow(version, outdated, None if outdated else clock.now(), told)


def narrow_rules(
    rules: Iterable[RuleNow], *, text: str = "", family: str = "", waivable: str = ""
) -> tuple[RuleNow, ...]:
    """Those that say all words of a text, in themselves or in an example, of a family, and that can be waived or not."""
    return tuple(
        each
        for each in rules
        if _speaks_of(each, text)
        and family in ("", each.rule.family)
        and waivable in ("", each.rule.waivable)
    )


def _now(rule: Rule, cedar: str, book: Rulebook | None, waivers: Iterable[Waiver]) -> RuleNow:
    # A waiver of a rule that rules have made unwaivable since counts for nothing: the engine never hears of it.
    waivable = rule.waivable is Waivable.BOARD
    return RuleNow(
        rule,
        cedar,
        examples=tuple(examples.run(each, book) for each in examples.list_examples(rule.id)) if book else (),
        waivers=tuple(waiver for waiver in waivers if waivable and waiver.rule_id == rule.id),
        own=rule.id not in builtin_rulebook().by_id,
    )


def _speaks_of(each: RuleNow, text: str) -> bool:
    rule = each.rule
    says = (example.says for example in examples.list_examples(rule.id))
    said = " ".join((rule.id, rule.title, rule.text, rule.why, rule.fix, *says)).casefold()
    return all(part in said for part in text.casefold().split())
