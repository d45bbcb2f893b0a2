"""The numbers of fairness audits that are no statistics: how long one counts, what is too few, and what is too much."""

from datetime import timedelta

LEAST = 5  # people of a group, and people that anything told can be narrowed to (AR12)
COUNTS_FOR = timedelta(days=182)  # that a passed audit clears a charter, its last day included
REMINDED_BEFORE = timedelta(days=30)  # that a clearance ends
CONTEXT_SHARE = (
    0.5  # of what explains a metric, above which context makes it a matter of revising or retiring it (S103)
)
MOST_ROWS = 200_000
