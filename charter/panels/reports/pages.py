"""What a scan found as one page of HTML: a score a dashboard, then its panels. No script, no address elsewhere. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from jinja2 import Environment

from charter.panels.reports.texts import summarize, tell_proposed
from charter.panels.scanning import PanelFindings, ScanReport
from charter.registry.finding import Severity
from charter.rules.builtin_rules import builtin_rulebook

_PAGE = Environment(autoescape=True).from_string


def format_html(report: ScanReport) -> str:
    """The report as a page that stands for itself, to be kept with a build or mailed."""
    scores = sorted(report.scores.items(), key=lambda item: (item[1], item[0]))
    by_board = defaultdict(list)
    for each in report.panels:
        by_board[each.panel.board].append(each)
    return _TEMPLATE.render(
        summary=summarize(report),
        boards=[(number, *board, score, by_board[board]) for number, (board, score) in enumerate(scores, 1)],
        faults=report.faults,
        rules=list(_list_rules(report.panels)),
        count=_count,
        tell=tell_proposed,
        error=Severity.ERROR,
        warning=Severity.WARNING,
    )


def _count(found: Iterable[PanelFindings], severity: Severity) -> int:
    return sum(each.severity is severity for panel in found for each in panel.reached)


def _list_rules(found: Iterable[PanelFindings]) -> Iterator[tuple[str, str, str]]:
    """The rules that are named, with their words."""
    named = {rule for panel in found for each in panel.reached for rule in each.rules}
    by_id = builtin_rulebook().by_id
    yield from ((rule, by_id[rule].title, by_id[rule].why) for rule in sorted(named))


_TEMPLATE = _PAGE(
    """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>What these dashboards reach of people</title>
<style>
:root { color-scheme: light dark; --line: #8888; --weak: color-mix(in srgb, CanvasText 70%, Canvas); }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1rem; background: Canvas; color: CanvasText; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .4rem .6rem .4rem 0; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
td.number, th.number { text-align: right; white-space: nowrap; }
h3 { margin-bottom: .2rem; } .place { color: var(--weak); font-weight: normal; margin: 0; }
pre { border: 1px solid var(--line); overflow-x: auto; padding: .5rem; white-space: pre-wrap; }
@media print { details { display: none; } h2 { break-after: avoid; } }
</style>
</head>
<body>
<main>
<h1>What these dashboards reach of people</h1>
<p>{{ summary }}</p>
<p>A score of 100 means that no statement reaches anything that the rules keep. A statement with an error counts as lost, one with
warnings alone as a quarter lost.</p>
{% if boards %}
<table>
<caption>Dashboards, the lowest score first</caption>
<thead><tr><th scope="col">Dashboard</th><th scope="col" class="number">Score</th>
<th scope="col" class="number">Statements</th><th scope="col" class="number">Errors</th><th scope="col" class="number">Warnings</th></tr></thead>
<tbody>
{% for number, file, title, score, found in boards %}
<tr><th scope="row"><a href="#board-{{ number }}">{{ title }}</a><br><span class="place">{{ file }}</span></th><td class="number">{{ score }}</td>
<td class="number">{{ found|length }}</td><td class="number">{{ count(found, error) }}</td><td class="number">{{ count(found, warning) }}</td></tr>
{% endfor %}
</tbody>
</table>
{% else %}
<p>No statement was found in what was scanned.</p>
{% endif %}
{% if faults %}
<h2>Not looked at</h2>
<ul>{% for fault in faults %}<li>{{ fault.file }}: {{ fault.text }}</li>{% endfor %}</ul>
{% endif %}
{% for number, file, title, score, found in boards %}
<h2 id="board-{{ number }}">{{ title }}: {{ score }} of 100</h2>
{% for each in found %}
<h3>{{ each.panel.name }}</h3>
<p class="place">{{ each.panel.file }}, line {{ each.panel.line }}</p>
{% if each.reached %}
<ul>{% for one in each.reached %}<li><strong>{{ one.severity.value|capitalize }}</strong> ({{ one.rules|join(", ") }}): {{ one.text }} {{ one.fix }}</li>{% endfor %}</ul>
{% else %}
<p>Reaches nothing{% if each.accepted %} that is not in the baseline{% endif %}.</p>
{% endif %}
{% if each.reached and each.views %}<p>Governed views that answer it: {{ each.views|join(", ") }}.</p>{% endif %}
{% if each.proposed %}
<p>Proposed instead:</p>
<pre>{{ each.proposed.sql }}</pre>
<ul>{% for note in tell(each) %}<li>{{ note }}</li>{% endfor %}</ul>
{% if each.compared and each.compared.rows %}
<table><caption>Both statements of {{ each.panel.name }}</caption>
<thead><tr><th scope="col">Period</th><th scope="col">Group</th><th scope="col" class="number">Before</th><th scope="col" class="number">After</th><th scope="col">Same</th></tr></thead>
<tbody>{% for one in each.compared.rows %}<tr><td>{{ one.period }}</td><td>{{ one.group }}</td><td class="number">{{ "none" if one.before is none else one.before|round(4) }}</td>
<td class="number">{{ "none" if one.after is none else one.after|round(4) }}</td><td>{{ "yes" if one.same else "no" }}</td></tr>{% endfor %}</tbody></table>
{% endif %}
{% endif %}
{% if each.reached %}<details><summary>The statement of {{ each.panel.name }}</summary><pre>{{ each.panel.sql }}</pre></details>{% endif %}
{% endfor %}
{% endfor %}
{% if rules %}
<h2>The rules</h2>
<dl>{% for id, title, why in rules %}<dt>{{ id }}: {{ title }}</dt><dd>{{ why }}</dd>{% endfor %}</dl>
{% endif %}
</main>
</body>
</html>
"""
)
