"""Fields in which lists are written one a line, with upright strokes between their parts."""

from collections.abc import Sequence
from typing import Any

import msgspec
from django import forms
from django.utils.translation import gettext_lazy as _

from governance.agreements.agreement_text import Clause, ClauseNumber
from governance.ui.forms import Text

LONGEST = 100_000  # characters of a whole list


class LineRows(forms.CharField):
    """One a line, each of these parts between upright strokes; cleaned to tuples of texts."""

    default_error_messages = {
        "parts": _("Line %(line)s: write %(parts)s, with an upright stroke between"),
    }

    def __init__(self, *parts: Text, **kwargs: Any) -> None:
        self.parts = parts
        rows = kwargs.pop("rows", 3)
        super().__init__(
            required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": rows}), **kwargs
        )

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, str) or value is None:
            return value
        return "\n".join(" | ".join(row) for row in value)

    def clean(self, value: Any) -> list[tuple[str, ...]]:
        lines = super().clean(value).replace("\r\n", "\n").split("\n")
        return [self._split(line, number) for number, line in enumerate(lines, 1) if line.strip()]

    def _split(self, line: str, number: int) -> tuple[str, ...]:
        found = tuple(part.strip() for part in line.split("|"))
        if len(found) != len(self.parts) or not all(found):
            said = {"line": number, "parts": " | ".join(map(str, self.parts))}
            raise forms.ValidationError(self.error_messages["parts"], code="parts", params=said)
        return found


class ClausesField(forms.CharField):
    """Clauses with a blank line between two, each beginning with its number; cleaned to numbers with texts."""

    default_error_messages = {
        "number": _("“%(begin)s…”: begin each clause with its number, such as 4.2, and a blank"),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 12}), **kwargs
        )

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, str) or value is None:
            return value
        return "\n\n".join(f"{clause.number} {clause.text}" for clause in value)

    def clean(self, value: Any) -> list[tuple[str, str]]:
        text = super().clean(value).replace("\r\n", "\n")
        blocks = [block.strip() for block in text.split("\n\n")]
        return [self._split(block) for block in blocks if block]

    def _split(self, block: str) -> tuple[str, str]:
        number, _blank, text = block.partition(" ")
        if not _is_number(number) or not text.strip():
            raise forms.ValidationError(
                self.error_messages["number"], code="number", params={"begin": block[:30]}
            )
        return number, text.strip()


def _is_number(word: str) -> bool:
    try:
        msgspec.convert(word, ClauseNumber)
    except msgspec.ValidationError:
        return False
    return any(sign.isdigit() for sign in word)


def keep_bounds(clauses: Sequence[tuple[str, str]], before: Sequence[Clause]) -> tuple[Clause, ...]:
    """Clauses as they were typed, each binding what the one of the same number bound before."""
    bounds = {clause.number: clause.binds for clause in before}
    made = [Clause(number, text) for number, text in clauses]
    return tuple(
        Clause(each.number, each.text, bounds[each.number]) if each.number in bounds else each
        for each in made
    )
