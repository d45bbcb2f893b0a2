"""What each kind of finding is, in words, with how often it fires on honest use.

The rates are those that `make bench ARGS=findings` prints; a test holds them to a fresh simulation.
"""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from audits.findings import detectors
from audits.findings.states import FindingKind


class Definition(Struct, frozen=True):
    """A kind of finding: what it is and what it is not, and how often honest use looks like it.

    `honest` is false alarms a manager and year, of honest managers as the benchmark simulates them; of gaming, a metric, group and date.
    """

    kind: FindingKind
    says: str | Promise
    caveat: str | Promise
    honest: float


DEFINITIONS: Mapping[FindingKind, Definition] = {
    each.kind: each
    for each in (
        Definition(
            FindingKind.ENUMERATION,
            _(
                "Within one hour somebody asked about most of a team’s people one by one, by one metric. How many are most, and the fewest "
                "people, are settings of the programme: 80 percent and 5 at first. Refused questions count as well."
            ),
            _("Preparing one-to-ones in one sitting looks the same."),
            0.19,
        ),
        Definition(
            FindingKind.REPEATED_ENUMERATION,
            _("The same within 24 hours, on two days that lie within 90 days."),
            _("Preparing each quarter’s one-to-ones on one day looks the same."),
            0.11,
        ),
        Definition(
            FindingKind.PURPOSE_HOPPING,
            _(
                "Three times within 30 days something was refused for one decision, and the same metric was asked about some of the same people or "
                "groups for another decision within the days that the programme says, 7 at first."
            ),
            _("Whoever learns the rules by trying does this too."),
            0.01,
        ),
        Definition(
            FindingKind.LOOKING_OUTSIDE,
            _(
                "Within 30 days somebody asked about three different people whom they did not lead: their roles over these people at that time "
                "were neither manager nor lead. HR and auditors are left out."
            ),
            _("Reporting lines that are imported late look the same."),
            0.001,
        ),
        Definition(
            FindingKind.CONTEXT_MISMATCH,
            _(
                "Three times within 30 days values were asked for to respond to an incident, and no incident, freeze or on-call period of that "
                "group is recorded within 14 days of that."
            ),
            _("Where incidents are not recorded as context notes, honest looks are found."),
            0.32,
        ),
        Definition(
            FindingKind.PRE_REVIEW_SPIKE,
            _(
                "In the 14 days before a review of the charters was due somebody looked at single people at least 6 times, and so much more than in the 90 days "
                "before that chance gives it less than once in 1,000, were each day alike."
            ),
            _("Weak: days are not alike, and whoever prepares looks more. Read it beside what was asked."),
            0.16,
        ),
        Definition(
            FindingKind.POST_APPEAL,
            _(
                "In the 30 days after somebody appealed by name, whoever the appeal contests, or leads them, looked at them at least 3 times, and so much more than in the "
                "90 days before that chance gives it less than once in 100. Confidential and anonymous appeals are never looked at."
            ),
            _(
                "Weak: few looks prove little, and answering an appeal needs looks. Only whoever handles the appeal reads it."
            ),
            0.001,
        ),
        Definition(
            FindingKind.GAMING,
            _(
                "All of the three months after a charter came into force, or after a review was due, lie beyond all of the twelve months before, on one side: "
                "the shift came with the date. It is of a metric and a group, and of nobody."
            ),
            _(
                "Real improvement looks the same; were nothing changed, 1 in 228 series would still do so. Ask what changed in the work."
            ),
            round(detectors.shift_chance(), 4),
        ),
    )
}
