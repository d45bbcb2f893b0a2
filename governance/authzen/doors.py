"""The addresses of AuthZEN with the line behind them."""

from django.conf import settings

from governance.authzen.line.callers import find_caller
from governance.authzen.line.deciding import LineDecider
from governance.authzen.wire.views import DecisionPoint, make_addresses

POINT = DecisionPoint(
    decider=LineDecider(), find_caller=find_caller, find_base_url=lambda _http: settings.BASE_URL
)
urlpatterns = make_addresses(POINT)
