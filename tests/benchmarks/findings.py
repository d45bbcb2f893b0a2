"""How often honest managers look odd: simulated years, by kind of finding.

An honest manager leads a team of 5 to 11 people. Each quarter, or a tenth of them each month, they prepare one-to-ones: some for all in
one sitting, some on one day, most over two weeks. In between they look at single people a few times a month, and more before a review. Sometimes the rules refuse a question,
and they ask about the same for another decision. Sometimes an incident is not recorded, or a line is imported late.
`YEARS` says how many manager-years.
"""

import os
import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from audits.findings import detectors
from audits.findings.definitions import DEFINITIONS
from audits.findings.detectors import DAY, SeenLook, Thresholds
from audits.findings.states import FindingKind

YEARS = int(os.environ.get("YEARS", "2000"))
BEGIN = datetime(2026, 1, 1, 9, tzinfo=UTC)
LIMITS = Thresholds()
# Of honest managers: prepare all one-to-ones of a quarter in one sitting; in one day.
IN_ONE_SITTING, IN_ONE_DAY = 0.04, 0.18
EACH_MONTH = 0.1  # prepare that often
A_MONTH, BEFORE_A_REVIEW = (
    3.0,
    1.6,
)  # looks at single people a month; so many times that in the two weeks before a review
REFUSED, ASKED_AGAIN = 0.08, 0.25
UNRECORDED, LATE_LINE = 0.12, 0.004
INCIDENTS = 8.0  # a year, each with one to three questions
APPEALS = 0.05  # by name, a year and manager


def run() -> list[dict]:
    """False alarms a manager-year by kind, and of a series and date for shifts, each beside what its page says."""
    rates = simulate(YEARS, seed=1)
    return [
        {
            "name": f"findings: {kind.value}, false alarms of honest use",
            "value": float(rates[kind]),
            "unit": "a date" if kind is FindingKind.GAMING else "a year",
            "aim": f"as said: {DEFINITIONS[kind].honest:g}",
            "holds": is_as_said(kind, rates[kind], YEARS),
        }
        for kind in FindingKind
    ]


def is_as_said(kind: FindingKind, rate: float, years: int) -> bool:
    """Whether the page says what was simulated, to within four standard errors and its own rounding."""
    said = DEFINITIONS[kind].honest
    return abs(rate - said) <= 4 * (max(rate, said, 0.01) / years) ** 0.5 + 0.01


def simulate(years: int, *, seed: int) -> Counter[FindingKind]:
    """The mean number of findings a manager-year (a series and date of shifts)."""
    chance, found = random.Random(seed), Counter[FindingKind]()  # noqa: S311 (simulates, the same each time)
    for _ in range(years):
        found.update(_one_year(chance))
    return Counter({kind: found[kind] / years for kind in FindingKind})


def _one_year(chance: random.Random) -> Counter[FindingKind]:
    people = [f"p{number}" for number in range(chance.randint(5, 11))]
    looks = sorted(_looks(chance, people), key=lambda each: each.at)
    teams = {"team:own": frozenset(people)}
    reviews = [BEGIN + timedelta(days=92 * quarter) for quarter in range(1, 5)]
    spikes = [detectors.find_spike(looks, day) for day in reviews]
    appealed = _appealed(chance, people)
    after = [detectors.find_looks_after_appeal(looks, person, filed) for person, filed in appealed]
    return Counter(
        {
            FindingKind.ENUMERATION: len(
                detectors.find_enumeration(looks, teams, LIMITS, within=detectors.HOUR)
            ),
            FindingKind.REPEATED_ENUMERATION: len(detectors.find_repeated_enumeration(looks, teams, LIMITS)),
            FindingKind.PURPOSE_HOPPING: len(detectors.find_purpose_hopping(looks, LIMITS)),
            FindingKind.LOOKING_OUTSIDE: len(detectors.find_looking_outside(looks)),
            FindingKind.CONTEXT_MISMATCH: len(detectors.find_context_mismatch(looks)),
            FindingKind.PRE_REVIEW_SPIKE: sum(each is not None for each in spikes),
            FindingKind.POST_APPEAL: sum(each is not None for each in after),
            FindingKind.GAMING: int(_shifts(chance)),
        }
    )


def _shifts(chance: random.Random) -> bool:
    series = [chance.lognormvariate(3, 0.4) for _ in range(15)]
    return detectors.find_shift(series[:12], series[12:]) is not None


def _appealed(chance: random.Random, people: list[str]) -> Iterator[tuple[str, datetime]]:
    if chance.random() < APPEALS:
        yield chance.choice(people), BEGIN + timedelta(days=chance.uniform(90, 330))


def _looks(chance: random.Random, people: list[str]) -> Iterator[SeenLook]:
    days = range(15, 365, 30) if chance.random() < EACH_MONTH else range(70, 365, 92)
    for day in days:
        yield from _prepare(chance, people, BEGIN + timedelta(days=day))
    yield from _in_between(chance, people)
    yield from _incidents(chance)


def _prepare(chance: random.Random, people: list[str], begin: datetime) -> Iterator[SeenLook]:
    """One-to-ones of a quarter, each with one look."""
    way = chance.random()
    span = 0.03 if way < IN_ONE_SITTING else 0.4 if way < IN_ONE_SITTING + IN_ONE_DAY else 14.0
    for person in people:
        yield _look(chance, begin + timedelta(days=chance.uniform(0, span)), person=person)


def _in_between(chance: random.Random, people: list[str]) -> Iterator[SeenLook]:
    for day in range(365):
        near = any(0 < 92 * quarter - day <= 14 for quarter in range(1, 5))
        if chance.random() < A_MONTH / 30 * (BEFORE_A_REVIEW if near else 1):
            at = BEGIN + timedelta(days=day, hours=chance.uniform(0, 8))
            person, use = chance.choice(people), "team_coaching"
            refused = chance.random() < REFUSED
            led = chance.random() >= LATE_LINE
            yield _look(chance, at, person=person, use=use, refused=refused, led=led)
            if refused and chance.random() < ASKED_AGAIN:
                yield _look(chance, at + DAY * chance.uniform(0.01, 3), person=person, use="one_on_one")


def _incidents(chance: random.Random) -> Iterator[SeenLook]:
    for day in range(365):
        if chance.random() < INCIDENTS / 365:
            founded = chance.random() >= UNRECORDED
            for _ in range(chance.randint(1, 3)):
                at = BEGIN + timedelta(days=day, hours=chance.uniform(0, 24))
                yield _look(chance, at, use="incident_response", founded=founded)


def _look(
    chance: random.Random,
    at: datetime,
    *,
    person: str = "",
    use: str = "one_on_one",
    refused: bool = False,
    led: bool = True,
    founded: bool | None = None,
) -> SeenLook:
    return SeenLook(
        receipt=f"{chance.getrandbits(64):x}",
        at=at,
        persons=frozenset({person} - {""}),
        groups=frozenset() if person else frozenset({"team:own"}),
        metrics=frozenset({"cycle-time"}),
        use=use,
        refused=refused,
        led=led,
        founded=founded,
    )
