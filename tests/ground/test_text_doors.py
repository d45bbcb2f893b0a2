"""Issue 10, 6: every text of every record goes by what a text may be, whichever door it came through."""

from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models

from ground.errors import BadInput
from ground.models import HoldsTexts

WINGS = ("audits.", "charter.", "governance.", "ground.")
# Their texts are ours alone: kinds of event and of job, keys, digests, hosts, browsers in our words; which row an entry is
# about, by its id or handle; the note that the sequencer signed, whose bytes nobody may touch; a witness as the policy calls it, and our sentence of it.
OURS = {
    "ledger.Entry",
    "ledger.Payload",
    "ledger.Outbox",
    "ledger.SignedCheckpoint",
    "ledger.WitnessState",
    "decisions.KeptCharter",
    "ground.Count",
    "people.Session",
}
BAD = {
    models.CharField: ["a\nb", "a\u202eb", "so\u200b", "\0"],
    models.TextField: ["a\u202eb", "so\u200b", "\0"],
}


def _models() -> list[type[models.Model]]:
    return [each for each in apps.get_models() if each.__module__.startswith(WINGS) and not each._meta.proxy]


def _fields() -> list[tuple[type[models.Model], Any]]:
    kinds = (models.CharField, models.TextField, models.JSONField, ArrayField)
    return [
        (model, field)
        for model in _models()
        if model._meta.label not in OURS
        for field in model._meta.concrete_fields
        if isinstance(field, kinds)
        and (not isinstance(field, ArrayField) or isinstance(field.base_field, models.CharField))
    ]


def _bad_values(field: Any) -> list[object]:
    if isinstance(field, models.JSONField):
        return [{"a": [{"b": "a\u202eb"}]}, {"a\u202eb": 1}]
    if isinstance(field, ArrayField):
        return [["a\u202eb"]]
    return list(BAD[models.CharField if isinstance(field, models.CharField) else models.TextField])


def test_every_model_with_texts_holds_texts():
    """A model beside it would come past it."""
    assert {
        each._meta.label for each in _models() if not issubclass(each, HoldsTexts) and _has_texts(each)
    } == OURS


def _has_texts(model: type[models.Model]) -> bool:
    return any(
        isinstance(field, models.CharField | models.TextField) for field in model._meta.concrete_fields
    )


def test_no_field_takes_what_is_no_text():
    wrong = [
        (model.__name__, field.name, value)
        for model, field in _fields()
        for value in _bad_values(field)
        if not _is_refused(model, field, value)
    ]
    assert not wrong


def _is_refused(model: type[models.Model], field: "models.Field", value: object) -> bool:
    """Whether a value is, naming its field, when it is checked and when it is written."""
    record = model(**{field.attname: value})
    others = [each.name for each in model._meta.fields if each is not field]
    try:
        record.clean_fields(exclude=others)
    except ValidationError as checked:
        if field.name not in checked.message_dict:
            return False
    else:
        return False
    try:
        record.save(update_fields=[field.name])  # before any statement, as there is no database here
    except BadInput as written:
        return written.field == field.name
    return False


def test_a_line_is_kept_with_its_blanks_as_blanks():
    person = apps.get_model("people.Person")(
        external_id="ana", name=" Zoe\u0301\u3000Lima\xa0", employed_from="2020-01-01"
    )
    person.clean_fields()
    assert person.name == "Zo\xe9 Lima"
