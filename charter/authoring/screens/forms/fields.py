"""Form fields of a charter: lists as lines, words parted by commas, lengths of time as people write them."""

import re
from collections.abc import Container, Iterable, Mapping
from enum import StrEnum
from typing import Any

import msgspec
from django import forms
from django.utils.translation import gettext_lazy as _

from charter.registry.document import ClauseRef
from charter.registry.screens.allowed_uses import LEVELS
from charter.rules import words
from charter.rules.vocabulary import GROUP_OF, DecisionType, Grain
from governance.ui.forms import Text
from governance.ui.questions import name_decision

_ISO = re.compile(r"P(?=\d)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?")
_SPOKEN = re.compile(r"(\d{1,4})\s*(year|month|week|day)s?", re.IGNORECASE)
_SLUG = re.compile(r"[a-z0-9][a-z0-9.:+_-]{0,99}")
_ORDER = ("year", "month", "week", "day")


def text(label: Text, hint: Text = "", **more: Any) -> forms.CharField:
    """One line."""
    return forms.CharField(label=label, help_text=hint, required=False, max_length=300, **more)


def prose(label: Text, hint: Text = "", rows: int = 3, **more: Any) -> forms.CharField:
    """Some sentences."""
    widget = more.pop("widget", None) or forms.Textarea(attrs={"rows": str(rows)})
    return _Prose(label=label, help_text=hint, required=False, max_length=10_000, widget=widget, **more)


def choose(label: Text, options: Iterable[Any], hint: Text = "", none: Text = "") -> forms.ChoiceField:
    """One word of a list, or none yet."""
    return forms.ChoiceField(
        label=label, help_text=hint, required=False, choices=[("", none or _("Not chosen yet")), *options]
    )


def choose_many(label: Text, options: Iterable[Any], hint: Text = "") -> forms.MultipleChoiceField:
    """Some words of a list."""
    return forms.MultipleChoiceField(
        label=label,
        help_text=hint,
        required=False,
        choices=list(options),
        widget=forms.CheckboxSelectMultiple,
    )


def pick(
    label: Text, options: Iterable[Any], hints: Mapping[str, Text], hint: Text = ""
) -> forms.ChoiceField:
    """One of a few, each with what it means."""
    widget: Any = forms.RadioSelect()
    widget.choice_hints = hints  # for governance.ui.fields
    return forms.ChoiceField(
        label=label, help_text=hint, required=False, choices=list(options), widget=widget
    )


def vocabulary(kind: Iterable[StrEnum]) -> list[tuple[str, str]]:
    """The words of an enum as options."""
    return [(word.value, words.sentence(words.spoken(word))) for word in kind]


def grains(some: Iterable[Grain] = tuple(Grain)) -> list[tuple[str, str]]:
    return [(grain.value, words.sentence(LEVELS[grain])) for grain in some]


def decisions(some: Container[DecisionType] = tuple(DecisionType)) -> list[tuple[str, list[tuple[str, str]]]]:
    """These decisions under their groups."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for decision in (each for each in DecisionType if each in some):
        groups.setdefault(words.sentence(words.spoken(GROUP_OF[decision])), []).append(
            (decision.value, words.sentence(name_decision(decision)))
        )
    return list(groups.items())


class _Prose(forms.CharField):
    """Line breaks as the document writes them, whatever the browser sends."""

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")


class Lines(_Prose):
    """A list with one item a line."""

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, tuple | list) else value

    def clean(self, value: Any) -> tuple[str, ...]:
        return tuple(line.strip() for line in super().clean(value).split("\n") if line.strip())


class ClauseRefs(Lines):
    """Clauses of agreements, one a line: the agreement’s short name, a stroke, the clause’s number."""

    default_error_messages = {
        "clause": _("“%(name)s” names no clause: write it as works-agreement/4.2, one a line")
    }

    def clean(self, value: Any) -> tuple[str, ...]:
        named = super().clean(value)
        for name in named:
            try:
                msgspec.convert(name, ClauseRef)
            except msgspec.ValidationError as error:
                raise forms.ValidationError(
                    self.error_messages["clause"], code="clause", params={"name": name}
                ) from error
        return named


class Slugs(forms.CharField):
    """Short names parted by commas."""

    default_error_messages = {
        "slug": _("“%(name)s” is no short name: use small letters, digits and hyphens, as in an address")
    }

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, tuple | list) else value

    def clean(self, value: Any) -> tuple[str, ...]:
        names = tuple(name.strip() for name in super().clean(value).split(",") if name.strip())
        for name in names:
            self._check(name)
        return names

    def _check(self, name: str) -> None:
        if not _SLUG.fullmatch(name):
            raise forms.ValidationError(self.error_messages["slug"], params={"name": name})


class RuleIds(Slugs):
    """Rule ids parted by commas."""

    default_error_messages = {"slug": _("“%(name)s” is no rule: rules are written like AR14")}

    def _check(self, name: str) -> None:
        if not re.fullmatch(r"[A-Z]{2,8}\d{0,3}", name):
            raise forms.ValidationError(self.error_messages["slug"], params={"name": name})


class Length(forms.CharField):
    """A length of time in words (13 months) or ISO 8601 (P13M); kept as ISO 8601."""

    default_error_messages = {"length": _("Write a length of time such as 13 months, 31 days or 3 years")}

    def prepare_value(self, value: Any) -> Any:
        return words.duration(value) if value and _ISO.fullmatch(value) else value

    def clean(self, value: Any) -> str | None:
        said = super().clean(value).strip()
        if not said:
            return None
        if _ISO.fullmatch(said.upper()):
            return str(said.upper())
        return self._iso(said)

    def _iso(self, said: str) -> str:
        parts = [(unit.lower(), int(number)) for number, unit in _SPOKEN.findall(said)]
        rest = re.sub(r"[\s,]|and", "", _SPOKEN.sub("", said))
        found = dict(parts)
        if not parts or rest or len(found) < len(parts):
            raise forms.ValidationError(self.error_messages["length"])
        return "P" + "".join(f"{found[unit]}{unit[0].upper()}" for unit in _ORDER if unit in found)
