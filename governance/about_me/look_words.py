"""A look in words: what every list of looks says of one, on pages, in sheets and in the API."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from audits.ledger.packing import UnreadableRecord
from charter.rules import words
from charter.rules.request import Window
from governance.about_me.letters import list_beside
from governance.about_me.queries.looks import GroupSpan, ToldLook, list_seen_groups
from governance.about_me.reasons import find_permit
from governance.decisions.models import DecisionRecord
from governance.decisions.services.receipts import list_charters


class LookWords:
    """A look in words. `names` are metrics' names by slug, `spans` the groups that the reader was in."""

    def __init__(self, spans: Sequence[GroupSpan], names: Mapping[str, str]) -> None:
        self._spans, self._names = spans, names

    def metrics(self, look: DecisionRecord) -> str:
        return words.listed(words.inside(self._names.get(slug, slug)) for slug in look.metrics)

    def beside(self, look: DecisionRecord) -> str:
        """What was told beside it; blank where nothing was."""
        return words.listed(words.inside(self._names.get(slug, slug)) for slug in list_beside(look))

    def whose(self, look: ToldLook) -> str:
        if look.of_me:
            others = len(set(look.subjects)) > 1
            return _("You and others, by name") if others else _("You alone, by name")
        groups = words.sentence(words.cohorts(list_seen_groups(look, self._spans)))
        return _("%(groups)s, you and others") % {"groups": groups}

    def permitted_by(self, look: DecisionRecord) -> str:
        """The rule that permits, and the charters' versions that list the use: `AR14, lead time for changes (version 2)`."""
        try:
            found = list_charters(look)
        except UnreadableRecord as broken:
            return broken.title
        charters = [
            _("%(name)s (version %(number)s)")
            % {"name": words.inside(self._names.get(slug, slug)), "number": number}
            for slug, number in found.items()
        ]
        return f"{find_permit(look.rulebook_hash)}, {words.listed(charters)}"

    def period(self, look: DecisionRecord) -> str:
        """By what time was cut; blank where the record cannot be read."""
        try:
            return str(look.request["period"])
        except UnreadableRecord:
            return ""

    def window(self, look: DecisionRecord) -> str:
        return words.window(Window(look.window_from, look.window_to))
