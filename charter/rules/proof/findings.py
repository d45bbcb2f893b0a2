"""Why a rulebook may not be put in force, where it is not proved: in sentences that whoever wrote it can act on. Pure."""

from charter.rules.proof.analyses import Checked, prove
from charter.rules.proof.words import say_request
from charter.rules.rulebook import INVARIANTS, Rulebook, RulebookFinding


def find_unproved(rulebook: Rulebook) -> tuple[RulebookFinding, ...]:
    """What is not proved of a rulebook; nothing where every statement is. What cannot be worked out is not proved."""
    report = prove(rulebook)
    if report.not_covered:
        problem = f"nothing can be proved of rules with {report.not_covered}; write the condition otherwise"
        return (RulebookFinding("", "", problem),)
    return tuple(RulebookFinding(INVARIANTS, each.invariant.id, _say(each)) for each in report.broken)


def _say(checked: Checked) -> str:
    promise = f"it must hold that: {checked.invariant.text}"
    if checked.holds is None:
        return f"{promise} Whether it does could not be worked out in time, so nothing is proved; write the rules simpler."
    if checked.shown is None:
        return f"{promise} It is not proved of these rules."
    return f"{promise} These rules would permit this: {say_request(checked.shown)}"
