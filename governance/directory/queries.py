"""Reads of the organisation's own sign-in."""

from django.db.models import Count, Q, QuerySet

from governance.directory.models import Binding, BreakGlass, GroupMapping


def list_in_force() -> QuerySet[GroupMapping]:
    """The mappings that give roles: confirmed and not ended."""
    return GroupMapping.objects.filter(confirmed_at__isnull=False, ended_at__isnull=True)


def list_mappings() -> QuerySet[GroupMapping]:
    """All that have not ended, those that wait first, each with how many hold its role now (`held`)."""
    lasting = Count("given", filter=Q(given__grant__valid_to__isnull=True))
    found = GroupMapping.objects.filter(ended_at__isnull=True).annotate(held=lasting)
    related = found.select_related("team", "value_stream", "proposed_by", "confirmed_by")
    return related.order_by("confirmed_at", "group", "role", "id")


def list_break_glass() -> QuerySet[BreakGlass]:
    """The accounts that are kept for when the organisation's sign-in fails."""
    return BreakGlass.objects.select_related("user", "kept_by").order_by("user__name", "pk")


def list_bindings() -> QuerySet[Binding]:
    """What binds accounts, in the order of their names; never what the provider calls them."""
    return Binding.objects.select_related("user").defer("subject").order_by("user__name", "pk")
