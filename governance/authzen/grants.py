"""An enforcement point is registered and ended; nothing else of it changes."""

from governance.authzen.models import EnforcementPoint
from ground.grants import add_and_change

GRANTS = {EnforcementPoint: add_and_change("ended_at", "ended_by", "ended_because")}
