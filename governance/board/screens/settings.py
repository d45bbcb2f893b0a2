"""The programme's settings: what they are, who changed them, and proposing a change, a part at a time."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from charter.programme.models import DecisionKind
from charter.programme.settings import OF_DECISIONS, PARTS, SettingRows
from governance.board import permissions, queries, services
from governance.board.models import Case, SettingsChange
from governance.board.screens.voter import explain_refusal
from governance.board.states import CaseKind, CaseState
from governance.people.requests import PageRequest
from governance.ui.forms import ServiceForm
from ground.promises import promised


class BindingClause(NamedTuple):
    """What a clause of an agreement says of a setting, and where it stands."""

    says: str
    url: str


ReadClauses = Callable[[], Mapping[str, Sequence[BindingClause]]]
# What clauses bind settings, by key: told by the app that keeps agreements, which stands above this one.
_clauses: list[ReadClauses] = []


def tell_clauses_by(read: ReadClauses) -> None:
    """Let the app of agreements say which clauses bind settings."""
    _clauses[:] = [read]


class SettingsForm(ServiceForm):
    """A part of the settings as they are; what differs when it comes back is proposed."""

    why = forms.CharField(
        label=gettext_lazy("Why should this change?"),
        help_text=gettext_lazy("Write for the employees who will read it."),
        max_length=5000,
        widget=forms.Textarea,
        error_messages={"required": gettext_lazy("Say why this should change")},
    )

    def __init__(self, *args: Any, rows: SettingRows, keys: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A field is called by the last part of its key: a dot is no part of a name in a page.
        self.called = {key: key.rpartition(".")[2] for key in keys} | {"settings": "", "question": "why"}
        for key in keys:
            field = promised(rows.field(key).formfield(initial=rows.value(key)))
            field.error_messages["required"] = _("Say what this should be")
            self.fields[self.called[key]] = field
        self.fields["why"] = self.fields.pop("why")  # last: first what, then why

    def changes(self) -> dict[str, Any]:
        """What was filled in, by key."""
        return {key: self.cleaned_data[name] for key, name in self.called.items() if name in self.changed}

    @property
    def changed(self) -> set[str]:
        return set(self.changed_data) - {"why"}


def settings(request: PageRequest) -> HttpResponse:
    """All settings, for everybody: they decide what can be seen of whom."""
    rows, changes = SettingRows(), list(queries.list_settings_changes(request.user))
    clauses = _clauses[0]() if _clauses else {}
    given = {
        "parts": [(slug, part.title, _lines(rows, part.keys, clauses)) for slug, part in PARTS.items()],
        "decisions": [(kind, _needs(rows, kind)) for kind in rows.decisions()],
        "waiting": _waiting(changes),
        "history": [(each.case, rows.lines(each.changes, each.former)) for each in changes],
        "may_propose": not explain_refusal(permissions.check_can_open_case, request.user, _matter(request)),
    }
    return render(request, "board/settings.html", given)


def change(request: PageRequest, part: str) -> HttpResponse:
    """Propose to change one part of the settings (S7)."""
    rows = SettingRows()
    title, keys = _part(rows, part)
    form = SettingsForm(request.POST or None, rows=rows, keys=keys)
    opened: list[Case] = []
    if request.method == "POST" and form.accepted(lambda: opened.append(_open(request, form, title))):
        messages.success(request, _("The board will decide on this. Until then everything stays as it is."))
        return redirect("case", case_id=opened[0].pk)
    given = {
        "form": form,
        "part": part,
        "title": title,
        "waiting": _waiting(queries.list_settings_changes(request.user)),
    }
    return render(request, "board/settings_change.html", given, status=form.status)


def _open(request: PageRequest, form: SettingsForm, title: str) -> Case:
    return services.open_case(
        kind=CaseKind.SETTINGS,
        subject=_("Settings: %(part)s") % {"part": title},
        question=form.cleaned_data["why"],
        details=form.changes(),
        by=request.user,
    )


def _waiting(changes: Iterable[SettingsChange]) -> Case | None:
    """The change that is before the board; there is one at a time."""
    return next((each.case for each in changes if each.case.state == CaseState.OPEN), None)


def check_can_propose(request: PageRequest) -> None:
    """Raise NotPermitted unless the reader may put a change of the settings to the board."""
    permissions.check_can_open_case(request.user, _matter(request))


def _matter(request: PageRequest) -> Case:
    return Case(kind=CaseKind.SETTINGS, opened_by=request.user)


def _part(rows: SettingRows, slug: str) -> tuple[str, tuple[str, ...]]:
    """The title and settings of a part: one of the programme's, or a decision's."""
    if slug in PARTS:
        return str(PARTS[slug].title), PARTS[slug].keys
    kind = next((each for each in rows.decisions() if each.slug == slug), None)
    if kind is None:
        raise Http404
    return kind.name, tuple(f"{slug}.{name}" for name in OF_DECISIONS)


def _lines(
    rows: SettingRows, keys: tuple[str, ...], clauses: Mapping[str, Sequence[BindingClause]]
) -> list[tuple[str, str, str, Sequence[BindingClause]]]:
    return [
        (rows.label(key), str(rows.field(key).help_text), _said(rows, key), clauses.get(key, ()))
        for key in keys
    ]


def _needs(rows: SettingRows, kind: DecisionKind) -> list[tuple[str, str]]:
    """What a decision needs: each with its name, which heads the column and on a narrow screen stands beside it."""
    keys = [f"{kind.slug}.{name}" for name in OF_DECISIONS]
    return [(str(rows.field(key).verbose_name), _said(rows, key)) for key in keys]


def _said(rows: SettingRows, key: str) -> str:
    return rows.said(key, rows.value(key))
