"""What the demo has lived through between its founding and its present: which day had what."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from functools import partial

from governance.demo import calibration, fairness, questions, strain
from governance.demo.dataset import DataSet
from governance.people.models import User

Step = tuple[int, Callable[[], object]]  # how many days before the demo's present, and what was done


def list_steps(
    data: DataSet, accounts: Mapping[str, User], publish: Callable[[], object], vote: strain.Vote
) -> Iterator[Step]:
    """The steps in their order; each does what is missing, so that one that was cut short goes on."""
    year = data.as_of.year
    half, spring = (date(year - 1, 7, 1), date(year, 1, 1)), (date(year, 4, 1), date(year, 7, 1))
    yield 72, partial(fairness.show, data, accounts, fairness.list_halves(data)[0])
    yield 70, partial(calibration.announce, data, accounts, calibration.SECOND_HALF, half, days=10)
    yield 65, publish
    yield 64, partial(strain.begin, data, accounts, vote)
    yield 60, partial(calibration.hold, calibration.SECOND_HALF, accounts)
    yield 56, partial(strain.act, data, accounts)
    yield 45, partial(calibration.publish, calibration.SECOND_HALF, accounts)
    yield 38, partial(calibration.contest, calibration.SECOND_HALF, accounts)
    if data.name == "made-up":  # nobody real is asked about
        yield 25, partial(questions.ask, data, accounts, questions.ASKED_OF_ONE)
    yield 20, partial(calibration.announce, data, accounts, calibration.SPRING, spring, days=20)
    yield 0, partial(calibration.open_round, calibration.SPRING, accounts)


def find_last_quarter(data: DataSet) -> tuple[date, date]:
    """The last whole quarter before the data end: its first day, and the first day after."""
    until = data.as_of.date().replace(month=(data.as_of.month - 1) // 3 * 3 + 1, day=1)
    return (until - timedelta(days=1)).replace(month=(until.month - 4) % 12 + 1, day=1), until
