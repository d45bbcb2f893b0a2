"""Texts of calibration as they are kept: said, and stating no target for how people come out (AR17)."""

from django.utils.translation import gettext as _

from governance.calibration.targets import find_target
from ground.errors import BadInput
from ground.parsing import read_prose


def read_text(text: str, field: str, missing: str = "") -> str:
    """A text, trimmed. Raises BadInput naming the field where it states a target, or is empty and `missing` says what to do."""
    text = read_prose(text, field=field)
    if missing and not text:
        raise BadInput(missing, field=field, code="required")
    if target := find_target(text):
        raise BadInput(
            _(
                "“%(target)s” says how many people may come out where. Nothing here takes quotas, curves or shares of people "
                "(rule AR17): each person’s evidence is judged on its own, however many come out well."
            )
            % {"target": target},
            field=field,
            code="states_a_target",
        )
    return text
