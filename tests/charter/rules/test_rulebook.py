"""What may be published as a rulebook, and what is refused, all findings at once."""

import re

import pytest

from charter import rules
from charter.rules.context import ENTITY_TYPES, CharterAttributes, Context
from charter.rules.rulebook import SCHEMA
from charter.rules.vocabulary import GROUP_OF, DecisionType, Waivable
from tests.charter.rules.rulebooks import builtin_with, files_with, policy

EXPORT = "when { context.export }"
OWN_WAIVER = 'unless { context.waived.contains("ORG01") }'
OWN_RULING = 'unless { context.ruled.contains("ORG01") }'


def findings(*policies: str) -> str:
    with pytest.raises(rules.RulebookError) as refused:
        rules.compile_rulebook(files_with(*policies))
    return str(refused.value)


def test_the_builtin_rules_compile_once() -> None:
    """DESIGN Rules: parsed once, keyed by content; the hash is of the content alone."""
    files = rules.builtin_files()
    shuffled = dict(sorted(files.items(), reverse=True))
    assert rules.compile_rulebook(files) is rules.compile_rulebook(shuffled)
    assert re.fullmatch("[0-9a-f]{64}", rules.compile_rulebook(files).content_hash)
    assert rules.compile_rulebook(files).content_hash == rules.hash_files(files)
    assert builtin_with(policy(EXPORT)).content_hash != rules.hash_files(files)


def test_the_builtin_rules_are_all_there() -> None:
    """DESIGN Rules: the 29 rules of the table by id, with what may be waived and what is for the board to say."""
    house = rules.compile_rulebook(rules.builtin_files())
    assert [rule.id for rule in house.rules] == [f"AR{number:02}" for number in range(1, 30)]
    waivable = [rule.id for rule in house.rules if rule.waivable is Waivable.BOARD]
    assert waivable == ["AR16", "AR19", "AR26", "AR27", "AR29"]
    assert house.referring == {"AR13"}
    assert {"surveillance", "activity", "rankings"} <= {rule.family for rule in house.rules}  # S74


def test_an_organisation_adds_rules() -> None:
    """DESIGN Invariants: rules beside the built-in ones, waivable ones among them."""
    house = builtin_with(policy(f"{EXPORT}\n{OWN_WAIVER}", waivable="board"))
    assert house.rules[-1].id == "ORG01"
    assert house.waivable == {"AR16", "AR19", "AR26", "AR27", "AR29", "ORG01"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (policy('when { resource.category == Category::"deliverry" }'), "deliverry"),
        (policy('when { context.grain == Grain::"squad" }'), "squad"),
        (policy("when { context.exported }"), "exported"),
        (policy("when { context.persons }"), "expected"),
        ('@id("X") forbid (principal, action == Action::"us", resource);', "unrecognized action"),
        (policy("when {"), "ours.cedar"),
        (policy(EXPORT, id="AR05"), "another policy has the same @id"),
        (policy(EXPORT, id="ENGINE"), "not ENGINE"),
        (policy(EXPORT, id="no spaces"), "capitals and digits"),
        (policy(EXPORT, id=None), "@id is missing or empty"),
        (policy(EXPORT, fix=None), "@fix is missing or empty"),
        (policy(EXPORT, why=" "), "@why is missing or empty"),
        (policy(EXPORT, owner="me"), "@owner is not an annotation that rules have"),
        (policy(EXPORT, family="rankings"), "@family must be the name of its file"),
        (policy(EXPORT, effect="warn"), "@effect must be deny or refer"),
        (policy(EXPORT, effect="permit"), "@effect must be deny or refer"),
        (policy(EXPORT, waivable="hr"), "@waivable must be board or never"),
        (policy(EXPORT, head="permit", effect="permit"), "exactly one permit, this one has 2"),
        (policy(EXPORT, waivable="board"), "goes with unless"),
        (policy(f"{EXPORT} {OWN_WAIVER}"), "goes with unless"),
        (policy('when { context.waived.contains("AR26") }'), "own exception only"),
        (policy('unless { context.own || context.waived.contains("ORG01") }'), "own exception only"),
        (policy(EXPORT, effect="refer"), 'goes with unless { context.ruled.contains("ORG01") }'),
        (policy(f"{EXPORT} {OWN_RULING}"), "goes with unless"),
        (policy('when { context.ruled.contains("AR13") }'), "own exception only"),
        ('@id("X") permit (principal == ?principal, action, resource);', "templates"),
    ],
)
def test_a_faulty_policy_is_refused(text: str, says: str) -> None:
    """DESIGN Rules: misspelt words, types, annotations, ids, waivers and permits are checked at publish."""
    assert says in findings(text)


@pytest.mark.parametrize(
    "condition",
    [
        "when { false }",
        "unless { true }",
        "when { context.export && false }",
        "unless { context.own || true }",
        'when { context.grain == Role::"manager" }',
        'when { context.grain == Grain::"team" && context.grain == Grain::"person" }',
        'when { context.grain == Grain::"team" } when { context.grain == Grain::"person" }',
        "when { context.own } unless { context.own }",
        "when { context.own && !context.own }",
        "unless { context.own || !context.own }",
    ],
)
def test_a_rule_that_can_never_bite_is_refused(condition: str) -> None:
    """DESIGN Rules: a policy whose condition cannot hold looks like protection and is none."""
    assert "it can never match" in findings(policy(condition))


@pytest.mark.parametrize(
    "condition",
    [
        "",
        "when { true }",
        'when { context.grain == Grain::"team" || context.grain == Grain::"person" }',
        EXPORT,
    ],
)
def test_a_rule_that_can_bite_is_not_refused(condition: str) -> None:
    """DESIGN Rules: the check for dead rules raises no false alarm."""
    assert builtin_with(policy(condition)).rules[-1].id == "ORG01"


def test_all_findings_come_at_once() -> None:
    """Issue 2: whoever writes rules mends them in one go; each finding names file and policy."""
    with pytest.raises(rules.RulebookError) as refused:
        rules.compile_rulebook(files_with(policy(EXPORT, fix=None, effect="warn"), policy(EXPORT)))
    assert len(refused.value.findings) == 3
    assert {(finding.file, finding.policy) for finding in refused.value.findings} == {("ours.cedar", "ORG01")}


def test_the_permit_may_not_be_missing() -> None:
    """DESIGN Rules: one permit; without it nothing is ever allowed and nobody is told."""
    files = rules.builtin_files()
    files["use.cedar"] = (
        files["use.cedar"].replace('@effect("permit")', '@effect("deny")').replace("permit (", "forbid (")
    )
    with pytest.raises(rules.RulebookError, match="exactly one permit, this one has 0"):
        rules.compile_rulebook(files)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        (SCHEMA, None, "the schema is missing"),
        (SCHEMA, "entity Asker", "schema.cedarschema"),
        (SCHEMA, "entity Asker;", "differs from the schema"),
        ("notes.txt", "// nothing", "the schema and .cedar files only"),
    ],
)
def test_the_files_of_a_rulebook(name: str, text: str | None, says: str) -> None:
    """DESIGN Invariants: organisations add rules; which facts there are is for the product to say."""
    files = {**rules.builtin_files(), name: text}
    with pytest.raises(rules.RulebookError, match=says):
        rules.compile_rulebook({key: value for key, value in files.items() if value is not None})


def test_the_schema_knows_every_word() -> None:
    """DESIGN Rules: vocabularies are enum entities, and each is the one that requests and charters share."""
    schema = re.sub(r"//[^\n]*", "", rules.builtin_files()[SCHEMA])
    declared = {
        name: re.findall(r'"(\w+)"', words)
        for name, words in re.findall(r"entity (\w+) enum \[(.*?)\]", schema, re.S)
    }
    assert declared.pop("Asker") == ["human", "machine"]
    assert declared == {name: [word.value for word in words] for words, name in ENTITY_TYPES.items()}


def test_the_schema_knows_every_fact() -> None:
    """DESIGN Rules: the context is projected to known keys, and the schema declares exactly those."""
    schema = re.sub(r"//[^\n]*", "", rules.builtin_files()[SCHEMA])
    use, charter = (
        re.search(rf"{head} = {{(.*?)}}", schema, re.S) for head in ("type Use", "entity Charter")
    )
    assert use and re.findall(r"(\w+):", use[1]) == list(Context.__struct_fields__)
    assert charter and re.findall(r"(\w+):", charter[1]) == list(CharterAttributes.__struct_fields__)


def test_every_decision_has_a_group() -> None:
    """S6: the built-in grouping leaves no decision out."""
    assert list(GROUP_OF) == list(DecisionType)
