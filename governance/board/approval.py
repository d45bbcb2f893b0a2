"""What a case needs to pass, and how that is said: the more invasive a charter, the more of it (S108)."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.forms import model_to_dict
from django.utils.translation import gettext as _

from charter.registry import queries as registry
from charter.rules import words
from governance.board import quorum
from governance.board.kinds import find_kind
from governance.board.models import Case, LevelBar
from governance.board.quorum import Bar, Tally
from ground.errors import Unavailable

HIGHEST = quorum.LEVELS - 1


def read_bars() -> tuple[Bar, ...]:
    """What passes a charter of each level here. ImproperlyConfigured where a higher level would pass more easily."""
    try:
        return quorum.build_bars(
            settings.BOARD_APPROVAL, settings.BOARD_MUST_VOTE, settings.BOARD_MUST_VOTE_FROM
        )
    except (ValueError, ZeroDivisionError) as error:
        raise ImproperlyConfigured(f"BOARD_APPROVAL and BOARD_MUST_VOTE: {error}.") from error


def list_level_bars() -> list[LevelBar]:
    """The same as the database keeps it."""
    return [
        LevelBar(
            level=level,
            for_it=bar.share.numerator,
            of_votes=bar.share.denominator,
            must_vote=[seat.value for seat in bar.must_vote],
        )
        for level, bar in enumerate(read_bars())
    ]


def check_database_agrees() -> None:
    """Raise Unavailable where the settings were changed and the database does not know yet: it would refuse the outcome."""
    stored = [model_to_dict(bar) for bar in LevelBar.objects.all()]
    if stored != [model_to_dict(bar) for bar in list_level_bars()]:
        raise Unavailable(
            _(
                "What passes a case was set anew, and the database holds outcomes to what it was. Run “manage.py migrate”."
            ),
            code="bars_differ",
        )


def find_level(case: Case) -> int | None:
    """How invasive the charter is that this case would put in force; None for other cases.

    A charter that does not say so counts as the most invasive. To take one out of use needs no more than any other
    case, so a suspension has no level.
    """
    if not find_kind(case).puts_in_force or case.charter_version_id is None:
        return None
    rated = registry.load_document(case.charter_version_id).harms.invasiveness
    return HIGHEST if rated is None else rated


def find_bar(case: Case) -> Bar:
    """What this case needs to pass."""
    return read_bars()[find_level(case) or 0]


def describe_bar(case: Case) -> str:
    """What this case needs to pass, in words, with the level that asks for it."""
    rated, needed = find_level(case), describe_demands(find_bar(case))
    if rated is None:
        return words.sentence(needed)
    given = {"level": rated, "highest": HIGHEST, "needed": needed}
    return _("This charter is rated %(level)s of %(highest)s for invasiveness, so %(needed)s") % given


def describe_demands(needed: Bar) -> str:
    """`at least 3 of every 4 votes cast must be for it.`, and who must vote."""
    share = {"some": needed.share.numerator, "all": needed.share.denominator}
    votes = (
        _("all votes cast must be for it.")
        if needed.share == 1
        else _("at least %(some)s of every %(all)s votes cast must be for it.") % share
    )
    if not needed.must_vote:
        return votes
    seats = {"seats": words.listed(str(seat.label) for seat in needed.must_vote)}
    must = _("%(seats)s must vote: where one of them abstains or stands back, it does not pass.")
    return f"{votes} {must % seats}"


def demands_by_level() -> list[str]:
    """What passes a charter of each level, in words, the least invasive first."""
    return [describe_demands(needed) for needed in read_bars()]


def describe_missing_seats(case: Case, tally: Tally) -> str:
    """Who had to vote and did not, in a sentence; empty where nobody was passed over."""
    seats = tally.passed_over(find_bar(case))
    if not seats:
        return ""
    return _("Had to vote and did not: %(seats)s.") % {
        "seats": words.listed(str(seat.label) for seat in seats)
    }
