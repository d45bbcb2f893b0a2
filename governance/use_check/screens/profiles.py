"""Evidence profiles: which outcomes and kinds of evidence count for a role family."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from charter.rules.vocabulary import EvidenceKind
from governance.evidence.screens.forms import KINDS
from governance.people.requests import PageRequest
from governance.use_check import permissions, queries, services
from governance.use_check.models import RoleProfile
from governance.use_check.screens.forms import ProfileForm


def profiles(request: PageRequest) -> HttpResponse:
    """What counts for each role family, which everybody may read before a review begins (S98)."""
    found = list(queries.list_profiles())
    known = {each.role_family for each in found}
    given = {
        "found": [(each, _name_kinds(each)) for each in found],
        "without": [family for family in queries.list_families() if family not in known],
        "keeps": permissions.can_keep_profiles(request.user),
    }
    return render(request, "use_check/profiles.html", given)


def profile_new(request: PageRequest) -> HttpResponse:
    """Write what counts for a role family from now on, beginning with what counts now."""
    family = request.GET.get("family", "")[:100]
    form = ProfileForm(request.POST if request.method == "POST" else None, initial=_begin(family))
    if request.method == "POST" and form.accepted(lambda: _write(form, request)):
        messages.success(request, _("This counts from now on. What counted before stays on record."))
        return redirect("evidence-profiles")
    earlier = queries.list_versions(family)[:20] if family else []
    return render(request, "use_check/profile.html", {"form": form, "earlier": earlier}, status=form.status)


def _begin(family: str) -> dict[str, object]:
    found = queries.find_profile(family) if family else None
    if found is None:
        return {"role_family": family}
    return {
        "role_family": family,
        "outcomes": "\n".join(found.outcomes),
        "evidence_kinds": found.evidence_kinds,
        "review_months": found.review_months,
    }


def _write(form: ProfileForm, request: PageRequest) -> None:
    given = form.cleaned_data
    services.write_profile(
        role_family=given["role_family"],
        outcomes=given["outcomes"].splitlines(),
        evidence_kinds={EvidenceKind(kind) for kind in given["evidence_kinds"]},
        review_months=given["review_months"],
        by=request.user,
    )


def _name_kinds(profile: RoleProfile) -> list[str]:
    return [str(KINDS[EvidenceKind(kind)]) for kind in profile.evidence_kinds]
