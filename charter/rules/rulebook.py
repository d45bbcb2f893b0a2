"""The rulebook: Cedar policies that passed every check, parsed once and swapped whole."""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import lru_cache
from pathlib import Path

import cedarpy
import msgspec
from cedarpy import pst
from msgspec import Struct

from charter.rules.context import build_charter_entity
from charter.rules.facts import CharterFacts
from charter.rules.vocabulary import Grain, Outcome, Waivable

BUILTIN = Path(__file__).parent / "builtin"
SCHEMA = "schema.cedarschema"
INVARIANTS = "invariants.cedar"  # what rules are proved by, and no rules themselves
ENGINE = "ENGINE"  # the rule id of an engine error; no policy may take it
ANNOTATIONS = ("id", "title", "text", "why", "fix", "family", "effect", "waivable")
RULE_ID = re.compile(r"[A-Z][A-Z0-9-]{1,19}")


class Rule(Struct, frozen=True):
    """One policy in words: its title, text, reason and fix; `effect` is what it does to a request it matches."""

    id: str
    title: str
    text: str
    why: str
    fix: str
    family: str
    effect: Outcome
    waivable: Waivable


class RulebookFinding(Struct, frozen=True, order=True):
    """What is wrong with a rulebook: in which file, in which policy (empty for the whole file), and what."""

    file: str
    policy: str
    problem: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.file, self.policy, self.problem) if part)


class RulebookError(ValueError):
    """A rulebook that may not be published; `findings` say why, all at once."""

    def __init__(self, findings: tuple[RulebookFinding, ...]) -> None:
        super().__init__("; ".join(map(str, findings)))
        self.findings = findings


@dataclass(frozen=True, eq=False)
class Rulebook:
    """A checked set of rules. Nothing in it changes, so swapping the reference swaps the rules.

    `content_hash` is the hex SHA-256 of the canonical files; `rules` are the forbidding rules in id order.
    """

    content_hash: str
    rules: tuple[Rule, ...]
    permit: Rule
    policies: cedarpy.PolicySet
    denials: cedarpy.PolicySet  # without the rules that only refer to the board
    schema: cedarpy.Schema
    waivable: frozenset[str]
    referring: frozenset[str]
    by_id: Mapping[str, Rule]
    cedar: Mapping[str, str]  # each policy as it is written, without its annotations


@dataclass(frozen=True)
class _Policy:
    """One parsed policy, and where it stands."""

    file: str
    parsed: pst.Template
    text: str

    @property
    def id(self) -> str:
        return self.parsed.annotations.get("id", "")

    def finding(self, problem: str) -> RulebookFinding:
        return RulebookFinding(self.file, self.id or self.parsed.id, problem)


def builtin_files() -> dict[str, str]:
    """Return the built-in schema and policies by file name."""
    paths = [BUILTIN / SCHEMA, *sorted(BUILTIN.glob("*.cedar"))]
    return {path.name: path.read_text(encoding="utf-8") for path in paths if path.name != INVARIANTS}


def written_invariants() -> dict[str, str]:
    """Each statement that rules are proved by, as it is written in Cedar, by its id."""
    return _as_written((BUILTIN / INVARIANTS).read_text(encoding="utf-8"))


def hash_files(files: Mapping[str, str]) -> str:
    """Return the hex SHA-256 of the files as JSON pairs in name order."""
    return hashlib.sha256(msgspec.json.encode(sorted(files.items()))).hexdigest()


def compile_rulebook(files: Mapping[str, str]) -> Rulebook:
    """Check and parse a rulebook; equal content comes back as the same object.

    Raises `RulebookError` with every finding: syntax, types and vocabulary words against the schema, annotations,
    duplicate ids, rules that can never match, waivers, and anything but exactly one permit.
    """
    return _compile(tuple(sorted(files.items())), _builtin_schema_of)


def read_rulebook(files: Mapping[str, str]) -> Rulebook:
    """Read a rulebook as whoever wrote it did, by the schema that lies in it: to show and to compare, never to decide by.

    Rules in force when a new version of the product came may be of its earlier schema. Raises `RulebookError`.
    """
    return _compile(tuple(sorted(files.items())), _schema_of)


@lru_cache(maxsize=16)
def _compile(
    items: tuple[tuple[str, str], ...], schema_of: Callable[[Mapping[str, str]], cedarpy.Schema]
) -> Rulebook:
    files = dict(items)
    schema = schema_of(files)
    policies, findings = _parse({name: text for name, text in items if name != SCHEMA})
    findings += _check_types(files, schema) if not findings else []
    findings += [finding for check in _CHECKS for finding in check(policies)]
    if not findings:
        findings += [
            policy.finding("it can never match") for policy in policies if _never_matches(policy, schema)
        ]
    if findings:
        raise RulebookError(tuple(sorted(findings)))
    return _assemble(hash_files(files), schema, policies)


def _schema_of(files: Mapping[str, str]) -> cedarpy.Schema:
    if SCHEMA not in files:
        raise RulebookError((RulebookFinding(SCHEMA, "", "the schema is missing"),))
    try:
        return cedarpy.Schema.from_str(files[SCHEMA])
    except ValueError as error:
        raise RulebookError((RulebookFinding(SCHEMA, "", str(error)),)) from error


def _builtin_schema_of(files: Mapping[str, str]) -> cedarpy.Schema:
    """Parse the schema, which has to be the built-in one: organisations add rules, not facts."""
    schema = _schema_of(files)
    if str(schema) != str(builtin_schema()):
        raise RulebookError((RulebookFinding(SCHEMA, "", "it differs from the schema of this version"),))
    return schema


@lru_cache(maxsize=1)
def builtin_schema() -> cedarpy.Schema:
    return cedarpy.Schema.from_str((BUILTIN / SCHEMA).read_text(encoding="utf-8"))


def _parse(files: Mapping[str, str]) -> tuple[list[_Policy], list[RulebookFinding]]:
    policies: list[_Policy] = []
    findings: list[RulebookFinding] = []
    for name, text in files.items():
        try:
            parsed = cedarpy.policies_to_pst(text)
        except ValueError as error:
            findings.append(RulebookFinding(name, "", str(error)))
            continue
        if not name.endswith(".cedar"):
            findings.append(RulebookFinding(name, "", "a rulebook holds the schema and .cedar files only"))
        if parsed.templates:
            findings.append(RulebookFinding(name, "", "templates have no place in a rulebook"))
        written = _as_written(text)
        policies += [
            _Policy(name, policy, written.get(policy.annotations.get("id", ""), ""))
            for policy in parsed.static_policies.values()
        ]
    return policies, findings


_STRING = r'"(?:\\.|[^"\\])*"'
_STATEMENT = re.compile(rf"(?:{_STRING}|//[^\n]*|[^;\"/]|/(?!/))+;")
_ANNOTATION = re.compile(rf"\s*(?://[^\n]*\n|@\s*(?P<name>\w+)\s*(?:\(\s*(?P<value>{_STRING})\s*\))?)")


def _as_written(text: str) -> dict[str, str]:
    """Cut a file into its policies by @id, each less the comments before it and its annotations."""
    found = {}
    for statement in _STATEMENT.findall(text):
        start, given = 0, {}
        while part := _ANNOTATION.match(statement, start):
            given[part["name"]] = part["value"]
            start = part.end()
        found[(given.get("id") or "").strip('"')] = statement[start:].strip()
    return found


def _check_types(files: Mapping[str, str], schema: cedarpy.Schema) -> list[RulebookFinding]:
    """Let Cedar check every policy against the schema, misspelt words of vocabularies among the rest."""
    findings = []
    for name in sorted(files.keys() - {SCHEMA}):
        result = cedarpy.validate_policies(files[name], schema)
        ids = result.id_annotations_by_policy_id
        findings += [
            RulebookFinding(name, ids.get(error.policy_id, error.policy_id), error.error)
            for error in result.errors
        ]
    return findings


def _check_annotations(policies: list[_Policy]) -> Iterator[RulebookFinding]:
    for policy in policies:
        given = policy.parsed.annotations
        for name in ANNOTATIONS:
            if not given.get(name, "").strip():
                yield policy.finding(f"@{name} is missing or empty")
        for name in sorted(given.keys() - set(ANNOTATIONS)):
            yield policy.finding(f"@{name} is not an annotation that rules have")
        if given.get("family") != policy.file.removesuffix(".cedar"):
            yield policy.finding("@family must be the name of its file")


def _check_words(policies: list[_Policy]) -> Iterator[RulebookFinding]:
    """Hold @effect and @waivable to their words: a forbid denies or refers, the permit permits."""
    for policy in policies:
        permits = policy.parsed.effect == "permit"
        effects = {Outcome.PERMIT} if permits else {Outcome.DENY, Outcome.REFER}
        if policy.parsed.annotations.get("effect") not in effects:
            yield policy.finding(f"@effect must be {' or '.join(sorted(effects))}")
        waivables = {Waivable.NEVER} if permits else set(Waivable)
        if policy.parsed.annotations.get("waivable") not in waivables:
            yield policy.finding(f"@waivable must be {' or '.join(sorted(waivables))}")


def _check_ids(policies: list[_Policy]) -> Iterator[RulebookFinding]:
    seen: set[str] = set()
    for policy in policies:
        if not RULE_ID.fullmatch(policy.id) or policy.id == ENGINE:
            yield policy.finding("@id must be capitals and digits, such as AR04, and not ENGINE")
        if policy.id in seen:
            yield policy.finding("another policy has the same @id")
        seen.add(policy.id)


def _check_permits(policies: list[_Policy]) -> Iterator[RulebookFinding]:
    permits = [policy for policy in policies if policy.parsed.effect == "permit"]
    if len(permits) != 1:
        yield RulebookFinding("", "", f"a rulebook has exactly one permit, this one has {len(permits)}")


_WAIVED = pst.GetAttr(pst.Var("context"), "waived")
_RULED = pst.GetAttr(pst.Var("context"), "ruled")


def _check_waivers(policies: list[_Policy]) -> Iterator[RulebookFinding]:
    """A waivable rule stands back for a waiver of itself alone; any other rule knows no waivers."""
    for policy in policies:
        waivable = policy.parsed.annotations.get("waivable") == Waivable.BOARD
        yield from _check_exception(policy, "waived", _WAIVED, waivable, '@waivable("board")')


def _check_rulings(policies: list[_Policy]) -> Iterator[RulebookFinding]:
    """A referring rule stands back where the board has said yes to the very question; no other rule knows rulings."""
    for policy in policies:
        refers = policy.parsed.annotations.get("effect") == Outcome.REFER
        yield from _check_exception(policy, "ruled", _RULED, refers, '@effect("refer")')


def _check_exception(
    policy: _Policy, name: str, exceptions: pst.Expr, has_them: bool, annotation: str
) -> Iterator[RulebookFinding]:
    """Hold a policy to asking for its own exception, in a clause of its own, where it has any, and else for none."""
    own = pst.Unless(pst.BinaryOp("contains", exceptions, pst.StringLit(policy.id)))
    others = [clause for clause in policy.parsed.clauses if clause != own]
    if has_them != (own in policy.parsed.clauses):
        yield policy.finding(f'{annotation} goes with unless {{ context.{name}.contains("{policy.id}") }}')
    if any(exceptions in _nodes(clause) for clause in others):
        yield policy.finding(
            f"context.{name} may be asked for the rule's own exception only, in a clause of its own"
        )


def _nodes(root: object) -> Iterator[object]:
    """Walk a policy's syntax tree."""
    todo = [root]
    while todo:
        node = todo.pop()
        yield node
        if isinstance(node, tuple):
            todo += node
        elif isinstance(node, Mapping):
            todo += node.values()
        elif is_dataclass(node):
            todo += [getattr(node, field.name) for field in fields(node)]


_CHECKS = (
    _check_annotations,
    _check_words,
    _check_ids,
    _check_permits,
    _check_waivers,
    _check_rulings,
)


def _never_matches(policy: _Policy, schema: cedarpy.Schema) -> bool:
    """Find a condition that can never hold.

    Cedar's validator does not look behind `&&` once the left is always false. So a further condition that names an
    undeclared attribute is an error, unless the policy could never reach it.
    """
    if _contradicts_itself(policy.parsed):
        return True
    trap = pst.When(pst.GetAttr(pst.Var("context"), "undeclared_attribute"))
    trapped = replace(policy.parsed, clauses=(*policy.parsed.clauses, trap))
    text = str(_policy_set([trapped]))
    return cedarpy.validate_policies(text, schema).validation_passed


def _contradicts_itself(policy: pst.Template) -> bool:
    """Find `a && !a`, and one attribute that has to equal two words, among the conditions that must all hold."""
    held = [(term, wanted) for clause in policy.clauses for term, wanted in _conjuncts(clause)]
    if any((term, not wanted) in held for term, wanted in held):
        return True
    words = [word for term, wanted in held if wanted and (word := _word_test(term))]
    return any(left == other and right != another for left, right in words for other, another in words)


def _conjuncts(clause: pst.Clause) -> Iterator[tuple[pst.Expr, bool]]:
    """Yield each term that must be true, or false, for the clause to hold."""
    todo: list[tuple[pst.Expr, bool]] = [(clause.expr, isinstance(clause, pst.When))]
    while todo:
        term, wanted = todo.pop()
        match term:
            case pst.UnaryOp(op="not", arg=arg):
                todo.append((arg, not wanted))
            case pst.BinaryOp(op="and", left=left, right=right) if wanted:
                todo += [(left, wanted), (right, wanted)]
            case pst.BinaryOp(op="or", left=left, right=right) if not wanted:
                todo += [(left, wanted), (right, wanted)]
            case _:
                yield term, wanted


def _word_test(term: pst.Expr) -> tuple[pst.Expr, pst.Expr] | None:
    """Return what is compared and the word, where the term is `something == Vocabulary::"word"`."""
    match term:
        case pst.BinaryOp(op="eq", left=left, right=pst.EntityLit() as word):
            return left, word
        case _:
            return None


def _assemble(digest: str, schema: cedarpy.Schema, policies: list[_Policy]) -> Rulebook:
    rules = {policy.id: msgspec.convert(dict(policy.parsed.annotations), Rule) for policy in policies}
    (permit,) = (rules[policy.id] for policy in policies if policy.parsed.effect == "permit")
    forbids = sorted((rule for rule in rules.values() if rule is not permit), key=lambda rule: rule.id)
    denials = [policy.parsed for policy in policies if rules[policy.id].effect is not Outcome.REFER]
    return Rulebook(
        content_hash=digest,
        rules=tuple(forbids),
        permit=permit,
        policies=_policy_set([policy.parsed for policy in policies]),
        denials=_policy_set(denials),
        schema=schema,
        waivable=frozenset(rule.id for rule in forbids if rule.waivable is Waivable.BOARD),
        referring=frozenset(rule.id for rule in forbids if rule.effect is Outcome.REFER),
        by_id=rules,
        cedar={policy.id: policy.text for policy in policies},
    )


def _policy_set(policies: list[pst.Template]) -> cedarpy.PolicySet:
    """Build the handle with each policy under its own @id, so that diagnostics speak of rules by their ids."""
    named = {policy.annotations["id"]: replace(policy, id=policy.annotations["id"]) for policy in policies}
    return cedarpy.PolicySet.from_pst(pst.PolicySet(templates={}, static_policies=named, template_links=()))


@lru_cache(maxsize=20_000)
def charter_handle(charter: CharterFacts, grain: Grain) -> cedarpy.Entities:
    """Return the charter parsed and checked against the schema, kept while its facts stay the same.

    Raises `ValueError` where the charter does not fit the schema.
    """
    return cedarpy.Entities.from_json_str(build_charter_entity(charter, grain), builtin_schema())
