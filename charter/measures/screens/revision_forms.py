"""Forms of revisions."""

from django import forms
from django.utils.translation import gettext_lazy as _

from charter.measures.revisions.services import LONGEST_REASON

CHOICES = ("propose", "decline", "confirm")


class RevisionForm(forms.Form):
    """What is done with a revision, and why; a confirmation needs no reason."""

    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("Why the rows came late, or why the values stay as they are. It is kept on the log."),
        max_length=LONGEST_REASON,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
