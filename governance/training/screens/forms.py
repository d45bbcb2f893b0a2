"""Forms of training: one answer, and a course to publish."""

from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from charter.rules.vocabulary import Outcome
from governance.training.queries import Item
from governance.training.questions import AnswerOption
from governance.ui.forms import ServiceForm, choice_field


class AnswerForm(ServiceForm):
    """What the reader thinks that the rules say."""

    chosen = forms.TypedChoiceField(
        label=gettext_lazy("What do the rules say of it?"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose what the rules say of it"),
            "invalid_choice": gettext_lazy("Choose one of the answers"),
        },
    )

    def __init__(self, *args: Any, item: Item, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice_field(self, "chosen").choices = [
            (place, option_words(each)) for place, each in enumerate(item.options)
        ]


def option_words(option: AnswerOption) -> str:
    """An option as a sentence: a refusal names its rule."""
    if option.outcome is Outcome.PERMIT:
        return _("It is allowed")
    if option.outcome is Outcome.REFER:
        return _("It goes to the review board")
    return _("It is refused: %(title)s") % {"title": option.title}


class CourseForm(ServiceForm):
    """A course's words and numbers; its questions are made when it is published."""

    title = forms.CharField(
        label=gettext_lazy("What is it called?"),
        max_length=200,
        error_messages={"required": gettext_lazy("Say what the course is called")},
    )
    introduction = forms.CharField(
        label=gettext_lazy("How does it introduce itself?"),
        help_text=gettext_lazy("A blank line begins a paragraph."),
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": gettext_lazy("Write an introduction")},
    )
    pass_percent = forms.IntegerField(
        label=gettext_lazy("How many percent of right answers pass?"), min_value=1, max_value=100
    )
    months = forms.IntegerField(
        label=gettext_lazy("For how many months is it attested?"), min_value=1, max_value=60
    )
    asks_again = forms.BooleanField(
        label=gettext_lazy("Ask everybody again, also those whose training is current"), required=False
    )
    notice_days = forms.IntegerField(
        label=gettext_lazy("With how many days of notice?"),
        help_text=gettext_lazy(
            "Used where everybody is asked again. Until then what they attested still counts."
        ),
        min_value=0,
        max_value=365,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        numbers = {
            "pass_percent": settings.TRAINING_PASS_PERCENT,
            "months": settings.TRAINING_MONTHS,
            "notice_days": settings.TRAINING_NOTICE_DAYS,
        }
        for name, usual in numbers.items():
            field = cast("forms.IntegerField", self.fields[name])
            field.initial = usual
            words = _("Enter a number from %(low)s to %(high)s") % {
                "low": field.min_value,
                "high": field.max_value,
            }
            field.error_messages.update(
                dict.fromkeys(("required", "invalid", "min_value", "max_value"), words)
            )
