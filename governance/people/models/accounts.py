"""Accounts, what signs in for them, and the roles they hold."""

from django.contrib.auth import hashers
from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audits.ledger.ties import tied, told
from charter.rules.vocabulary import Role as RoleWord
from governance.people.events import (
    AccountClosed,
    AccountOpened,
    AccountReopened,
    AccountsMerged,
    AddressChanged,
    AddressDropped,
    AddressProposed,
    MergeDropped,
    MergeProposed,
    PasswordChanged,
    PasswordRehashed,
    PasswordReset,
    RoleEnded,
    RoleGranted,
    TokenConfirmed,
    TokenMade,
    TokenRevoked,
)
from governance.people.models.dated import VALID, Dated, or_none
from governance.people.models.organisation import Person, Team, ValueStream
from governance.people.models.signing_in import AccountMail as AccountMail
from governance.people.models.signing_in import AccountMailKind as AccountMailKind
from governance.people.models.signing_in import SecondStep as SecondStep
from governance.people.models.signing_in import Session as Session
from governance.people.scopes import LONGEST, Scope
from governance.people.source_names import Identity as Identity
from governance.people.source_names import TeamAlias as TeamAlias
from ground import clock, texts
from ground.models import Record, is_folded


def _only(*unchanged: str, also: str = "true") -> str:
    """SQL for the row where these columns are as they were and something else holds; none for any other."""
    parts = [*(f"OLD.{each} = NEW.{each}" for each in unchanged), also]
    return f"CASE WHEN {' AND '.join(parts)} THEN {{row}}.id END"


class AccountKind(models.TextChoices):
    HUMAN = "human", _("A person's account")
    MACHINE = "machine", _("A machine's account")


class GrantedRole(models.TextChoices):
    """Roles that are granted. `team_member` and `self` are not: they follow from membership and from who one is."""

    MANAGER = RoleWord.MANAGER.value, _("Manager")
    VALUE_STREAM_LEAD = RoleWord.VALUE_STREAM_LEAD.value, _("Value stream lead")
    LEADERSHIP = RoleWord.LEADERSHIP.value, _("Leadership")
    METRIC_OWNER = RoleWord.METRIC_OWNER.value, _("Metric owner")
    BOARD_MEMBER = RoleWord.BOARD_MEMBER.value, _("Board member")
    HR = RoleWord.HR.value, _("HR")
    AUDITOR = RoleWord.AUDITOR.value, _("Auditor")
    ADMIN = RoleWord.ADMIN.value, _("Administrator")


class UserManager(BaseUserManager["User"]):
    """Finds accounts; they are made through `people.services` alone."""

    def find(self, username: str | None) -> "User | None":
        """The account of this name, however it is typed: all that looks like it (`texts.fold`) is it."""
        return self.filter(username=texts.fold(username or "")).first()

    def get_by_natural_key(self, username: str | None) -> "User":
        """The same, for signing in. Raises User.DoesNotExist."""
        return self.get(username=texts.fold(username or ""))


class User(Record, AbstractBaseUser, PermissionsMixin):
    """An account. The reporting rules never ask whether it is a superuser.

    Its user name is kept folded (`texts.fold`), so that names that look alike are one account's.
    """

    username = models.CharField(_("user name"), max_length=100, unique=True)
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(blank=True)
    kind = models.CharField(max_length=10, choices=AccountKind, default=AccountKind.HUMAN)
    person = models.OneToOneField(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="account"
    )
    # Who answers for a machine's account. The system's own has nobody.
    owner = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="machines"
    )
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    class Meta:
        constraints = [
            is_folded(
                "username",
                name="user_name_is_folded",
                message=_("A user name is kept in small letters, as one word."),
            ),
            models.CheckConstraint(
                condition=Q(kind=AccountKind.HUMAN) | Q(person__isnull=True), name="user_machine_is_no_person"
            ),
            models.CheckConstraint(
                condition=Q(kind=AccountKind.MACHINE) | Q(owner__isnull=True), name="user_person_has_no_owner"
            ),
        ]
        triggers = [
            *tied(
                insert=[told(AccountOpened, says={"username": "{row}.username", "kind": "{row}.kind"})],
                # Each tells of its own column, so that none is changed under another's name.
                update=[
                    told(
                        PasswordChanged,
                        PasswordRehashed,
                        PasswordReset,
                        about=_only("email", "is_active"),
                    ),
                    told(AddressChanged, about=_only("password", "is_active")),
                    told(AccountClosed, about=_only("password", "email", also="NOT NEW.is_active")),
                    told(AccountReopened, about=_only("password", "email", also="NEW.is_active")),
                ],
                of=["password", "email", "is_active"],
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def actor(self) -> str:
        """What the ledger calls this account."""
        return f"user:{self.pk}"

    def check_password(self, raw_password: str) -> bool:
        """Whether it is the password. Unlike Django's, this writes nothing: keeping it anew is for `services.rehash_password`."""
        return hashers.check_password(raw_password, self.password)


class AccountMerge(Record):
    """That an account was merged into another: it stays closed, and what it wrote stays under its name."""

    account = models.OneToOneField(User, on_delete=models.PROTECT, related_name="merged")
    into = models.ForeignKey(User, on_delete=models.PROTECT, related_name="merges")
    because = models.TextField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    merged_at = models.DateTimeField(default=clock.now)
    merged_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(account=F("into")), name="accountmerge_of_two_accounts"),
            models.CheckConstraint(
                condition=~Q(merged_by=F("account")) & ~Q(merged_by=F("into")), name="accountmerge_by_a_third"
            ),
            models.CheckConstraint(
                condition=~Q(asked_by=F("account")) & ~Q(asked_by=F("into")) & ~Q(asked_by=F("merged_by")),
                name="accountmerge_confirmed_by_a_second",
            ),
            models.CheckConstraint(
                condition=~Q(because=""),
                name="accountmerge_says_why",
                violation_error_message=_("Say how you know that both are one person’s."),
            ),
        ]
        triggers = [
            *tied(insert=[told(AccountsMerged, about="{row}.account_id", says={"into": "{row}.into_id"})])
        ]


class MergeProposal(Record):
    """That an administrator proposed to merge an account into another, until a second one confirms it or it is dropped."""

    account = models.OneToOneField(User, on_delete=models.PROTECT, related_name="merge_proposal")
    into = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    because = models.TextField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(account=F("into")), name="mergeproposal_of_two_accounts"),
            models.CheckConstraint(
                condition=~Q(asked_by=F("account")) & ~Q(asked_by=F("into")), name="mergeproposal_by_a_third"
            ),
            models.CheckConstraint(condition=~Q(because=""), name="mergeproposal_says_why"),
        ]
        triggers = [
            *tied(
                insert=[
                    told(MergeProposed, says={"user": "{row}.account_id", "into": "{row}.into_id"}),
                ],
                delete=[told(MergeDropped), told(AccountsMerged, about="{row}.account_id")],
            )
        ]


class AddressChange(Record):
    """An e-mail address that an administrator proposed for an account, until a second one confirms it or it is dropped."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="address_change")
    email = models.EmailField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(asked_by=F("user")), name="addresschange_asked_by_another_than_its_own"
            )
        ]
        triggers = [
            *tied(
                insert=[told(AddressProposed, says={"user": "{row}.user_id"})],
                delete=[told(AddressDropped), told(AddressChanged, about="{row}.user_id")],
            )
        ]

    def __str__(self) -> str:
        return self.email


class Token(Record):
    """A token of the API: its digest, never itself, and what its account calls it, may do with it and until when.

    A machine's is worth nothing until a second administrator has confirmed it. Times are the real clock's.
    """

    digest = models.CharField(max_length=128, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(_("name"), max_length=80)
    scope = models.CharField(_("scope"), max_length=10, choices=Scope)
    # What checks it where it is a password (SCRAM), of one that may ask: the salt, and the two keys, which let nobody sign in.
    salt = models.BinaryField(default=b"", blank=True, editable=False)
    stored_key = models.BinaryField(default=b"", blank=True, editable=False)
    server_key = models.BinaryField(default=b"", blank=True, editable=False)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    last_used_at = models.DateTimeField(null=True, blank=True)  # to the hour (authentication.py)

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__lte=F("made_at") + LONGEST), name="token_ends_in_time"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | (Q(confirmed_by__isnull=False, confirmed_at__isnull=False) & ~Q(confirmed_by=F("made_by"))),
                name="token_confirmed_by_a_second",
            ),
        ]
        triggers = [
            *tied(
                insert=[told(TokenMade, says={"user": "{row}.user_id", "scope": "{row}.scope"})],
                update=[told(TokenConfirmed)],
                of=["confirmed_at", "confirmed_by_id"],
                delete=[told(TokenRevoked), told(TokenMade, about="", says={"user": "{row}.user_id"})],
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_over(self) -> bool:
        return self.expires_at <= timezone.now()

    @property
    def waits(self) -> bool:
        """Whether a second administrator has yet to confirm it."""
        return self.user.kind == AccountKind.MACHINE and self.confirmed_by_id is None


class RoleGrant(Dated):
    """A role of an account; a manager's is held over one team, a value stream lead's over one value stream."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="role_grants")
    role = models.CharField(max_length=20, choices=GrantedRole)
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.PROTECT, related_name="role_grants"
    )
    value_stream = models.ForeignKey(
        ValueStream, null=True, blank=True, on_delete=models.PROTECT, related_name="role_grants"
    )

    class Meta(Dated.Meta):
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                name="rolegrant_scope_fits_the_role",
                violation_error_message=_(
                    "A manager's role needs a team, a value stream lead's a value stream, and other roles neither."
                ),
                condition=(
                    Q(role=GrantedRole.MANAGER, team__isnull=False, value_stream__isnull=True)
                    | Q(role=GrantedRole.VALUE_STREAM_LEAD, team__isnull=True, value_stream__isnull=False)
                    | (
                        ~Q(role__in=[GrantedRole.MANAGER, GrantedRole.VALUE_STREAM_LEAD])
                        & Q(team__isnull=True, value_stream__isnull=True)
                    )
                ),
            ),
            ExclusionConstraint(
                name="rolegrant_not_twice_at_a_time",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    (or_none("team"), RangeOperators.EQUAL),
                    (or_none("value_stream"), RangeOperators.EQUAL),
                    (VALID, RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This account already holds that role in part of that time."),
            ),
        ]
        triggers = [
            *tied(
                insert=[
                    told(
                        RoleGranted,
                        says={
                            "user": "{row}.user_id",
                            "role": "{row}.role",
                            "team": "{row}.team_id",
                            "value_stream": "{row}.value_stream_id",
                            "valid_from": "{row}.valid_from",
                            "valid_to": "{row}.valid_to",
                        },
                    )
                ],
                update=[told(RoleEnded, says={"valid_to": "{row}.valid_to"})],
            )
        ]
