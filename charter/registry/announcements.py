"""What the registry's clock tells the owner of a charter: what happens, when, and what to do about it."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from charter.registry.models import CharterVersion
from governance.notices.services import notify
from governance.people.models import GrantedRole, RoleGrant, User
from ground import calendar


def announce_expiry(version: CharterVersion, *, by: User) -> None:
    _tell(
        version,
        "expired",
        _("%(metric)s has expired: nobody can use it") % _named(version),
        _("Hand in its next version, so that the review board can put it in force."),
        by=by,
    )


def announce_coming_expiry(version: CharterVersion, *, on: date, left: int, stage: int, by: User) -> None:
    """`left` is how many days are left, `stage` which reminder it is, so many days before."""
    subject = ngettext(
        "%(metric)s expires in %(left)s day", "%(metric)s expires in %(left)s days", left
    ) % _named(version, left=left)
    text = _("From %(day)s nobody can use it. Hand in its next version early enough for the board to vote.")
    _tell(
        version,
        "expires",
        subject if left else _("%(metric)s expires today") % _named(version),
        text % {"day": _day(on)},
        f"{on}:{stage}",
        by=by,
    )


def announce_review(version: CharterVersion, *, on: date, until: date, by: User) -> None:
    text = _(
        "The review board looks at its decisions again; that was due on %(day)s. If nobody has confirmed them by "
        "%(until)s, the metric is suspended."
    )
    _tell(
        version,
        "review_due",
        _("The review of %(metric)s is due") % _named(version),
        text % {"day": _day(on), "until": _day(until)},
        f"{on}",
        by=by,
    )


def announce_missed_review(version: CharterVersion, *, on: date, by: User) -> None:
    text = _("Its review was due on %(day)s and nobody confirmed its decisions. Ask the review board to.")
    _tell(
        version,
        "review_overdue",
        _("%(metric)s is suspended: its review is overdue") % _named(version),
        text % {"day": _day(on)},
        f"{on}",
        by=by,
    )


def announce_untied_flag(version: CharterVersion, *, flag: object, asks_on: date, by: User) -> None:
    text = _(
        "It allows none of the decisions that the programme has declared, so nobody can use it. Propose a version that "
        "does. From %(day)s it has to be retired or justified."
    )
    _tell(
        version,
        "untied",
        _("%(metric)s is tied to no decision") % _named(version),
        text % {"day": _day(asks_on)},
        f"{flag}",
        by=by,
    )


def ask_to_retire_or_justify(version: CharterVersion, *, flag: object, until: date, by: User) -> None:
    text = _(
        "It still allows no decision. Retire it, or tell the review board why it stays, so that they say so in a review. "
        "After %(until)s it is suspended."
    )
    _tell(
        version,
        "untied_asked",
        _("Retire or justify %(metric)s") % _named(version),
        text % {"until": _day(until)},
        f"{flag}",
        by=by,
    )


def announce_untied_suspension(version: CharterVersion, *, flag: object, by: User) -> None:
    _tell(
        version,
        "untied_suspended",
        _("%(metric)s is suspended: it allows no decision") % _named(version),
        _("It was neither retired nor justified in time. Propose a version that allows a decision."),
        f"{flag}",
        by=by,
    )


def announce_reinstatement(version: CharterVersion, *, suspension: object, by: User) -> None:
    _tell(
        version,
        "reinstated",
        _("%(metric)s is back in force") % _named(version),
        _("A review confirmed it, so it can be used again as its charter says."),
        f"{suspension}",
        by=by,
    )


def _tell(
    version: CharterVersion, what: str, subject: str, text: str, occasion: str = "", *, by: User
) -> None:
    """Tell whoever answers for the metric, once an occasion."""
    for account in _answerable(version):
        notify(
            to=account,
            kind=f"charter.{what}",
            subject=subject,
            text=text,
            path=f"/metrics/{version.metric.slug}",
            once=f"charter.{what}:{version.pk}:{occasion}",
            by=by,
        )


def _answerable(version: CharterVersion) -> list[User]:
    """The metric's owner, or where their account is closed every administrator, who can appoint another."""
    owner = version.metric.owner
    if owner.is_active:
        return [owner]
    grants = RoleGrant.objects.on(calendar.today()).filter(role=GrantedRole.ADMIN)
    return list(User.objects.filter(role_grants__in=grants, is_active=True).distinct().order_by("pk"))


def _named(version: CharterVersion, **more: object) -> dict[str, object]:
    return {"metric": version.metric.name, **more}


def _day(day: date) -> str:
    return date_format(day, "j F Y")
