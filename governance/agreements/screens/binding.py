"""What clauses in force bind settings, told on the page of settings."""

from collections.abc import Mapping

from django.urls import reverse
from django.utils.translation import gettext as _

from governance.agreements import queries
from governance.agreements.beyond import list_bounds, say_bound
from governance.board.screens.settings import BindingClause
from ground import calendar


def read_binding_clauses() -> Mapping[str, list[BindingClause]]:
    """By key of the setting, each clause that says what it may be."""
    found: dict[str, list[BindingClause]] = {}
    for held in queries.list_held(calendar.today()):
        for clause in list_bounds(held.text):
            url = reverse("agreement-clause", args=[held.version.slug, clause.number])
            for bound in clause.binds.settings:
                said = {"clause": clause.number, "title": held.version.title, "bound": say_bound(bound)}
                says = _("Clause %(clause)s of “%(title)s”: %(bound)s") % said
                found.setdefault(bound.key, []).append(BindingClause(says, url))
    return found
