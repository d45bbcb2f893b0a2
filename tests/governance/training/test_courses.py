"""Publishing a course: who may, and that every answer is what the engine says."""

import msgspec
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from audits.ledger.models import Entry
from charter import rules
from charter.authoring.submission import try_examples
from charter.registry import queries as registry
from charter.registry.models import RulebookVersion
from charter.rules import examples
from charter.rules.vocabulary import Outcome
from governance.people.models import AccountKind, GrantedRole
from governance.training import permissions, questions, services
from governance.training.models import Course, Question
from governance.training.questions import AnswerOption, Scenario
from ground.errors import BadInput, Conflict, NotPermitted
from tests import factories
from tests.charter.rules.rulebooks import builtin_with, policy
from tests.spec.mutants import without

HOUSE = rules.compile_rulebook(rules.builtin_files())


def chosen(question: Question, place: int) -> AnswerOption:
    return msgspec.convert(question.options, tuple[AnswerOption, ...])[place]


@pytest.mark.django_db
@pytest.mark.stands_on("founded")
@pytest.mark.parametrize(
    ("role", "may"),
    [
        (GrantedRole.HR, True), (GrantedRole.BOARD_MEMBER, True), (GrantedRole.ADMIN, True), (GrantedRole.AUDITOR, False),
        (GrantedRole.METRIC_OWNER, False), (GrantedRole.LEADERSHIP, False), (None, False),
    ],
)  # fmt: skip
def test_who_publishes_a_course(role, may):
    """S59, least privilege: HR, the board and administrators; a superuser without the role may not."""
    factories.the_rules()
    account = factories.an_account("somebody", is_superuser=True, is_staff=True)
    if role is not None:
        factories.a_role(account, role)
    assert permissions.can_publish_course(account) is may
    if may:
        assert services.publish_course(by=account).published_by == account
    else:
        with pytest.raises(NotPermitted):
            services.publish_course(by=account)


@pytest.mark.django_db
@pytest.mark.stands_on("founded")
def test_every_answer_is_what_the_engine_says_of_the_rules_examples(by):
    """S59, DESIGN Rules: each example of each rule is a question, and its answer is run, never typed."""
    course = factories.the_course()
    asked = list(course.questions.all())
    assert [question.rule for question in asked] == [example.rule for example in examples.BUILTIN_EXAMPLES]
    for question, example in zip(asked, examples.BUILTIN_EXAMPLES, strict=True):
        verdict = examples.run(example, HOUSE).verdict
        right = chosen(question, question.answer)
        assert (question.says, question.outcome) == (example.says, verdict.outcome.value)
        assert right.outcome is verdict.outcome
        if verdict.outcome is Outcome.DENY:
            assert right.rule in {match.id for match in verdict.rules}


@pytest.mark.django_db
@pytest.mark.stands_on("founded")
def test_no_other_option_would_be_right_as_well(by):
    """S59: of the rules to choose from one matched, and each question has the three verdicts."""
    for question in factories.the_course().questions.all():
        options = msgspec.convert(question.options, tuple[AnswerOption, ...])
        assert {each.outcome for each in options} == set(Outcome)
        refusals = [each.rule for each in options if each.outcome is Outcome.DENY]
        assert len(refusals) == len(set(refusals)) == questions.REFUSALS
        matched = set(refusals) & set(question.rules)
        assert len(matched) == (question.outcome == Outcome.DENY)
        assert all(HOUSE.by_id[rule].effect is Outcome.DENY for rule in refusals)


@pytest.mark.django_db
@pytest.mark.stands_on("founded")
def test_charters_in_force_give_questions_too(by):
    """S59: questions come from what charters themselves say is correct and incorrect, as it is tried."""
    version = factories.an_active_charter("commit-count")
    course = factories.the_course()
    asked = list(course.questions.filter(metric="commit-count"))
    assert len(asked) == 2 and {question.outcome for question in asked} >= {Outcome.PERMIT}
    document = registry.load_document(version.pk)
    run = {
        each.example.says: each.result.verdict
        for each in try_examples(document, version.metric.programme).values()
    }
    for question in asked:
        says = next(says for says in run if says in question.says)
        assert question.outcome == run[says].outcome
        assert question.says.startswith(
            ("A manager asks for commit count", "A team member asks for commit count")
        )


@pytest.mark.parametrize("rule", ["AR04", "AR12", "AR24", "AR13"])
def test_without_the_rule_the_answer_is_another(rule):
    """Issue 4, Done when: a rulebook without the policy gives another answer to its own questions."""
    mutant = without(rule)
    says = [each for each in examples.BUILTIN_EXAMPLES if each.rule == rule and not each.permitted]
    for example in says:
        before = Scenario(example.says, examples.run(example, HOUSE).verdict, rule=rule)
        after = Scenario(example.says, examples.run(example, mutant).verdict, rule=rule)
        (old,) = questions.make_questions([before], HOUSE, seed="seed")
        (new,) = questions.make_questions([after], mutant, seed="seed")
        assert (old.options[old.answer].outcome, old.options[old.answer].rule) != (
            new.options[new.answer].outcome,
            new.options[new.answer].rule,
        )


def test_the_same_seed_makes_the_same_questions():
    """S59: a course can be made again from its id, to prove that nobody chose its options."""
    scenarios = questions.list_scenarios(HOUSE)
    one, same, other = (questions.make_questions(scenarios, HOUSE, seed=seed) for seed in ("a", "a", "b"))
    assert one == same != other


def test_an_organisations_own_rule_changes_answers():
    """DESIGN, Invariants: what is right is what the rules in force say, the organisation's among them."""
    stricter = builtin_with(policy("when { context.export }"))
    made = questions.make_questions(questions.list_scenarios(stricter), stricter, seed="s")
    exported = next(each for each in made if each.scenario.says == "A team's value is exported.")
    assert exported.options[exported.answer].rule == "ORG01"


def test_an_attempt_shows_every_family_and_another_choice_each_time():
    """S59: a dozen, in which what matters for performance views is never missing; reproducible by its seed."""
    made = questions.make_questions(questions.list_scenarios(HOUSE), HOUSE, seed="s")
    families = {number: each.family for number, each in enumerate(made, start=1)}
    shown = {seed: questions.pick_questions(families, seed=seed, count=12) for seed in range(20)}
    for numbers in shown.values():
        assert len(numbers) == len(set(numbers)) == 12
        assert {families[number] for number in numbers} == {rule.family for rule in HOUSE.rules}
    assert questions.pick_questions(families, seed=3, count=12) == shown[3]
    assert len({tuple(numbers) for numbers in shown.values()}) == 20
    assert len(questions.pick_questions(families, seed=3, count=1)) == len(set(families.values()))


@pytest.mark.django_db
@pytest.mark.stands_on("founded")
def test_a_course_is_a_version(by):
    """S54: a changed course is the next one; what is published already is given back."""
    first = factories.the_course()
    assert services.publish_course(by=by) == first
    again = services.publish_course(title="Rules, once more", by=by)
    assert (first.number, again.number) == (1, 2)
    assert first.rulebook_version == RulebookVersion.objects.get()
    assert Entry.objects.filter(kind="training.course.published").count() == 2


@pytest.mark.django_db
def test_a_course_is_about_rules_in_force(by):
    """S54: before there are rules there is nothing to know."""
    with pytest.raises(Conflict) as caught:
        services.publish_course(by=by)
    assert caught.value.code == "no_rules_in_force"


@pytest.mark.django_db
@pytest.mark.stands_on("founded")
@pytest.mark.parametrize(
    ("fields", "at_fault"),
    [
        ({"pass_percent": 0}, None), ({"pass_percent": 101}, None), ({"months": 0}, None), ({"months": -1}, "months"),
        ({"asks_again": True, "notice_days": -1}, "notice_days"), ({"title": "x" * 201}, "title"),
    ],
)  # fmt: skip
def test_numbers_that_make_no_sense_are_refused(by, fields, at_fault):
    """Issue 4, Bad input: a course that nobody can pass, or that attests nothing."""
    factories.the_rules()
    with pytest.raises(BadInput) as caught:
        services.publish_course(by=by, **fields)
    assert caught.value.field == at_fault
    assert not Course.objects.exists()


@pytest.mark.django_db
@pytest.mark.stands_on("founded")
@pytest.mark.parametrize("table", ["training_course", "training_question"])
def test_a_published_course_is_never_changed(by, table):
    """S59: the runtime role may write a course once, so that nobody's right answer becomes wrong afterwards."""
    factories.the_course()
    for statement in (f"UPDATE {table} SET number = number + 1", f"DELETE FROM {table}"):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(statement)


@pytest.mark.django_db
def test_the_command_publishes_and_says_what(by, capsys, tmp_path):
    """DESIGN, Interfaces: a command for all that an operator does; it exits non-zero where it cannot."""
    with pytest.raises(CommandError, match="No rules are in force"):
        call_command("publish_course")
    factories.the_rules()
    words = tmp_path / "words.txt"
    words.write_text("Read this first.")
    call_command("publish_course", "--title", "Ours", "--introduction", str(words), "--months", "6")
    assert "Course 1, “Ours”:" in capsys.readouterr().out
    course = Course.objects.get()
    assert (course.introduction, course.months) == ("Read this first.", 6)
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("publish_course", "--introduction", str(tmp_path / "none.txt"))


@pytest.mark.django_db
@pytest.mark.stands_on("founded")
def test_machines_take_no_course(by):
    """AR24, S93: whoever runs a machine knows the rules, the machine does not."""
    factories.the_course()
    robot = factories.an_account("robot", kind=AccountKind.MACHINE)
    with pytest.raises(NotPermitted):
        services.begin(by=robot)
