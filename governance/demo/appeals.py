"""An appeal in each state, so that the pages of both sides show some: named ones of the employee's, one sealed, one of nobody's.

Made through the services, each where none stands in that state. Their words say that they are made up, as data may be real.
"""

from collections.abc import Callable, Mapping
from io import BytesIO
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from charter.measures.models import PublishedValue
from charter.rules.vocabulary import Period
from governance.appeals import permissions, queries
from governance.appeals import services as appeals
from governance.appeals.models import Appeal
from governance.appeals.states import AboutKind, AppealFinding, AppealKind, AppealState, HoldChoice, Remedy
from governance.appeals.words import AppealAbout
from governance.demo import looks
from governance.demo.dataset import DataSet
from governance.people.models import User
from governance.people.services import get_system_account
from ground.errors import DomainError

_RULE = AppealAbout(kind=AboutKind.RULE, rule="AR07")
_CHARTER = AppealAbout(kind=AboutKind.CHARTER, metrics=("lead-time-for-changes",))
Say = Callable[[str], None]


class Desk:
    """Who sees to appeals in the demo: whoever of the board and HR stands outside of their lines."""

    def __init__(self, accounts: Mapping[str, User]) -> None:
        self.employee, self._manager = accounts["employee"], accounts["manager"]
        self._board = [each for name, each in sorted(accounts.items()) if name.startswith("board-")]
        self._handlers = [accounts["hr"], accounts["auditor"], *self._board]

    def to(self, state: AppealState) -> None:
        """File one more appeal and bring it to this state."""
        about = {AppealState.DECIDED: _CHARTER, AppealState.CLOSED: self._find_look()}.get(state)
        appeal = self.file(AppealKind.NAMED, about or _RULE)
        for step in _STEPS[state]:
            getattr(self, f"_{step}")(appeal)
            appeal.refresh_from_db()

    def contest_outcome(self, outcome: UUID) -> None:
        """Appeal an outcome of calibration of the employee's, which is upheld."""
        appeal = self.file(AppealKind.NAMED, AppealAbout(kind=AboutKind.CALIBRATION, calibration=outcome))
        for step in ("acknowledge", "assign"):
            getattr(self, f"_{step}")(appeal)
            appeal.refresh_from_db()
        appeals.decide_appeal(
            appeal=appeal,
            finding=AppealFinding.UPHELD,
            reasons="Demo: two design reviews stand in the pack and were not weighed.",
            evidence="Demo: the pack, and the rubric's worked example of the third level.",
            remedy="Demo: the level is proposed anew, with these reviews.",
            by=appeal.handling.user,
        )
        appeal.refresh_from_db()
        self._accept(appeal)

    def file(self, kind: AppealKind, about: AppealAbout, hold: HoldChoice = HoldChoice.NONE) -> Appeal:
        """File an appeal of the employee's."""
        filing = appeals.Filing(
            kind=kind,
            about=about,
            statement="Demo: this is applied to work that it was not written for.",
            wanted="Demo: say so beside it, and look at it again.",
            hold=hold,
        )
        return appeals.file_appeal(filing=filing, by=self.employee).appeal

    def _acknowledge(self, appeal: Appeal) -> None:
        appeals.acknowledge_appeal(appeal=appeal, by=self._find_board(appeal))

    def _assign(self, appeal: Appeal) -> None:
        """Give it to the first who may handle it; at the second instance that is another."""
        for handler in self._handlers:
            try:
                permissions.check_can_handle(handler, appeal)
            except DomainError:
                continue
            appeals.assign_handler(appeal=appeal, handler=handler, by=self._find_board(appeal))
            return

    def _write(self, appeal: Appeal) -> None:
        appeals.write_message(appeal=appeal, text="Demo: which work was that?", by=appeal.handling.user)
        appeals.write_message(
            appeal=appeal,
            text="Demo: the move to the new runners. What we had on the wall that week is attached.",
            by=self.employee,
            attachment=_draw_wall(),
        )

    def _find_look(self) -> AppealAbout | None:
        """The manager's look at the employee's team; none where these data have none."""
        entry = looks.list_looks(self._manager).values_list("entry", flat=True).first()
        return AppealAbout(kind=AboutKind.RECEIPT, entry=entry) if entry else None

    def _decide(self, appeal: Appeal) -> None:
        """Uphold what is about a look, and ask the board about it; turn down the rest."""
        if appeal.about_kind == AboutKind.RECEIPT:
            self._ask_the_board(appeal)
            return
        appeals.decide_appeal(
            appeal=appeal,
            finding=AppealFinding.NOT_UPHELD,
            reasons="Demo: the rule says what it is for, and it was applied to that.",
            evidence="Demo: its text and its examples.",
            remedy="Demo: nothing, as nothing was wrong.",
            by=appeal.handling.user,
        )

    def _ask_the_board(self, appeal: Appeal) -> None:
        appeals.decide_appeal(
            appeal=appeal,
            finding=AppealFinding.PARTLY_UPHELD,
            reasons="Demo: it was asked for a retrospective, and the same figures stood in a plan for staffing a week later.",
            evidence=f"Demo: the receipt {queries.read_words(appeal).about.entry}, and the plan.",
            remedy="Demo: the board is asked whether that was a misuse.",
            act=Remedy.MISUSE,
            note="Demo: values that were asked for a retrospective stood in a plan for staffing. Was that a misuse?",
            by=appeal.handling.user,
        )

    def _second(self, appeal: Appeal) -> None:
        appeals.ask_second_instance(appeal=appeal, why="Demo: the examples are others.", by=self.employee)

    def _accept(self, appeal: Appeal) -> None:
        appeals.accept_outcome(appeal=appeal, by=self.employee)

    def _withdraw(self, appeal: Appeal) -> None:
        appeals.withdraw_appeal(appeal=appeal, by=self.employee)

    def _find_board(self, appeal: Appeal) -> User:
        return next(each for each in self._board if permissions.triages(each, appeal))


_ASSIGNED = ("acknowledge", "assign", "write")
_STEPS: Mapping[AppealState, tuple[str, ...]] = {
    AppealState.FILED: (),
    AppealState.ACKNOWLEDGED: ("acknowledge",),
    AppealState.ASSIGNED: _ASSIGNED,
    AppealState.DECIDED: (*_ASSIGNED, "decide"),
    AppealState.SECOND: (*_ASSIGNED, "decide", "second"),
    AppealState.SECOND_ASSIGNED: (*_ASSIGNED, "decide", "second", "assign"),
    AppealState.CLOSED: (*_ASSIGNED, "decide", "accept"),
    AppealState.WITHDRAWN: ("withdraw",),
}


_METRIC = "lead-time-for-changes"


def contest(accounts: Mapping[str, User], outcome: UUID | None) -> None:
    """The employee's appeal of an outcome of calibration, once; none where there is no outcome."""
    named = Appeal.objects.filter(kind=AppealKind.NAMED, about_kind=AboutKind.CALIBRATION)
    if outcome is not None and not named.exists():
        Desk(accounts).contest_outcome(outcome)


def show(data: DataSet, accounts: Mapping[str, User], say: Say) -> None:
    """An appeal in each state, one that is sealed with what it holds, and one of nobody's, whose number is said here alone."""
    desk = Desk(accounts)
    named = Appeal.objects.filter(kind=AppealKind.NAMED).exclude(about_kind=AboutKind.CALIBRATION)
    for state in AppealState:
        if not named.filter(state=state).exists():
            desk.to(state)
    if not Appeal.objects.filter(kind=AppealKind.CONFIDENTIAL).exists():
        about = _find_value(data)
        desk.file(AppealKind.CONFIDENTIAL, about or _RULE, HoldChoice.ON_USE if about else HoldChoice.NONE)
    if not Appeal.objects.filter(kind=AppealKind.ANONYMOUS).exists():
        say(f"  An anonymous appeal: its number is {_file_anonymously()}.")


def _draw_wall() -> SimpleUploadedFile:
    """A small picture: how long builds took each day, with the days of the move in another colour."""
    picture = Image.new("RGB", (360, 160), "white")
    draw = ImageDraw.Draw(picture)
    for day, minutes in enumerate((8, 9, 8, 10, 31, 38, 34, 12, 9, 8)):
        left = 16 + day * 34
        draw.rectangle(
            (left, 144 - minutes * 3, left + 22, 144), fill="#d4351c" if minutes > 30 else "#1d70b8"
        )
    drawn = BytesIO()
    picture.save(drawn, "PNG")
    return SimpleUploadedFile("wall.png", drawn.getvalue())


def _find_value(data: DataSet) -> AppealAbout | None:
    """The team's newest published month; none where the team is in a merged cohort, or nothing of it is published yet."""
    published = PublishedValue.objects.filter(
        metric__slug=_METRIC,
        cohort__slug=f"team:{data.team}",
        cohort__retired_at__isnull=True,
        superseded_at__isnull=True,
    )
    newest = published.filter(period_kind=Period.MONTH.value).order_by("-starts_on").first()
    if newest is None:
        return None
    return AppealAbout(
        kind=AboutKind.VALUE,
        metrics=(_METRIC,),
        cohorts=(f"team:{data.team}",),
        starts_on=newest.starts_on,
        ends_on=newest.ends_on,
    )


def _file_anonymously() -> str:
    filing = appeals.Filing(
        kind=AppealKind.ANONYMOUS,
        about=_RULE,
        statement="Demo: nobody asked us.",
        wanted="Demo: ask us.",
    )
    return appeals.file_anonymously(filing=filing, by=get_system_account()).receipt
