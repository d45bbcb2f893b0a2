"""Error budgets and release appetite (S153)."""

from datetime import date

import pytest

from audits.strain import releases, services
from audits.strain.models import TradeOff
from audits.strain.states import ReleaseAppetite, TradeChoice, TradeSide
from charter.measures.models import PublishedValue, PublishingRun, Snapshot, Withheld
from ground.errors import BadInput, Conflict, NotPermitted
from tests import factories, on_the_log
from tests.audits.strain.conftest import team
from tests.pages import QUESTION


def burn(value: float | None, slug: str = "payments", month: date = date(2026, 3, 1)) -> None:
    """A month of the error budget of a team, told or withheld."""
    version = factories.an_active_charter("error-budget")
    numbers = (
        {"withheld": Withheld.TOO_FEW}
        if value is None
        else {"value": value, "n": 60, "people": 9, "coverage": 1.0}
    )
    on_the_log.make(
        PublishedValue, metric=version.metric, charter_version=version, cohort=team(slug), period_kind="month",
        starts_on=month, ends_on=date(2026, 4, 1), run=PublishingRun.objects.first(), snapshot=Snapshot.objects.first(), **numbers,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("used", "appetite"),
    [(None, "unknown"), (0.0, "usual"), (1.0, "usual"), (1.01, "reduced"), (2.0, "reduced"), (2.1, "held")],
)
def test_the_appetite_follows_from_the_budget(used, appetite):
    assert releases.find_appetite(used, 1.0) == ReleaseAppetite(appetite)


def test_delivery_pages_show_reduced_appetite(browse, strain, house):
    """The policy that follows, and that slower delivery is risk management; the values stay what they are."""
    before = browse("/ask", data=QUESTION | {"cohort": "team:payments"})
    assert before.status == 200 and not before.says("risk management")
    burn(1.4)
    after = browse("/ask", data=QUESTION | {"cohort": "team:payments"})
    assert after.says(
        "Payments: releases are reduced", "Non-urgent releases wait", "risk management, and no shortfall"
    )
    trade = services.write_trade_off(
        cohort=team("payments"), side=TradeSide.ENGINEERING, choice=TradeChoice.RELIABILITY_FIRST, because="Users wait.",
        ends_on=date(2026, 5, 1), by=house.manager,
    )  # fmt: skip
    assert not browse("/ask", data=QUESTION).says("Product and engineering chose")
    services.agree_to_trade_off(trade=trade, by=house.employee)
    assert browse("/ask", data=QUESTION).says(
        "Product and engineering chose, until 1 May 2026: reliability first"
    )


def test_a_month_that_is_withheld_says_nothing(strain):
    burn(None)
    (release,) = releases.read_releases([team("payments")])
    assert (release.appetite, release.month) == (ReleaseAppetite.UNKNOWN, None)


def test_a_trade_off_is_by_two_and_ends(strain, house):
    given = {
        "cohort": team("payments"),
        "side": TradeSide.PRODUCT,
        "choice": TradeChoice.ACCEPT_RISK,
        "because": "A fair begins.",
    }
    for wrong, field in (
        ({"because": " "}, "because"),
        ({"ends_on": date(2026, 4, 13)}, "ends_on"),
        ({"ends_on": date(2027, 1, 1)}, "ends_on"),
    ):
        with pytest.raises(BadInput) as refused:
            services.write_trade_off(**{"ends_on": date(2026, 5, 1), **given, **wrong}, by=house.manager)
        assert refused.value.field == field
    with pytest.raises(NotPermitted):
        services.write_trade_off(**given, ends_on=date(2026, 5, 1), by=house.stranger)
    trade = services.write_trade_off(**given, ends_on=date(2026, 5, 1), by=house.manager)
    with pytest.raises(NotPermitted, match="other side"):
        services.agree_to_trade_off(trade=trade, by=house.manager)
    services.agree_to_trade_off(trade=trade, by=house.employee)
    with pytest.raises(Conflict):
        services.agree_to_trade_off(trade=trade, by=house.employee)
    assert TradeOff.objects.get().agreed_by == house.employee
