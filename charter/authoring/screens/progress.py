"""How far a draft has come: each heading's state, in a shape and a word."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from charter.authoring.lint import Finding, Severity
from charter.authoring.models import Draft
from charter.registry.document import CharterDocument
from charter.registry.headings import Heading, is_begun


@dataclass(frozen=True)
class HeadingTask:
    """One heading to write: `mark` is the shape beside its state, empty for none."""

    heading: Heading
    url: str
    mark: str
    state: str

    @property
    def done(self) -> bool:
        return self.mark == "permit"


def list_tasks(draft: Draft, document: CharterDocument, found: Sequence[Finding]) -> list[HeadingTask]:
    """Every heading with its state."""
    return [_task(draft, document, heading, found) for heading in Heading]


def heading_url(draft: Draft, heading: Heading) -> str:
    return reverse("charter-heading", args=[draft.pk, heading.slug])


def _task(draft: Draft, document: CharterDocument, heading: Heading, found: Sequence[Finding]) -> HeadingTask:
    here = [finding for finding in found if Heading.of(finding.field) is heading]
    faults = sum(1 for finding in here if finding.level is Severity.ERROR)
    url = heading_url(draft, heading)
    if not is_begun(document, heading):
        return HeadingTask(heading, url, "", _("Not started"))
    if faults:
        said = ngettext("%(count)s thing to mend", "%(count)s things to mend", faults) % {"count": faults}
        return HeadingTask(heading, url, "deny", said)
    if here:
        said = ngettext("Done, %(count)s remark", "Done, %(count)s remarks", len(here)) % {"count": len(here)}
        return HeadingTask(heading, url, "permit", said)
    return HeadingTask(heading, url, "permit", _("Done"))
