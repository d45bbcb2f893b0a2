"""Interval charts of published values, drawn on the server as SVG; pure, no Django.

A chart never stands alone: its table stands beside it, and its title states the finding (`finding`).
"""

from governance.ui.charts.drawing import interval_chart
from governance.ui.charts.findings import finding

__all__ = ["finding", "interval_chart"]
