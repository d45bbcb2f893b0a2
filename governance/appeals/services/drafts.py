"""An appeal that is being written: kept after each answer, so that a lost connection loses nothing; found by its writer alone."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from governance.appeals.models import AppealDraft
from governance.appeals.permissions import check_can_file
from governance.appeals.words import Answers, seal, tag
from governance.people.models import User
from ground import clock


@transaction.atomic(durable=True)
def save_draft(*, answers: Mapping[str, Any], by: User) -> AppealDraft:
    """Keep what somebody has answered so far in place of what they had; nothing is on the log before they file it."""
    check_can_file(by)
    found = AppealDraft.objects.select_for_update().filter(tag=tag(by.pk)).first()
    draft = found or AppealDraft(tag=tag(by.pk))
    draft.said, draft.saved_at = seal(Answers(dict(answers)), draft.pk, "draft"), clock.now()
    if found is None:
        draft.save(force_insert=True)
    else:
        draft.save(update_fields=["said", "saved_at"])
    return draft


@transaction.atomic
def discard_draft(*, by: User) -> None:
    """Forget what somebody had begun to write; nothing happens where they had not."""
    AppealDraft.objects.filter(tag=tag(by.pk)).delete()
