"""A receipt that anybody holds, checked without a sign-in: shows what the receipt itself says, and nothing else."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audits.ledger import checking, store, witnesses
from audits.ledger.checking import HandedIn, ReceiptUnreadable
from audits.ledger.keys import list_verifiers
from audits.ledger.tree import leaf_hash
from governance.ui.forms import ServiceForm

LONGEST = 64 * 1024  # characters; a receipt has some thousand


class CheckReceiptForm(ServiceForm):
    """A receipt, pasted or as its file."""

    receipt = forms.CharField(
        label=gettext_lazy("Paste the receipt"),
        help_text=gettext_lazy("All of a .tlog-proof file, or the JSON of the receipt from the API."),
        required=False,
        strip=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
    )
    file = forms.FileField(label=gettext_lazy("Or choose its file"), required=False)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        text = str(given.get("receipt") or "").replace("\r\n", "\n")
        if file := given.get("file"):
            text = file.read(LONGEST).decode("utf-8", "replace")
        if not text.strip():
            self.add_error("receipt", _("Paste a receipt, or choose its file"))
            return given
        try:
            given["handed_in"] = checking.read_receipt(text)
        except ReceiptUnreadable:
            self.add_error(
                "receipt",
                _(
                    "This is no receipt. Take it from its page as a file, or from the API as JSON, and leave nothing out"
                ),
            )
        return given


def check(request: HttpRequest) -> HttpResponse:
    """Takes a receipt, and says what of it holds. Nothing is kept, and nothing of the log is told that it does not say itself."""
    if request.method != "POST":
        return render(request, "decisions/check.html", {"form": CheckReceiptForm()})
    form = CheckReceiptForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "decisions/check.html", {"form": form}, status=400)
    given: HandedIn = form.cleaned_data["handed_in"]
    policy = witnesses.find_policy()
    checks = checking.check_receipt(given, list_verifiers(), policy)
    told = {
        "given": given,
        "said": given.said,
        "checks": checks,
        "asks_witnesses": policy.asks,
        "stands_now": _stands_now(given),
    }
    return render(request, "decisions/checked.html", told)


def _stands_now(given: HandedIn) -> bool | None:
    """Whether the log has this very entry at the place that the receipt names; None where it names none."""
    if given.place is None or not 0 <= given.place < 2**63:
        return None
    return store.find_leaf_hash(given.place) == leaf_hash(given.leaf)
