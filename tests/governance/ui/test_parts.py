"""The parts that pages are made of: templates, tags, colours and words."""

import re
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template import Context, Template
from django.template.loader import render_to_string
from django.urls import path
from django.utils import timezone

from governance.ui import theme
from governance.ui.forms import DayField
from governance.ui.templatetags.mc import ICONS, OUTCOMES

ROOT = Path(settings.BASE_DIR)
STYLES = (ROOT / "static/mc/mc.css").read_text()
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

TEXT = [
    ("ink", "paper"), ("ink", "surface"), ("ink", "tinted"), ("ink", "quiet-button"), ("ink-2", "paper"),
    ("ink-2", "surface"), ("head-ink", "head"), ("head-ink-2", "head"), ("focus-ink", "focus"),
    ("button-ink", "button"), ("button-ink", "button-hover"), ("paper", "deny"),
    *[(link, ground) for link in ("link", "visited") for ground in ("paper", "surface")],
    *[("link", f"{outcome}-tint") for outcome in ("permit", "deny", "refer", "withheld", "due")],
    *[("ink", f"{outcome}-tint") for outcome in ("permit", "deny", "refer", "withheld", "due")],
    *[(o, g) for o in ("permit", "deny", "refer", "withheld", "due") for g in (f"{o}-tint", "paper", "tinted")],
]  # fmt: skip
DRAWN = [(mark, "paper") for mark in ("accent", "line-strong", "due-mark", "due-edge", "hatch")]


def render(source, **context):
    return Template("{% load mc %}" + source).render(Context(context))


def tokens(block):
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{3,6})\b", block))


def full(colour):
    return colour if len(colour) == 7 else "#" + "".join(letter * 2 for letter in colour[1:])


def schemes():
    """Colours of both schemes, as the built style sheet gives them to a browser."""
    dark_at = STYLES.index("@media screen and (prefers-color-scheme: dark){:root{")
    dark = tokens(STYLES[dark_at : STYLES.index("}}", dark_at)])
    light_at = STYLES.index(":root{color-scheme:light")
    light = tokens(STYLES[light_at : STYLES.index("}", light_at)])
    return {"light": light, "dark": light | dark, "dark only": dark}


def luminance(colour):
    """WCAG 2.2, relative luminance."""
    parts = [int(full(colour)[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT, ids="-on-".join)
def test_text_stands_out_from_its_ground(scheme, text, ground):
    """WCAG 2.2 AA, 1.4.3: at least 4.5, in both schemes."""
    inks = schemes()[scheme]
    assert contrast(inks[text], inks[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), DRAWN, ids="-on-".join)
def test_drawn_marks_stand_out_from_their_ground(scheme, mark, ground):
    """WCAG 2.2 AA, 1.4.11: at least 3 for what a drawing or an edge says."""
    inks = schemes()[scheme]
    assert contrast(inks[mark], inks[ground]) >= 3


def test_both_schemes_name_the_same_colours():
    """A colour missing from one scheme would be taken from the other."""
    assert schemes()["light"].keys() == schemes()["dark only"].keys()


def test_drawings_carry_the_inks_of_the_light_scheme():
    """The inks in Python and the tokens of the style sheet are one list."""
    light = {name: full(ink) for name, ink in schemes()["light"].items()}
    assert theme.INKS.items() <= light.items()
    for name in theme.INKS:
        assert f".k-{name}{{fill:var(--{name})}}" in STYLES and f".s-{name}{{stroke:var(--{name})}}" in STYLES


def test_the_style_sheet_asks_only_for_files_that_we_serve():
    """No other host is asked for anything; fonts lie beside the style sheet with their licence."""
    urls = set(re.findall(r"url\(\"?([^)\"]+)\"?\)", STYLES))
    assert urls and all(url.startswith("fonts/") for url in urls)
    for url in urls:
        assert finders.find(f"mc/{url}")
    assert list((ROOT / "static/mc/fonts").glob("*OFL.txt"))


def test_the_brand_of_gov_uk_is_not_ours():
    """DESIGN: GOV.UK Frontend without its brand: no crown, no GDS Transport."""
    assert "transport" not in STYLES.lower() and "crown" not in STYLES.lower()


def test_templates_hold_no_inline_style_or_script():
    """CSP without unsafe-inline: no style attribute or element, no inline script, no handler attribute."""
    sources = {template: template.read_text() for template in TEMPLATES}
    inline = re.compile(r"\sstyle\s*=|<style|\son[a-z]+\s*=|<script(?![^>]*\ssrc=)")
    assert sources and not [template for template, source in sources.items() if inline.search(source)]


@pytest.mark.parametrize("name", sorted(ICONS))
def test_icons_take_their_colour_from_the_scheme(name):
    """Screens, accessibility 2: icons are hidden from assistive tech, since a word stands beside each."""
    drawn = render("{% icon name %}", name=name)
    assert 'aria-hidden="true"' in drawn and "#" not in drawn and "style" not in drawn


@pytest.mark.parametrize("outcome", sorted(OUTCOMES))
def test_a_verdict_is_said_by_shape_and_word(outcome):
    """Screens, accessibility 2: colour never alone."""
    drawn = render("{% verdict_tag outcome %}", outcome=outcome)
    assert "<svg" in drawn and str(OUTCOMES[outcome]) in drawn and f"mc-v--{outcome}" in drawn


def test_what_people_write_is_escaped_in_every_part():
    """Security: tags, clauses and banners escape their words."""
    evil = "<b>x</b>"
    source = (
        '{% tag evil %}{% verdict_tag "deny" evil %}{% icon "due" label=evil %}{% clause evil evil %}{{ evil }}'
        '{% endclause %}{% verdict "deny" evil %}{{ evil }}{% endverdict %}{% scroll evil %}{{ evil }}{% endscroll %}'
    )
    assert evil not in render(source, evil=evil)


def test_a_clause_is_a_labelled_section():
    """Screens, accessibility 4: ordered headings, labelled landmarks."""
    drawn = render(
        '{% clause "What" "is measured" first=True %}<p>{{ word }}</p>{% endclause %}', word="Hours"
    )
    assert '<section class="mc-clause mc-clause--first" aria-labelledby="what">' in drawn
    assert '<h2 id="what">What</h2>' in drawn and "<p>Hours</p>" in drawn


def test_a_wide_table_scrolls_by_keyboard_in_a_named_region():
    """Screens, accessibility 5."""
    drawn = render('{% scroll "Decisions" %}<table></table>{% endscroll %}')
    assert 'tabindex="0" role="region" aria-label="Decisions"' in drawn


def rule(**given):
    return {
        "id": "AR04", "title": "No ranking of people by activity", "text": "No ranking of people by activity.",
        "here": "You asked for people in order.", "fix": "Ask for the team.", "waivable": "never",
        "contest_url": "/contest/AR04",
    } | given  # fmt: skip


def test_a_rule_card_gives_reason_fix_and_a_way_to_contest():
    """Issue 2, 9: a refusal shows each rule, its reason, its fix and a link to contest."""
    drawn = render_to_string("ui/rule_card.html", {"rule": rule(metric="commit-count")})
    for words in (
        "AR04",
        "No one can waive this rule",
        "You asked for people in order.",
        "Ask for the team.",
    ):
        assert words in drawn
    assert 'href="/contest/AR04"' in drawn and 'id="rule-ar04-commit-count"' in drawn
    assert "The board can waive" in render_to_string("ui/rule_card.html", {"rule": rule(waivable="board")})


def test_one_rule_biting_two_metrics_gives_two_ids():
    """WCAG 4.1.1: ids are unique on a page that refuses two metrics by one rule."""
    cards = [render_to_string("ui/rule_card.html", {"rule": rule(metric=m)}) for m in ("pr-age", "pr-size")]
    assert re.findall(r'h3 id="([^"]+)"', "".join(cards)) == ["rule-ar04-pr-age", "rule-ar04-pr-size"]


def test_a_receipt_line_says_when_in_the_readers_zone():
    """DESIGN: UTC inside, the programme's zone at the edge."""
    receipt = {"id": "7f3a", "at": datetime(2026, 4, 14, 22, 12, 4, tzinfo=UTC), "url": "/receipts/7f3a"}
    with timezone.override("Europe/Berlin"):
        drawn = render_to_string("ui/receipt_line.html", {"receipt": receipt})
    assert "15 April 2026, 00:12:04" in drawn and "7f3a" in drawn


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("{{ day|day }}", "14 April 2026"),
        ("{{ none|day }}", "–"),
        ("{{ day|month_label }}", "Apr 2026"),
        ("{{ '2025-04'|period_label }}", "Apr 2025"),
        ("{{ '2026-Q1'|period_label }}", "Q1 2026"),
        ("{{ 31.2|quantity:'hour' }}", "31.2 hours"),
        ("{{ 1|quantity:'day' }}", "1.0 day"),
        ("{{ 1|quantity:'change' }}", "1 change"),
        ("{{ 41|quantity:'count' }}", "41"),
        ("{{ 48213|number:'count' }}", "48,213"),
        ("{{ 0.07|quantity:'share' }}", "7%"),
        ("{{ 0.004|quantity:'share' }}", "0.4%"),
        ("{{ 0.998|quantity:'share' }}", "99.8%"),
        ("{{ 1.0|quantity:'share' }}", "100%"),
        ("{{ none|quantity:'hour' }}", "–"),
        ("{{ row|range:'hour' }}", "25.8–37.4"),
        ("{{ 'P13M'|duration_words }}", "13 months"),
        ("{{ 'P1Y6M'|duration_words }}", "1 year and 6 months"),
        ("{{ 'P31D'|duration_words }}", "31 days"),
        ("{{ 'soon'|duration_words }}", "soon"),
    ],
)
def test_numbers_days_and_durations_in_words(source, written):
    """Screens, wording: dates in full; S52: values and nothing about them."""
    row = {"low": 25.8, "high": 37.4}
    assert render(source, day=date(2026, 4, 14), none=None, row=row) == written


class Question(forms.Form):
    """One field of each kind."""

    decision = forms.ChoiceField(
        label="What do you want to decide?", choices=[("", "Choose"), ("retro", "Retro")]
    )
    reason = forms.CharField(label="Reason", help_text="One line.")
    metrics = forms.MultipleChoiceField(
        label="Which metrics?", choices=[("a", "A"), ("b", "B")], widget=forms.CheckboxSelectMultiple
    )
    grain = forms.ChoiceField(
        label="Level", choices=[("team", "Team"), ("org", "All")], widget=forms.RadioSelect
    )
    month = forms.CharField(label="From", widget=forms.TextInput(attrs={"type": "month"}))
    export = forms.BooleanField(label="Export", required=False, help_text="Rarely allowed.")
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea)
    next = forms.CharField(required=False, widget=forms.HiddenInput)


def field(form, name, **given):
    return render_to_string("ui/field.html", {"field": form[name], **given})


def ids(html):
    return re.findall(r'\bid="([^"]+)"', html)


def test_each_kind_of_field_is_drawn_in_govuk_classes():
    """Issue 2, 9: forms in GOV.UK's patterns."""
    form = Question()
    expected = {
        "decision": "govuk-select", "reason": "govuk-input", "metrics": "govuk-checkboxes__input",
        "grain": "govuk-radios__input", "export": "govuk-checkboxes__input", "note": "govuk-textarea",
        "month": "govuk-input--width-10",
    }  # fmt: skip
    for name, css in expected.items():
        assert css in field(form, name), name
    assert field(form, "next").strip() == str(form["next"])
    assert field(form, "metrics").count("<fieldset") == 1 and "<legend" in field(form, "grain")


def test_hints_and_errors_are_tied_to_their_fields():
    """WCAG 1.3.1, 3.3.1: aria-describedby names hint and error, and both exist."""
    form = Question({"metrics": []})
    for name in ("decision", "reason", "metrics", "grain", "month"):
        html = field(form, name)
        (described,) = re.findall(r'aria-describedby="([^"]+)"', html)
        assert set(described.split()) <= set(ids(html)), name
        assert "govuk-form-group--error" in html and "govuk-visually-hidden" in html


def test_options_keep_choices_and_carry_hints():
    """Forms stay filled after an error; each option's hint is tied to it."""
    form = Question({"metrics": ["b"], "grain": "org"})
    form.fields["metrics"].widget.choice_hints = {"a": "Brings <b>pairs</b>"}
    html = field(form, "metrics")
    assert re.search(r'value="b"[^>]* checked', html) and not re.search(r'value="a"[^>]* checked', html)
    assert 'aria-describedby="id_metrics_0_hint"' in html and 'id="id_metrics_0_hint"' in html
    assert "<b>" not in html
    assert re.search(r'value="org"[^>]* checked', field(form, "grain"))


def test_the_error_summary_leads_to_every_field_at_fault():
    """Screens, accessibility 9: summary first, links to fields, then beside the field."""
    form = Question({})
    summary = render_to_string("ui/error_summary.html", {"form": form})
    page = "".join(field(form, name) for name in form.fields)
    links = re.findall(r'href="#([^"]+)"', summary)
    assert len(links) == 5 and set(links) <= set(ids(page))
    assert render_to_string("ui/error_summary.html", {"form": Question()}).strip() == ""


def test_the_title_of_a_page_with_errors_says_so():
    """GOV.UK pattern: a screen reader hears "Error:" before the page's name."""
    page = render_to_string("desk/accessibility.html", {"form": Question({})})
    assert "<title>Error: Accessibility – Metric Charter</title>" in page


PAGE = {
    "role_line": "manager, payments", "today": date(2026, 4, 14), "programme": "Delivery programme",
    "nav": [("Home", "/", True), ("Ask", "/ask", False)], "footer": [("All rules", "/rules")],
}  # fmt: skip


urlpatterns = [path("sign-out/", lambda request: None, name="sign-out")]


@pytest.mark.urls(__name__)
def test_the_page_says_who_is_signed_in_and_where_they_are():
    """Screens: header, service navigation, footer; landmarks have names."""
    user = SimpleNamespace(name="Manager 04", is_authenticated=True)
    page = render_to_string("404.html", {"page": PAGE, "request": SimpleNamespace(user=user)})
    for words in ("Manager 04", "manager, payments", "Tuesday 14 April 2026", "Skip to main content"):
        assert words in page
    assert '<a class="govuk-link" href="/rules">All rules</a>' in page
    assert page.count('aria-current="true"') == 1 and page.count("<h1") == 1
    assert re.findall(r'<nav aria-label="([^"]+)"', page) == ["Main", "Footer"]


@pytest.mark.urls(__name__)
def test_signing_out_is_a_form_that_changes_state_by_post():
    """Security: a link cannot sign anybody out; the form carries its token."""
    request = SimpleNamespace(user=SimpleNamespace(name="Manager 04", is_authenticated=True))
    page = render_to_string("404.html", {"request": request, "csrf_token": "abc"})
    form = page[page.index('<form action="/sign-out/" method="post">') : page.index("</form>")]
    assert 'name="csrfmiddlewaretoken"' in form and '<button class="mc-header__action" type="submit">' in form


@pytest.mark.parametrize(
    "name", ["400", "403", "403_csrf", "404", "429", "500", "problem", "desk/accessibility"]
)
def test_problem_pages_render_with_nothing_given(name):
    """Fail closed and readably: Django renders 400 and 500 without any context."""
    page = render_to_string(f"{name}.html", {})
    assert '<html lang="en' in page and '<main class="govuk-main-wrapper" id="main">' in page


def test_a_refused_page_gives_the_reason():
    """DESIGN: check_can_x raises with a reason, and the reader sees it."""
    assert "Your training ended" in render_to_string(
        "403.html", {"exception": "Your training ended. Renew it."}
    )


def test_headings_of_the_accessibility_page_are_ordered():
    """Screens, accessibility 4: one h1, ordered headings."""
    levels = [int(n) for n in re.findall(r"<h([1-6])", render_to_string("desk/accessibility.html", {}))]
    assert levels.count(1) == 1 and all(b - a <= 1 for a, b in pairwise(levels))


ROWS = [
    {"period": "2026-01", "value": 31.2, "low": 25.8, "high": 37.4, "n": 41, "people": 9, "withheld": None, "context": []},
    {"period": "2026-02", "value": None, "low": None, "high": None, "n": None, "people": None,
     "withheld": "Withheld: fewer than 5 people contributed", "context": ["Migration"]},
]  # fmt: skip


def test_a_figure_holds_one_drawing_for_pages_and_one_for_phones():
    """Screens: below 640 px a 360-wide drawing is served."""
    drawn = render('{% interval_figure rows name="Lead time" unit="hour" %}', rows=ROWS)
    assert drawn.count("<svg") == 2 and 'viewBox="0 0 560' in drawn and 'viewBox="0 0 360' in drawn
    assert "<figcaption>Lead time: 31.2 hours in January 2026, one value only" in drawn
    assert ".mc-fig__narrow{display:none}" in STYLES


def test_the_table_says_withheld_in_place_of_numbers():
    """Screens: row hatched, sentence in place of numbers; notes in hidden words."""
    given = {"rows": ROWS, "unit": "hour", "value_label": "Hours"}
    drawn = render_to_string("ui/values_table.html", given)
    hatched = drawn[drawn.index('<tr class="withheld">') :]
    assert "Withheld: fewer than 5 people contributed" in hatched and "Migration" in hatched
    assert '<td class="num">' not in hatched and "25.8–37.4" in drawn
    assert drawn.count('scope="col"') == 5 and drawn.count('scope="row"') == 2


def test_pagination_shows_only_ways_that_exist():
    """Cursor pagination: no dead links."""
    assert render_to_string("ui/pagination.html", {}).strip() == ""
    drawn = render_to_string("ui/pagination.html", {"older_url": "?cursor=x", "older_label": "Older answers"})
    assert 'rel="next">Older answers</a>' in drawn and 'rel="prev"' not in drawn


@pytest.mark.parametrize("text", ["20260105", "2026-W01-1", "5.1.2026", "2026-02-30"])
def test_forms_read_days_as_every_door_does(text):
    """Issue 8, 2: one way to read a day, and the field's name in the sentence for every other."""
    field = DayField(label="First day")
    assert field.clean("2026-01-05") == date(2026, 1, 5)
    with pytest.raises(forms.ValidationError, match="First day: enter a day such as"):
        field.clean(text)
