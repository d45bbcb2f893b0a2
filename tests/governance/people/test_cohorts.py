"""Cohorts: the tree, its merging, and the one place that registers."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.ledger.models import Entry
from governance.people import cohorts
from governance.people.cohorts import CohortPart
from governance.people.models import Cohort, CohortKind, Membership
from ground.errors import BadInput, NotPermitted
from tests import factories, on_the_log

TODAY = date(2026, 5, 1)

organisations = st.dictionaries(
    st.from_regex(r"[a-z]{1,4}", fullmatch=True),
    st.tuples(st.integers(0, 12), st.sampled_from(["north", "south", "east", "west"])),
    max_size=25,
)


@given(organisations, st.integers(3, 9))
def test_every_part_reaches_the_minimum_and_every_team_is_in_one(organisation, minimum):
    """AR12: no group below the minimum, and nobody is left out of the reports."""
    people = {team: size for team, (size, _) in organisation.items()}
    streams_of = {team: stream for team, (_, stream) in organisation.items()}
    streams, parts = cohorts.build_tree(people, streams_of, minimum)
    if sum(people.values()) < minimum:
        assert streams == parts == ()
        return
    assert all(part.people >= minimum for part in (*streams, *parts))
    assert sorted(slug for part in parts for slug in part.slugs) == sorted(people)
    assert sorted(slug for part in streams for slug in part.slugs) == sorted(set(streams_of.values()))
    assert all(part.people == sum(people[slug] for slug in part.slugs) for part in parts)


@given(organisations, st.integers(3, 9))
def test_each_layer_is_a_partition_of_the_one_above(organisation, minimum):
    """AR13: the difference of any two cohorts is a union of parts, so that none tells of fewer than the minimum."""
    people = {team: size for team, (size, _) in organisation.items()}
    streams_of = {team: stream for team, (_, stream) in organisation.items()}
    streams, parts = cohorts.build_tree(people, streams_of, minimum)
    above = {slug: number for number, part in enumerate(streams) for slug in part.slugs}
    for part in parts:
        assert len({above[streams_of[team]] for team in part.slugs}) == 1


@given(organisations, st.integers(3, 9))
def test_the_same_organisation_gives_the_same_tree(organisation, minimum):
    """Issue 2, 4: the order in which teams are read does not matter."""
    turned = dict(reversed(organisation.items()))

    def tree(found):
        return cohorts.build_tree(
            {team: size for team, (size, _) in found.items()},
            {team: stream for team, (_, stream) in found.items()},
            minimum,
        )

    assert tree(organisation) == tree(turned)


def test_the_smallest_is_merged_with_the_next_smallest():
    """Design, cohorts: teams below k are merged with a sibling into one reporting cohort, the smallest first."""
    parts = [CohortPart((slug,), size) for slug, size in [("a", 9), ("b", 2), ("c", 4), ("d", 1), ("e", 6)]]
    assert [(part.slugs, part.people) for part in cohorts.merge_parts(parts, 5)] == [
        (("a",), 9),
        (("b", "c", "d"), 7),
        (("e",), 6),
    ]


@pytest.mark.django_db
class TestRegistering:
    def test_the_tree_of_an_organisation(self, by):
        """Issue 2, 4: organisation, value streams and teams, small teams merged with a sibling."""
        for slug, size, stream in [
            ("a", 6, "north"),
            ("b", 2, "north"),
            ("c", 4, "north"),
            ("d", 7, "south"),
        ]:
            factories.a_team(slug, people=size, value_stream=stream)
        report = cohorts.register_tree(on=TODAY, minimum=5, by=by)
        assert {cohort.slug: {team.slug for team in cohort.teams.all()} for cohort in report.cohorts} == {
            "org:all": {"a", "b", "c", "d"},
            "value_stream:north": {"a", "b", "c"},
            "value_stream:south": {"d"},
            "team:a": {"a"},
            "team:b+c": {"b", "c"},
            "team:d": {"d"},
        }
        assert len(report.notes) == 1 and "b and c are reported together as team:b+c" in report.notes[0]
        assert Cohort.objects.get(slug="team:b+c").name == "B and C"
        assert {slug: cohorts.find_covering_cohort(slug).slug for slug in "abcd"} == {
            "a": "team:a",
            "b": "team:b+c",
            "c": "team:b+c",
            "d": "team:d",
        }
        assert cohorts.find_covering_cohort("unknown") is None

    def test_a_value_stream_below_the_minimum_is_merged_too(self, by):
        """AR13: else the others' teams subtracted from what holds it would leave it alone."""
        for slug, size, stream in [("a", 9, "north"), ("b", 3, "south"), ("c", 8, "west"), ("d", 6, "west")]:
            factories.a_team(slug, people=size, value_stream=stream)
        report = cohorts.register_tree(on=TODAY, minimum=5, by=by)
        assert {cohort.slug for cohort in report.cohorts} == {
            "org:all",
            "value_stream:north+south",
            "value_stream:west",
            "team:a+b",
            "team:c",
            "team:d",
        }
        assert cohorts.find_covering_value_stream("south").slug == "value_stream:north+south"
        assert len(report.notes) == 2

    def test_again_changes_nothing(self, by):
        """Issue 2, 1: starting again continues; the same tree is not registered twice."""
        factories.a_team("a", people=6)
        first = cohorts.register_tree(on=TODAY, minimum=5, by=by)
        entries = Entry.objects.count()
        assert cohorts.register_tree(on=TODAY, minimum=5, by=by) == first
        assert Entry.objects.count() == entries

    def test_a_grown_team_comes_out_of_its_merger_and_goes_back(self, by):
        """Issue 2, 4: cohorts of an earlier tree are retired, and reinstated when the tree holds them again."""
        factories.a_team("a", people=6)
        small = factories.a_team("b", people=2)
        cohorts.register_tree(on=TODAY, minimum=5, by=by)
        for _ in range(3):
            factories.a_person(team=small)
        cohorts.register_tree(on=TODAY, minimum=5, by=by)
        assert cohorts.find_covering_cohort("b").slug == "team:b"
        assert Cohort.objects.get(slug="team:a+b").retired_by == by
        on_the_log.update(Membership.objects.filter(team=small), valid_to=date(2026, 1, 1))
        cohorts.register_tree(on=TODAY, minimum=5, by=by)
        assert (
            cohorts.find_covering_cohort("b")
            == cohorts.find_covering_cohort("a")
            == Cohort.objects.get(slug="team:a+b")
        )
        assert Entry.objects.filter(kind="people.cohort.retired").count() == 3

    def test_the_roster_is_that_of_the_day(self, by):
        """Issue 2, 4: teams and memberships count from their first day to before their last."""
        team = factories.a_team("a", people=6)
        factories.a_team("later", people=6, valid_from=date(2026, 5, 2))
        on_the_log.update(Membership.objects.filter(team=team, person__external_id="a-1"), valid_to=TODAY)
        assert {cohort.slug for cohort in cohorts.register_tree(on=TODAY, minimum=5, by=by).cohorts} == {
            "org:all",
            "value_stream:commerce",
            "team:a",
        }
        report = cohorts.register_tree(on=TODAY, minimum=6, by=by)
        assert report.cohorts == () and "fewer than 6 people" in report.notes[0]
        assert not Cohort.objects.filter(retired_at=None).exists()

    def test_the_slug_of_many_can_still_be_asked_for(self, by):
        """Issue 2, bad input: a cohort's slug is never longer than a request may write."""
        slugs = [f"a-team-with-quite-a-long-name-{number:02}" for number in range(20)]
        slug = cohorts.make_cohort_slug(CohortKind.TEAM, slugs)
        assert len(slug) <= 100 and slug.startswith(f"team:{slugs[0]}+19-more-")
        assert slug != cohorts.make_cohort_slug(CohortKind.TEAM, [*slugs[:-1], "another"])

    def test_only_an_administrator_registers(self, by):
        """Design, cohorts: registration is where disclosure is controlled."""
        with pytest.raises(NotPermitted):
            cohorts.register_tree(on=TODAY, minimum=5, by=factories.an_account(is_superuser=True))

    @pytest.mark.parametrize("people", [10, 40])
    def test_statements_do_not_grow_with_people(self, by, people, django_assert_num_queries):
        """Design, style: a pinned number of statements; cohorts that stay as they are cost none, nor do people."""
        for slug in ("a", "b"):
            factories.a_team(slug, people=people)
        cohorts.register_tree(on=TODAY, minimum=5, by=by)
        with django_assert_num_queries(7):
            cohorts.register_tree(on=TODAY, minimum=5, by=by)


@given(
    organisations,
    st.integers(3, 9),
    st.lists(st.sets(st.from_regex(r"[a-z]{1,2}", fullmatch=True), max_size=3)),
)
def test_what_was_joined_stays_together_in_a_stream(organisation, minimum, joined):
    """Issue 10, 3: merged once and for all; each layer stays a partition of the one above."""
    people = {team: size for team, (size, _) in organisation.items()}
    streams_of = {team: stream for team, (_, stream) in organisation.items()}
    streams, parts = cohorts.build_tree(people, streams_of, minimum, joined)
    above = {slug: number for number, part in enumerate(streams) for slug in part.slugs}
    home = {slug: number for number, part in enumerate(parts) for slug in part.slugs}
    for group in joined:
        there = [slug for slug in group if slug in home]
        for stream in {above[streams_of[slug]] for slug in there}:
            assert len({home[slug] for slug in there if above[streams_of[slug]] == stream}) == 1
    assert all(part.people >= minimum for part in parts)
    assert sorted(home) == (sorted(people) if parts else [])
    assert all(len({above[streams_of[slug]] for slug in part.slugs}) == 1 for part in parts)


@pytest.mark.django_db
class TestJoining:
    @pytest.fixture
    def tree(self, by) -> dict[str, Cohort]:
        for slug, stream in [("a", "north"), ("b", "north"), ("c", "north"), ("d", "south")]:
            factories.a_team(slug, people=6, value_stream=stream)
        return {cohort.slug: cohort for cohort in cohorts.register_tree(on=TODAY, minimum=5, by=by).cohorts}

    def test_two_become_one_for_good(self, by, tree):
        """Issue 10, 3: a thin team's cohort is merged once and for all, whatever tree is registered later."""
        joined = cohorts.join(one=tree["team:b"], other=tree["team:a"], by=by)
        assert (joined.slug, joined.name, joined.is_joined) == ("team:a+b", "A and B", True)
        assert {team.slug for team in joined.teams.all()} == {"a", "b"}
        assert cohorts.find_covering_cohort("a") == cohorts.find_covering_cohort("b") == joined
        assert Entry.objects.filter(kind="people.cohort.joined").count() == 1
        report = cohorts.register_tree(on=TODAY, minimum=5, by=by)
        assert joined in report.cohorts and "joined for good" in report.notes[0]
        assert {"team:a", "team:b"}.isdisjoint(cohort.slug for cohort in report.cohorts)

    def test_they_stay_together_where_a_third_is_merged_with_them(self, by, tree):
        """Issue 10, 3: once and for all; the larger group takes them in, and they come out together."""
        joined = cohorts.join(one=tree["team:a"], other=tree["team:b"], by=by)
        cohorts.register_tree(on=TODAY, minimum=13, by=by)
        assert cohorts.find_covering_cohort("a").slug == "team:a+b+c+d"
        cohorts.register_tree(on=TODAY, minimum=5, by=by)
        assert cohorts.find_covering_cohort("b") == joined

    def test_joined_again_after_it_was_retired(self, by, tree):
        """Issue 2, 4: a cohort that was there before is reinstated."""
        cohorts.register_tree(on=TODAY, minimum=7, by=by)
        before = cohorts.find_covering_cohort("a")
        cohorts.register_tree(on=TODAY, minimum=5, by=by)
        joined = cohorts.join(one=tree["team:a"], other=tree["team:b"], by=by)
        assert (joined, joined.retired_at, joined.is_joined) == (before, None, True)
        assert cohorts.join(one=joined, other=tree["team:c"], by=by).slug == "team:a+b+c"

    @pytest.mark.parametrize(
        ("one", "other", "field", "says"),
        [
            ("team:a", "team:a", "other", "two different"),
            ("team:a", "team:d", "other", "different value streams"),
            ("team:a", "value_stream:north", "other", "no group of teams"),
            ("org:all", "team:a", "one", "no group of teams"),
        ],
    )
    def test_what_cannot_be_joined_says_why(self, by, tree, one, other, field, says):
        """Design, style: a refusal says what to do."""
        with pytest.raises(BadInput, match=says) as refused:
            cohorts.join(one=tree[one], other=tree[other], by=by)
        assert refused.value.field == field
        assert Cohort.objects.filter(retired_at=None).count() == len(tree)

    def test_a_retired_one_is_not_joined(self, by, tree):
        """Issue 10, 3: only groups that are reported on."""
        cohorts.join(one=tree["team:a"], other=tree["team:b"], by=by)
        with pytest.raises(BadInput, match="no group of teams"):
            cohorts.join(one=tree["team:a"], other=tree["team:c"], by=by)

    def test_only_an_administrator_joins(self, tree):
        """Design, cohorts: registration is where disclosure is controlled."""
        with pytest.raises(NotPermitted):
            cohorts.join(one=tree["team:a"], other=tree["team:b"], by=factories.an_account(is_superuser=True))
