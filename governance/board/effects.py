"""What opening and deciding a case leads to, kind by kind, in its transaction.

The table of kinds (`kinds`) names these functions and `services.cases` alone calls them. They stand below permissions
and services, which ask that table.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from charter.programme import queries as programmes
from charter.programme import services as programme
from charter.programme import settings
from charter.registry import queries as charters
from charter.registry import rulebooks
from charter.registry import services as registry
from charter.registry.models import CharterVersion, Metric
from charter.registry.settings_check import check_settings
from charter.registry.states import StandingChoices
from charter.rules.vocabulary import Waivable
from governance.board import conditions, councils, holding
from governance.board.events import SeatFilled
from governance.board.models import (
    Case,
    ConsequencesProposal,
    MisuseQuestion,
    SeatProposal,
    SettingsChange,
    Term,
    Waiver,
)
from governance.board.seat_names import CouncilSeat
from governance.board.states import NOTICE_DAYS, CaseState, ConditionKind, ConsequenceAct, SeatKind
from governance.people.models import User
from governance.people.object_permissions import check_can_be_given
from ground import calendar, clock, records
from ground.errors import BadInput, Conflict
from ground.promises import promised

Details = Mapping[str, Any]
WAIVER_FIELDS = ("rule_id", "metric", "decision", "starts_on", "ends_on", "reason")


def begin_nothing(_case: Case, _details: Details, *, by: User) -> None:
    """A case that begins nothing but its discussion."""


def change_nothing(_case: Case, *, approved: bool, by: User) -> None:
    """A case that its minutes answer."""


def minute_nothing(_case: Case) -> Iterator[str]:
    """A case whose minutes say no more than those of any other."""
    yield from ()


def conclude_nothing(_case: Case, *, approved: bool, approvals: int, votes: int) -> Iterator[str]:
    """A case whose votes say all that becomes of its matter."""
    yield from ()


def begin_review(case: Case, _details: Details, *, by: User) -> None:
    """A submitted charter is in review; one on trial or suspended stays so until the board has decided."""
    version = promised(case.charter_version)
    if version.standing not in (StandingChoices.PILOT, StandingChoices.SUSPENDED):
        registry.begin_review(version=version, by=by)


def settle_charter(case: Case, *, approved: bool, by: User) -> None:
    """In force, on trial or back in force; rejected where it was new. A suspended one that is rejected stays so."""
    version, bound = promised(case.charter_version), conditions.read_standing(case)
    bounds, until = conditions.combine_bounds(bound), _until(bound, version)
    if version.standing == StandingChoices.SUSPENDED:
        if approved:
            registry.reinstate(version=version, until=until, bounds=bounds, by=by)
    elif not approved:
        registry.reject(version=version, by=by)
    elif ConditionKind.PILOT_TEAM in bound and version.standing == StandingChoices.IN_REVIEW:
        registry.allow_pilot(version=version, case_id=case.pk, bounds=bounds, by=by)
    else:
        registry.activate(version=version, case_id=case.pk, until=until, bounds=bounds, by=by)


def settle_suspension(case: Case, *, approved: bool, by: User) -> None:
    """Ratified, it stays suspended until a case brings it back; else it lapses and is in force again."""
    suspension = case.suspension
    field = "ratified_at" if approved else "lapsed_at"
    setattr(suspension, field, clock.now())
    suspension.save(update_fields=[field])
    version = CharterVersion.objects.get(pk=promised(case.charter_version_id))
    # It may have been retired or have expired meanwhile.
    if not approved and version.standing == StandingChoices.SUSPENDED:
        registry.reinstate(version=version, by=by)


def settle_rulebook(case: Case, *, approved: bool, by: User) -> None:
    """In force from now on, or where all charters take long to try, as soon as the clock has tried them.

    One that was rejected stays proposed and may be put again.
    """
    if approved and not rulebooks.is_long_to_check():
        registry.publish_rulebook(version=promised(case.rulebook_version), case_id=case.pk, by=by)


def minute_rulebook(_case: Case) -> Iterator[str]:
    """That the rules are in force a little later, where that is so."""
    if rulebooks.is_long_to_check():
        yield _("These rules are in force as soon as the examples of all charters were tried.")


def request_waiver(case: Case, details: Details, *, by: User) -> None:
    """Store what is asked to be set aside; approval alone makes it count, on its days.

    BadInput for unknown fields, a rule that is never waived, a scope that names nothing, or dates that do not fit.
    """
    if unknown := sorted(set(details) - set(WAIVER_FIELDS)):
        raise BadInput(_("A waiver has no field “%(name)s”.") % {"name": unknown[0]}, field=unknown[0])
    if details.get("starts_on") is None or details.get("ends_on") is None:
        raise BadInput(_("Say from when and until when."), field="starts_on")
    words = {"reason": str(details.get("reason", "")).strip()}
    waiver = Waiver(case=case, requested_by=by, **{**details, **words})
    _check_waivable(waiver.rule_id)
    if waiver.metric and not Metric.objects.filter(slug=waiver.metric).exists():
        raise BadInput(_("There is no metric called “%(slug)s”.") % {"slug": waiver.metric}, field="metric")
    if waiver.ends_on <= calendar.today():
        raise BadInput(_("This waiver would be over already."), field="ends_on")
    _check_not_asked_again(waiver, by)
    records.insert(waiver)


def _check_not_asked_again(waiver: Waiver, by: User) -> None:
    """Raise Conflict where the same exception, or one that it would be part of or holds, is before the board or was turned down lately.

    Who asks often enough gets a yes once; a member of the board may put it again, when something has changed.
    """
    same = Waiver.objects.filter(
        Q(metric=waiver.metric) | Q(metric="") if waiver.metric else Q(),
        Q(decision=waiver.decision) | Q(decision="") if waiver.decision else Q(),
        rule_id=waiver.rule_id,
    )
    if same.filter(case__state=CaseState.OPEN).exists():
        raise Conflict(_("The board has this exception before it already."), code="waiver_asked_already")
    days = promised(programmes.get_programme()).ruling_days
    lately = same.filter(
        case__state=CaseState.REJECTED, case__closed_at__gt=clock.now() - timedelta(days=days)
    )
    if lately.exists() and not Term.objects.on(calendar.today()).filter(user=by).exists():
        text = _(
            "The board has turned this down within the last %(days)s days. Its members may put it again."
        )
        raise Conflict(text % {"days": days}, code="waiver_turned_down")


def propose_consequences(case: Case, details: Details, *, by: User) -> None:
    """Store what is to happen with the charter: `act`, to keep it unless said, and `revise_by` where it is to be revised.

    A case about no charter does nothing with one. BadInput for unknown fields, and for a day that is over.
    """
    if unknown := sorted(set(details) - {"act", "revise_by"}):
        raise BadInput(_("This case has no field “%(name)s”.") % {"name": unknown[0]}, field=unknown[0])
    if case.charter_version is None:
        if details.get("act", ConsequenceAct.KEEP) != ConsequenceAct.KEEP:
            raise BadInput(_("Say which metric this is about."), field="charter_version")
        return
    proposal = ConsequencesProposal(
        case=case,
        act=ConsequenceAct(details.get("act") or ConsequenceAct.KEEP),
        revise_by=details.get("revise_by"),
    )
    if proposal.revise_by is not None and proposal.revise_by <= calendar.today():
        raise BadInput(_("This day is over, or is today. Leave time to revise it."), field="revise_by")
    records.insert(proposal)


def settle_consequences(case: Case, *, approved: bool, by: User) -> None:
    """What was proposed happens to a charter in force; one that more voted against keeping than for is taken out of use."""
    act = _find_act(case, approved=approved)
    if case.charter_version_id is None:
        return
    version = CharterVersion.objects.select_related("metric__programme").get(pk=case.charter_version_id)
    if version.standing not in (StandingChoices.ACTIVE, StandingChoices.SUSPENDED):
        return  # it was replaced meanwhile, or has run out
    if act == ConsequenceAct.RETIRE:
        registry.retire(version=version, by=by)
    elif act == ConsequenceAct.REVISE:
        until = find_midnight(promised(case.consequences.revise_by) + timedelta(days=1), version)
        registry.shorten(version=version, until=until, by=by)
    elif act == ConsequenceAct.SUSPEND and version.standing == StandingChoices.ACTIVE:
        registry.suspend(version=version, by=by)


def _find_act(case: Case, *, approved: bool) -> ConsequenceAct:
    """What happens: as it was proposed, or where that was to keep it and most were against it, the contrary."""
    proposal = getattr(case, "consequences", None)
    if proposal is None:
        return ConsequenceAct.KEEP
    if approved:
        return ConsequenceAct(proposal.act)
    return _act_turned_down(proposal, case.outcome.approvals, case.outcome.votes)


def _act_turned_down(proposal: ConsequencesProposal, approvals: int, votes: int) -> ConsequenceAct:
    against = proposal.act == ConsequenceAct.KEEP and 2 * approvals < votes
    return ConsequenceAct.SUSPEND if against else ConsequenceAct.KEEP


def minute_consequences(case: Case, *, approved: bool, approvals: int, votes: int) -> Iterator[str]:
    """What becomes of the charter."""
    proposal = getattr(case, "consequences", None)
    if proposal is None:
        return
    act = ConsequenceAct(proposal.act) if approved else _act_turned_down(proposal, approvals, votes)
    yield _("What becomes of the charter: %(act)s.") % {"act": act.label}
    if act == ConsequenceAct.REVISE:
        yield _("Its last day is %(day)s.") % {"day": promised(proposal.revise_by).isoformat()}


def request_settings(case: Case, details: Details, *, by: User) -> None:
    """Store what the settings would be, with what they are. BadInput as `settings.check_changes`."""
    changes, former = settings.check_changes(details, against=check_settings)
    records.insert(SettingsChange(case=case, changes=changes, former=former))


def settle_settings(case: Case, *, approved: bool, by: User) -> None:
    """The settings are what the case said."""
    if approved:
        settings.change_settings(
            changes=case.settings_change.changes, against=check_settings, case_id=case.pk, by=by
        )


def minute_settings(case: Case) -> Iterator[str]:
    """Each setting that the approval changes."""
    change = case.settings_change
    for line in settings.SettingRows().lines(change.changes, change.former):
        yield _("%(label)s: %(becomes)s, was %(was)s.") % line._asdict()


def request_seat(case: Case, details: Details, *, by: User) -> None:
    """Store whom the case would put on which seat: `seat`, `user` (an account), and `alternate`, which is so unless said.

    BadInput for whoever can hold none, for oneself, and where the seat has a member whose term does not end.
    """
    if unknown := sorted(set(details) - {"seat", "user", "alternate"}):
        raise BadInput(_("This case has no field “%(name)s”.") % {"name": unknown[0]}, field=unknown[0])
    for name in ("seat", "user"):
        if not details.get(name):
            raise BadInput(_("Say who is to sit on which seat."), field=name)
    name = details["seat"] if isinstance(details["seat"], CouncilSeat) else SeatKind(details["seat"])
    councils.check_holds_seat(name)
    seat = councils.take_seat(name)
    named = SeatProposal(case=case, seat=seat, user=details["user"], alternate=details.get("alternate", True))
    check_can_be_given(named.user)
    if named.user == by:
        raise BadInput(_("Nobody puts themself on a seat. Let another propose it."), field="user")
    records.check(make_term(named))
    records.insert(named)


def note_whose_look_it_is(case: Case, details: Details, *, by: User) -> None:
    """Store whose look the case is about (`account`), so that they do not vote on it; its entry and its page do not say."""
    account = details.get("account")
    if set(details) != {"account"} or not isinstance(account, User):
        raise BadInput(_("Say whose look it is."), field="account")
    records.insert(MisuseQuestion(case=case, account=account))


def make_term(named: SeatProposal) -> Term:
    """The term that a case about a seat would give, were it passed now; a member follows on one whose end is known."""
    now, begins = clock.now(), calendar.today() + timedelta(days=NOTICE_DAYS)
    if not named.alternate:
        ends = [
            term.valid_to
            for term in holding.list_terms(calendar.today())
            if term.seat_id == named.seat_id and not term.alternate
        ]
        begins = max([begins, *filter(None, ends)])
    return Term(
        seat=named.seat,
        user=named.user,
        alternate=named.alternate,
        valid_from=begins,
        announced_at=now,
        announced_by=named.case.opened_by,
        confirmed_at=now,
        case=named.case,
    )


def settle_seat(case: Case, *, approved: bool, by: User) -> None:
    """Who was named sits, once the whole board has had its days of notice."""
    if approved:
        _seat(make_term(case.seat_proposal), by)


def minute_seat(case: Case) -> Iterator[str]:
    """Who sits where, and from when on."""
    named = case.seat_proposal
    said = {"name": named.user.name, "seat": named.seat, "day": make_term(named).valid_from.isoformat()}
    if named.alternate:
        yield _("%(name)s is alternate on the seat “%(seat)s” from %(day)s on.") % said
    else:
        yield _("%(name)s is member on the seat “%(seat)s” from %(day)s on.") % said


def settle_founding(case: Case, *, approved: bool, by: User) -> None:
    """Who accepted sits from now on, and the programme is in force."""
    if not approved:
        return
    now = clock.now()
    for accepted in holding.list_accepted():
        term = Term(seat=accepted.seat, user=accepted.user, announced_by=accepted.invited_by, case=case)
        term.valid_from, term.announced_at, term.confirmed_at = calendar.today(), now, now
        _seat(term, by)
    programme.approve_programme(
        programme=programmes.get_programme(), data_from=case.founding.data_from, by=by
    )


def minute_founding(case: Case) -> Iterator[str]:
    """Who sits on which seat from now on, and the backfill that was agreed to."""
    for accepted in holding.list_accepted():
        yield _("%(name)s sits on the seat “%(seat)s”.") % {"name": accepted.user.name, "seat": accepted.seat}
    if case.founding.data_from is not None:
        said = {"day": case.founding.data_from.isoformat(), "because": case.founding.because}
        yield _("Charters written before may use data from %(day)s on. %(because)s") % said


def _seat(term: Term, by: User) -> None:
    """Write a term that a case has confirmed."""
    records.insert(term)
    ledger.append(SeatFilled(**record_term(term), confirmed=True), by=by.actor)


def record_term(term: Term) -> dict[str, Any]:
    """What the log keeps of a term."""
    return {
        "term": term.pk,
        "seat": term.seat.kind,
        "user": term.user_id,
        "alternate": term.alternate,
        "valid_from": term.valid_from,
        "valid_to": term.valid_to,
    }


def find_midnight(day: date, version: CharterVersion) -> datetime:
    """When a day begins in the programme's zone."""
    return datetime.combine(day, time(), ZoneInfo(version.metric.programme.time_zone))


def _until(bound: Mapping[str, conditions.Value], version: CharterVersion) -> datetime | None:
    end = bound.get(ConditionKind.END_DATE)
    return find_midnight(date.fromisoformat(str(end["date"])), version) if end else None


def _check_waivable(rule_id: str) -> None:
    """Raise BadInput unless the rules in force have this rule and let the board waive it."""
    rule = next((each for each in charters.list_rules_in_force() if each.id == rule_id), None)
    if rule is None:
        raise BadInput(_("There is no rule “%(id)s”.") % {"id": rule_id}, field="rule_id")
    if rule.waivable is not Waivable.BOARD:
        raise BadInput(
            _("Rule %(id)s is never waived, not by the board either.") % {"id": rule_id},
            field="rule_id",
            code="never_waivable",
        )
