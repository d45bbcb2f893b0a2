"""A report of a scan, for whoever looks at its page: the browser's test and the picture of the how-to."""

from charter.panels.offers import offer_starters
from charter.panels.panel import ScanFault
from charter.panels.reading.decoding import TextLines
from charter.panels.reading.grafana import read_grafana
from charter.panels.reports.pages import format_html
from charter.panels.scanning import Proposing, scan
from charter.panels.tables import gather_tables
from tests.charter.panels.exports import GRAFANA


def make_page() -> str:
    """A report with a score, errors, warnings, a proposal and a file that was not looked at."""
    panels = list(read_grafana(GRAFANA, file="dashboards/team-health.json", lines=TextLines(b"")))
    faults = [ScanFault("dashboards/broken.json", "It is not JSON.")]
    return format_html(scan(panels, faults, gather_tables(), offers=offer_starters(), proposing=Proposing()))
