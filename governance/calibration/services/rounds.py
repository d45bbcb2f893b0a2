"""Rounds: prepared, announced with what will be used, opened; and for whom somebody answers in one."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from msgspec import Struct

from audits.ledger import services as ledger
from charter.programme.models import DecisionKind
from charter.rules import words as rule_words
from charter.rules.vocabulary import DecisionGroup, DecisionType
from governance.calibration import permissions, queries
from governance.calibration.events import (
    AnswererNamed,
    ItemSetAside,
    RoundAnnounced,
    RoundDrafted,
    RoundDropped,
    RoundOpened,
)
from governance.calibration.models import MOST_METRICS, CalibrationItem, CalibrationRound, RoundFamily, Rubric
from governance.calibration.services.texts import read_text
from governance.calibration.states import TOLD, TRANSITIONS, RoundState
from governance.calibration.words import CalibrationText, seal
from governance.notices.services import notify
from governance.people.models import (
    AccountKind,
    Cohort,
    GrantedRole,
    Membership,
    Person,
    ReportingLine,
    RoleGrant,
    User,
)
from governance.use_check.models import RoleProfile
from governance.use_check.queries import find_profile
from ground import calendar, clock, records
from ground.errors import BadInput, Conflict


class RoundSaid(Struct, frozen=True):
    """What HR says of a round; `ends_on` is out, `opens_on` the first day on which it may be opened.

    Without `metrics` it rests on evidence alone.
    """

    name: str
    decision: DecisionType
    cohort: Cohort
    starts_on: date
    ends_on: date
    opens_on: date
    metrics: tuple[str, ...]
    favourable_from: int = 3
    says: str = ""


@transaction.atomic(durable=True)
def draft_round(*, said: RoundSaid, by: User) -> CalibrationRound:
    """Prepare a round. Raises NotPermitted; BadInput naming what is at fault, such as a text that states a quota (AR17)."""
    permissions.check_keeps_rounds(by)
    _check_said(said)
    calibration = records.insert(
        CalibrationRound(
            name=read_text(said.name, "name", _("Give the round a name.")),
            decision=said.decision,
            cohort=said.cohort,
            starts_on=said.starts_on,
            ends_on=said.ends_on,
            opens_on=said.opens_on,
            metrics=sorted(said.metrics),
            favourable_from=said.favourable_from,
            says=read_text(said.says, "says"),
            drafted_by=by,
        )
    )
    drafted = RoundDrafted(
        round=calibration.pk,
        decision=calibration.decision,
        starts_on=said.starts_on,
        ends_on=said.ends_on,
        cohort=said.cohort.slug,
        metrics=calibration.metrics,
    )
    ledger.append(drafted, by=by.actor)
    return calibration


def _check_said(said: RoundSaid) -> None:
    if not DecisionKind.objects.filter(slug=said.decision, group=DecisionGroup.PEOPLE).exists():
        raise BadInput(_("Choose a decision about people that the programme has declared."), field="decision")
    if said.ends_on <= said.starts_on:
        raise BadInput(_("The last day must come after the first."), field="ends_on")
    if said.starts_on.day != 1 or said.ends_on.day != 1:
        text = _("A period is of whole months, as values are told by month.")
        raise BadInput(text, field="starts_on" if said.starts_on.day != 1 else "ends_on")
    if said.opens_on <= calendar.today():
        raise BadInput(
            _("A round is announced before it begins, so it opens tomorrow at the earliest."),
            field="opens_on",
        )
    if said.opens_on < said.ends_on:
        raise BadInput(_("A round opens when its period is over."), field="opens_on")
    if said.favourable_from not in (2, 3):
        raise BadInput(_("Choose the second or the third level."), field="favourable_from")
    if not len(set(said.metrics)) == len(said.metrics) <= MOST_METRICS:
        raise BadInput(
            _("Name at most %(most)s metrics, each once, or none.") % {"most": MOST_METRICS}, field="metrics"
        )
    usable = queries.list_metrics().filter(slug__in=said.metrics).values_list("slug", flat=True)
    if missing := sorted(set(said.metrics) - set(usable)):
        raise BadInput(
            _("No charter is in force for these, or they decide about nobody: %(names)s")
            % {"names": ", ".join(missing)},
            field="metrics",
        )
    if said.cohort.retired_at is not None:
        raise BadInput(_("This group is no longer reported on. Choose another one."), field="cohort")


@transaction.atomic(durable=True)
def announce(*, calibration: CalibrationRound, by: User) -> CalibrationRound:
    """Announce a round: who is in it, by which rubrics and profiles, and tell everybody concerned (S91, S98).

    From here on what will be used does not change. Raises Conflict naming role families without a rubric or a whole profile, and
    people without a role family; and where the day on which it opens is not to come.
    """
    permissions.check_keeps_rounds(by)
    calibration = lock(calibration)
    TRANSITIONS.check(calibration.state, RoundState.ANNOUNCED)
    if calibration.opens_on <= calendar.today():
        raise Conflict(
            _("The day on which it opens is not to come any more. Prepare another round."), code="too_late"
        )
    people = queries.list_participants(calibration)
    families = _find_families(people)
    calibration.state, calibration.announced_at = RoundState.ANNOUNCED, clock.now()
    calibration.save(update_fields=["state", "announced_at"])
    _record_people(calibration, people, families)
    announced = RoundAnnounced(
        round=calibration.pk,
        opens_on=calibration.opens_on,
        people=len(people),
        families=sorted(families),
        metrics=calibration.metrics,
    )
    ledger.append(announced, by=by.actor)
    _tell_announced(calibration, by)
    return calibration


def _find_families(people: Sequence[Person]) -> dict[str, tuple[Rubric, RoleProfile]]:
    """The rubric and profile of each role family. Raises Conflict naming what is missing."""
    if not people:
        raise Conflict(_("Nobody is in this round: nobody was on a team of its group."), code="nobody")
    if nameless := [each.name for each in people if not each.role_family]:
        text = _("These people have no role family, so nobody knows what counts for them: %(names)s.")
        raise Conflict(text % {"names": ", ".join(nameless)}, code="no_role_family")
    found = {family: (queries.find_rubric(family), find_profile(family)) for family in {each.role_family for each in people}}  # fmt: skip
    ready = {
        family: (rubric, profile)
        for family, (rubric, profile) in found.items()
        if rubric is not None and profile is not None and profile.is_complete
    }
    if missing := sorted(set(found) - set(ready)):
        text = _(
            "Write a rubric and a whole evidence profile for each of these role families first: %(names)s."
        )
        raise Conflict(text % {"names": ", ".join(missing)}, code="no_profile")
    return ready


def _record_people(
    calibration: CalibrationRound, people: Sequence[Person], families: dict[str, tuple[Rubric, RoleProfile]]
) -> None:
    rows = {
        family: records.insert(RoundFamily(round=calibration, role_family=family, rubric=rubric, profile=profile))
        for family, (rubric, profile) in sorted(families.items())
    }  # fmt: skip
    for person in people:
        item = CalibrationItem(round=calibration, person=person, family=rows[person.role_family])
        item.accountable = _find_answerer(item)
        records.insert(item)


def _find_answerer(item: CalibrationItem) -> User | None:
    """Whoever the person reports to, or manages their team, where that is one account that may answer; HR names others."""
    today = calendar.today()
    humans = User.objects.filter(is_active=True, kind=AccountKind.HUMAN)
    lines = ReportingLine.objects.on(today).filter(person=item.person).values("manager")
    teams = Membership.objects.on(today).filter(person=item.person).values("team")
    grants = RoleGrant.objects.on(today).filter(role=GrantedRole.MANAGER, team__in=teams)
    for found in (humans.filter(person__in=lines), humans.filter(pk__in=grants.values("user"))):
        fit = [each for each in found.order_by("username") if permissions.may_answer(each, item)]
        if len(fit) == 1:
            return fit[0]
    return None


def _tell_announced(calibration: CalibrationRound, by: User) -> None:
    """Tell everybody in the round, and everybody who answers for somebody in it."""
    path = f"/calibration/rounds/{calibration.pk}/announcement"
    said = {"name": calibration.name, "day": rule_words.day(calibration.opens_on)}
    persons = calibration.items.values("person")
    for user in User.objects.filter(is_active=True, person__in=persons).order_by("pk"):
        notify(
            to=user,
            kind="calibration.announced",
            subject=_("You are in a calibration round: %(name)s") % said,
            text=_(
                "It opens on %(day)s. Read which evidence and which metrics will be used, what each level means, and who answers "
                "for what is decided about you. You can write into your evidence pack yourself."
            )
            % said,
            path=path,
            once=f"calibration-announced:{calibration.pk}:{user.pk}",
            by=by,
        )
    for user in User.objects.filter(pk__in=calibration.items.values("accountable")).order_by("pk"):
        _tell_answerer(calibration, user, by)


def _tell_answerer(calibration: CalibrationRound, user: User, by: User) -> None:
    notify(
        to=user,
        kind="calibration.answers",
        subject=_("You answer for people in a calibration round: %(name)s") % {"name": calibration.name},
        text=_("Read their evidence packs, and propose a level for each with your reasons once it is open on %(day)s.")
        % {"day": rule_words.day(calibration.opens_on)},
        path="/calibration",
        once=f"calibration-answers:{calibration.pk}:{user.pk}",
        by=by,
    )  # fmt: skip


@transaction.atomic(durable=True)
def open_round(*, calibration: CalibrationRound, by: User) -> CalibrationRound:
    """Open an announced round for proposals. Raises Conflict before its day, which everybody was told."""
    permissions.check_keeps_rounds(by)
    calibration = lock(calibration)
    TRANSITIONS.check(calibration.state, RoundState.OPEN)
    if calibration.opens_on > calendar.today():
        text = _("It was announced to open on %(day)s.") % {"day": rule_words.day(calibration.opens_on)}
        raise Conflict(text, code="too_early")
    if calibration.state != RoundState.ANNOUNCED:
        raise Conflict(_("Open it again with a reason."), code="reopened_with_a_reason")
    calibration.state = RoundState.OPEN
    calibration.save(update_fields=["state"])
    ledger.append(RoundOpened(round=calibration.pk), by=by.actor)
    return calibration


@transaction.atomic(durable=True)
def drop_round(*, calibration: CalibrationRound, reason: str, by: User) -> CalibrationRound:
    """End a round without outcomes. Raises Conflict once it was handed in."""
    permissions.check_keeps_rounds(by)
    reason = read_text(reason, "reason", _("Say why it is dropped."))
    calibration = lock(calibration)
    TRANSITIONS.check(calibration.state, RoundState.DROPPED)
    calibration.state, calibration.ended_at = RoundState.DROPPED, clock.now()
    calibration.save(update_fields=["state", "ended_at"])
    ledger.append(RoundDropped(round=calibration.pk, reason=reason), by=by.actor)
    return calibration


@transaction.atomic(durable=True)
def name_answerer(*, item: CalibrationItem, accountable: User, by: User) -> CalibrationItem:
    """Name who answers for a person: one who leads them or answers for them, a person and not themself (S93)."""
    permissions.check_keeps_rounds(by)
    item = lock_item(item, RoundState.ANNOUNCED, RoundState.OPEN, *TOLD)
    if permissions.is_of(by, item):
        raise BadInput(_("This is about you. Another account of HR names who answers."), field="accountable")
    if not permissions.may_answer(accountable, item):
        raise BadInput(
            _("Name a person’s account with a role over them: their manager, their lead, leadership or HR."),
            field="accountable",
            code="accountable_unfit",
        )
    item.accountable = accountable
    item.save(update_fields=["accountable"])
    named = AnswererNamed(item=item.pk, person=item.person.external_id, accountable=accountable.pk)
    ledger.append(named, by=by.actor)
    _tell_answerer(item.round, accountable, by)
    return item


@transaction.atomic(durable=True)
def set_aside(*, item: CalibrationItem, reason: str, by: User) -> CalibrationItem:
    """Let somebody get no outcome in a round, such as who was on leave for most of it, or has left; why is sealed."""
    permissions.check_keeps_rounds(by)
    reason = read_text(reason, "reason", _("Say why no level is given."))
    item = lock_item(item, RoundState.ANNOUNCED, RoundState.OPEN)
    if item.set_aside_at is not None:
        raise Conflict(_("This person is set aside already."), code="set_aside")
    if permissions.is_of(by, item):
        raise Conflict(_("This is about you. Another account of HR does it."), code="of_oneself")
    item.set_aside_at = clock.now()
    item.set_aside = seal(CalibrationText(reason), item.pk, "set aside")
    item.save(update_fields=["set_aside_at", "set_aside"])
    ledger.append(ItemSetAside(item=item.pk, person=item.person.external_id), by=by.actor)
    return item


def lock(calibration: CalibrationRound) -> CalibrationRound:
    """The round as it is now, held."""
    return (
        CalibrationRound.objects.select_for_update(of=("self",))
        .select_related("cohort")
        .get(pk=calibration.pk)
    )


def lock_item(item: CalibrationItem, *states: RoundState) -> CalibrationItem:
    """One person's part of a round as it is now, with the round held. Raises Conflict unless the round is in one of these states."""
    calibration = lock(item.round)
    if calibration.state not in states:
        text = _("This round is “%(state)s”, so nothing of this can be written now.")
        raise Conflict(text % {"state": calibration.get_state_display().lower()}, code="not_open")
    found = CalibrationItem.objects.select_for_update(of=("self",)).select_related(
        "person", "accountable", "family__rubric", "family__profile"
    )
    held = found.get(pk=item.pk)
    held.round = calibration
    return held
