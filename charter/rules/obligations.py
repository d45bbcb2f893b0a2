"""What an answer asks of whoever uses it, in a sentence each."""

from charter.rules.vocabulary import Obligation

OBLIGATIONS = {
    Obligation.ANNOTATE_CONTEXT: "Show the context notes beside the values.",
    Obligation.SHOW_COUNTER_METRIC: "Show the metric that it is paired with beside it.",
    Obligation.ADD_RELIABILITY_AND_QUALITATIVE: (
        "These are delivery metrics only. Add reliability and what people say before you decide."
    ),
    Obligation.KEEP_WITHHELD: "Leave withheld values withheld. Do not work them out from others.",
    Obligation.NO_OTHER_USE: "Use the values for the decision you named and for nothing else.",
    Obligation.NO_EXPORT: "Do not copy the values out of this site.",
}


def describe_obligation(obligation: Obligation) -> str:
    """Return what the obligation asks of whoever uses the answer."""
    return OBLIGATIONS[obligation]
