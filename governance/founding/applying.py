"""Applying a programme's file: each step looks at what is there and does what is missing, so that it can be applied at any time.

Everything that could be wrong was said before (`judging.py`), so that nothing is half-founded by a fault of the file; each step
is a transaction of its own, and what was cut short goes on with the next call. Nothing here answers for anybody: those who are
invited accept and vote themselves, and charters are handed in by their owners.
"""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from msgspec import Struct

from charter.authoring import drafts
from charter.authoring import folder as charter_folder
from charter.authoring import importing as charters
from charter.authoring.models import Draft
from charter.programme import contract, starter
from charter.programme.models import Contract, Programme
from charter.programme.permissions import can_publish_contract
from charter.programme.states import ProgrammeState
from charter.registry import catalogue
from charter.registry.document import CharterDocument
from charter.registry.models import CharterVersion, Metric
from governance.agreements import services as agreements
from governance.agreements.models import AgreementVersion
from governance.board import councils, permissions
from governance.board import services as board
from governance.board.models import CouncilProposal, Invitation
from governance.board.programme import begin_programme, furnish_programme
from governance.board.seat_names import BEGINS
from governance.board.states import CaseKind, CaseState, SeatKind
from governance.founding import judging
from governance.founding.programme_file import (
    AccountToOpen,
    ContractText,
    FileFault,
    ReadFile,
    RoleToGive,
    list_roles,
)
from governance.people import cohorts
from governance.people import services as people
from governance.people.models import Cohort, GrantedRole, Person, RoleGrant, Team, User, ValueStream
from governance.training import services as training
from governance.training.models import Course
from ground import calendar
from ground.errors import Conflict, NotPermitted
from ground.parsing import parse_day


class StepDone(Struct, frozen=True):
    """What a step came to: whether it changed anything, and a sentence. `waits` is what others are to do."""

    key: str
    changed: bool
    sentence: str
    waits: bool = False


class Applying:
    """One file applied in the name of its founder.

    `system` is the account of the product, for whoever runs it from the shell; without it (in the API) the account of the
    founder is there already, and the contract is HR's to publish.
    """

    def __init__(self, read: ReadFile, *, system: User | None) -> None:
        self._read, self._said, self._system = read, read.said, system

    def run(self, *, by: User | None = None) -> Iterator[StepDone]:
        """Check everything, then do what is missing, a step at a time. Raises BadInput before anything is written.

        NotPermitted where `by`, which the API gives, is not the founder whom the file names.
        """
        if by is not None and by.username != self._said.founder:
            raise NotPermitted(_("The founder applies the file, whom it names."), code="not_the_founder")
        judging.check(self._read)
        found = User.objects.find(self._said.founder)
        holds = self._said.founder in judging.find_holders(GrantedRole.ADMIN)
        self._founder = found if found is not None and holds else self._require_system()
        self._refuse_own_roles()
        for step in _STEPS:
            yield step(self)

    def _refuse_own_roles(self) -> None:
        """Raise BadInput where the founder would have to give themself a role, which nobody does."""
        if self._system is None:
            own = [
                (key, told, role)
                for key, told, role in list_roles(self._said)
                if told.username == self._said.founder
            ]
            sentence = _("Nobody gives a role to themself. Ask another administrator.")
            self._read.refuse(
                [FileFault(key, sentence) for key, told, role in own if self._lacks(told, role)]
            )

    # Who and what there is

    def begin(self) -> StepDone:
        """The founder's account, and the programme with what comes with the product."""
        founder = self._founder = self._find_or_open_founder()
        found = Programme.objects.first()
        if found is None:
            name = self._said.name
            self._programme = begin_programme(
                slug=slugify(name)[:100] or "programme",
                name=name,
                purpose=self._said.purpose,
                time_zone=self._said.time_zone,
                by=founder,
            )
            return StepDone("programme", True, _("The programme is begun."))
        self._programme = found
        if found.state == ProgrammeState.DRAFT:
            furnish_programme(programme=found, by=founder)
        return StepDone("programme", False, _("It was begun before."))

    def import_organisation(self) -> StepDone:
        if not self._said.organisation or self._read.folder is None:
            return StepDone("organisation", False, _("The file names none."))
        folder = self._read.folder / self._said.organisation
        if not people.preview_import(folder=folder, by=self._founder).changed_anything:
            return StepDone("organisation", False, _("It is as its files say."))
        report = people.import_organisation(folder=folder, by=self._founder)
        added = sum(count.added for count in report.counts.values())
        return StepDone(
            "organisation", True, _("Imported; %(added)s rows are new.") % {"added": f"{added:,}"}
        )

    def open_accounts(self) -> StepDone:
        """Accounts and roles that are missing. Nothing is closed or ended: that is somebody's decision, not a file's."""
        opened = sum(self._open(each) for each in self._said.accounts)
        given = sum(self._give(each, role) for each in self._said.accounts for role in each.roles)
        said = {"opened": opened, "given": given}
        sentence = _("Opened %(opened)s accounts and gave %(given)s roles.") % said
        return StepDone("accounts", bool(opened or given), sentence)

    def publish_contract(self) -> StepDone:
        if Contract.objects.exists() and not isinstance(self._said.contract, ContractText):
            return StepDone("contract", False, _("It was published before."))
        by = self._founder if can_publish_contract(self._founder) else self._system
        if by is None:
            return StepDone("contract", False, _("HR publishes it, on its page."), waits=True)
        text = self._said.contract
        blocks = text if isinstance(text, ContractText) else starter.read_starter_contract()
        before = Contract.objects.count()
        contract.publish(can=blocks.can, cannot=blocks.cannot, disputes=blocks.disputes, by=by)
        return StepDone("contract", Contract.objects.count() > before, _("It is published."))

    def publish_course(self) -> StepDone:
        if Course.objects.exists():
            return StepDone("course", False, _("It was published before."))
        training.publish_course(by=self._founder)
        return StepDone("course", True, _("It is published."))

    # What it measures

    def begin_charters(self) -> StepDone:
        """Describe the folder's sources, and begin its charters and those of the catalogue as drafts: their owner hands them in."""
        described, documents = self._describe_sources(), self._list_missing_charters()
        owner = self._find_owner()
        if not documents or owner is None:
            return StepDone("charters", bool(described), _("None is missing."))
        if self._system is None and owner != self._founder:
            return StepDone(
                "charters", bool(described), _("The metric owner takes them from the catalogue."), waits=True
            )
        for document, newest in documents:
            drafts.start_draft(programme=self._programme, document=document, by=owner, based_on=newest)
        count = len(documents)
        sentence = ngettext("Began %(count)s draft.", "Began %(count)s drafts.", count) % {"count": count}
        return StepDone("charters", True, sentence)

    def write_agreements(self) -> StepDone:
        """Write agreements down that differ from their newest version; the board passes them, a file does not."""
        hashes = {
            version.slug: version.content_hash
            for version in AgreementVersion.objects.order_by("slug", "number")
        }
        new = [text for text in self._said.agreements if hashes.get(text.slug) != text.content_hash()]
        for text in new:
            agreements.write_agreement(text=text, by=self._founder)
        if not new:
            return StepDone("agreements", False, _("None is missing."))
        sentence = ngettext(
            "Wrote %(count)s agreement down; a member of the board or an administrator puts it to the board.",
            "Wrote %(count)s agreements down; a member of the board or an administrator puts them to the board.",
            len(new),
        )
        return StepDone("agreements", True, sentence % {"count": len(new)})

    def put_councils(self) -> StepDone:
        """Put to the board which councils hold a seat over whose people; the file ends none."""
        held = {each.seat.kind: each.territory for each in councils.list_councils()}
        asked = {
            each.seat.kind
            for each in CouncilProposal.objects.filter(case__state=CaseState.OPEN).select_related("seat")
        }
        told = {f"{BEGINS}{each.council}": each for each in self._said.councils}
        missing = [each for word, each in told.items() if held.get(word) != frozenset(each.territory)]
        new = [each for each in missing if f"{BEGINS}{each.council}" not in asked]
        if new and permissions.find_draft() is not None:
            return StepDone(
                "councils", False, _("The board decides on them once it is in force."), waits=True
            )
        for each in new:
            board.open_case(
                kind=CaseKind.COUNCIL,
                subject=_("Seat of a council: %(name)s") % {"name": each.name},
                question=_("Does it hold a seat over its people? The programme’s file says so."),
                details={"council": each.council, "name": each.name, "territory": list(each.territory)},
                by=self._founder,
            )
        if not missing:
            return StepDone("councils", False, _("None is missing."))
        sentence = _("%(new)s are put to the board; %(count)s wait for it.")
        return StepDone(
            "councils", bool(new), sentence % {"new": len(new), "count": len(missing)}, waits=True
        )

    def register_cohorts(self) -> StepDone:
        if not self._said.cohorts or not Team.objects.exists():
            return StepDone("cohorts", False, _("There are no teams to register groups of."))
        before = _hash_groups()
        minimum = self._programme.minimum_group
        report = cohorts.register_tree(on=calendar.today(), minimum=minimum, by=self._founder)
        sentence = _("%(count)s groups are registered.") % {"count": len(report.cohorts)}
        return StepDone("cohorts", _hash_groups() != before, " ".join([sentence, *report.notes]))

    # Who decides

    def invite(self) -> StepDone:
        """Invite to the seats that have no invitation; each answers for themself."""
        if permissions.find_draft() is None or permissions.is_before_the_board():
            return StepDone("seats", False, _("The first board has accepted."))
        standing = Invitation.objects.filter(ended_at__isnull=True)
        taken = set(standing.values_list("seat__kind", flat=True))
        missing = [(seat, who) for seat, who in self._said.seats.items() if seat not in taken]
        for seat, who in missing:
            user = User.objects.get(username=who)
            board.invite_member(seat_kind=SeatKind(seat), user=user, by=self._founder)
        accepted = standing.filter(accepted_at__isnull=False).count()
        said = {"invited": len(missing), "accepted": accepted, "seats": len(SeatKind)}
        sentence = _("Invited %(invited)s; %(accepted)s of %(seats)s have accepted.") % said
        return StepDone("seats", bool(missing), sentence, waits=accepted < len(SeatKind))

    def put_to_the_vote(self) -> StepDone:
        """Put the founding to the vote once six have accepted; they put the programme in force."""
        if permissions.find_draft() is None:
            return StepDone("force", False, _("The programme is in force."))
        if permissions.is_before_the_board():
            return StepDone("force", False, _("The founding is being voted on."), waits=True)
        asked = self._said.backfill
        try:
            board.found_programme(
                by=self._founder,
                data_from=parse_day(asked.data_from) if asked else None,
                because=asked.because if asked else "",
            )
        except Conflict as error:
            return StepDone("force", False, error.detail, waits=True)
        return StepDone(
            "force", True, _("The founding is put to the vote of those who accepted."), waits=True
        )

    # Parts of the steps

    def _find_or_open_founder(self) -> User:
        """The founder, who holds the administrator's role; opened and given it by the product where they are new."""
        for told in self._said.accounts:
            if told.username == self._said.founder and self._founder == self._system:
                self._open(told)
                for role in told.roles:
                    if role.role == GrantedRole.ADMIN:
                        self._give(told, role)
        return User.objects.get(username=self._said.founder)

    def _require_system(self) -> User:
        if self._system is None:
            raise Conflict(_("The founder’s account and role come first; “manage.py setup” makes them."))
        return self._system

    def _open(self, told: AccountToOpen) -> bool:
        if User.objects.find(told.username) is not None:
            return False
        person = Person.objects.get(external_id=told.person) if told.person else None
        people.open_account(
            username=told.username, name=told.name, email=told.email, person=person, by=self._founder
        )
        return True

    def _give(self, told: AccountToOpen, role: RoleToGive) -> bool:
        """Give a role unless the account has it, or has one to come; nobody gives one to themself."""
        if not self._lacks(told, role):
            return False
        user = User.objects.get(username=told.username)
        people.grant_role(
            user=user,
            role=GrantedRole(role.role),
            valid_from=_day(role.valid_from) or calendar.today(),
            valid_to=_day(role.valid_to),
            by=self._founder if user != self._founder else self._require_system(),
            **_find_scope(role),
        )
        return True

    def _lacks(self, told: AccountToOpen, role: RoleToGive) -> bool:
        """Whether the account holds no such role that lasts."""
        grants = RoleGrant.objects.filter(user__username=told.username, role=role.role)
        lasting = grants.exclude(valid_to__lte=calendar.today())
        return not lasting.filter(**_find_scope(role)).exists()

    def _describe_sources(self) -> int:
        plan = self._read_charters()
        return charters.describe_all(plan=plan, by=self._founder) if plan else 0

    def _list_missing_charters(self) -> list[tuple[CharterDocument, CharterVersion | None]]:
        """What the folder says anew and the catalogue adds, but for what is being written already."""
        plan, chosen = self._read_charters(), self._said.catalogue
        written = set(Draft.objects.filter(ended_at__isnull=True).values_list("metric", flat=True))
        held = set(Metric.objects.values_list("slug", flat=True))
        found: dict[str, tuple[CharterDocument, CharterVersion | None]] = {}
        for slug in chosen.charters if chosen else ():
            if slug not in held:
                found[slug] = (catalogue.read_starter_charters()[slug], None)
        for proposal in plan.to_register if plan else ():
            found[proposal.metric] = (proposal.file.document, proposal.newest)
        return [each for slug, each in found.items() if slug not in written]

    def _read_charters(self) -> charters.Plan | None:
        if not self._said.charters or self._read.folder is None:
            return None
        return charters.make_plan(charter_folder.read_folder(self._read.folder / self._said.charters))

    def _find_owner(self) -> User | None:
        chosen = self._said.catalogue
        return User.objects.get(username=chosen.owner) if chosen else None


_STEPS: tuple[Callable[[Applying], StepDone], ...] = (
    Applying.import_organisation,
    Applying.begin,
    Applying.open_accounts,
    Applying.publish_contract,
    Applying.publish_course,
    Applying.register_cohorts,
    Applying.begin_charters,
    Applying.write_agreements,
    Applying.invite,
    Applying.put_to_the_vote,
    Applying.put_councils,
)


def _find_scope(role: RoleToGive) -> dict[str, Any]:
    """What a role is held over, as services take it."""
    return {
        "team": Team.objects.get(slug=role.team) if role.team else None,
        "value_stream": ValueStream.objects.get(slug=role.value_stream) if role.value_stream else None,
    }


def _day(text: str) -> date | None:
    return parse_day(text) if text else None


def _hash_groups() -> frozenset[tuple[str, str, bool]]:
    """The groups as they are, to tell whether registering them anew changed one."""
    found = Cohort.objects.values_list("slug", "name", "retired_at")
    return frozenset((slug, name, retired is None) for slug, name, retired in found)
