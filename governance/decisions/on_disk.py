"""How the table of decisions lies on disk."""

from governance.decisions.models import DecisionRecord

# What was asked and what was true are long, and the access log reads them of the fifty decisions that it shows, but counts a
# million. Out of line they leave some 25 decisions on a page of the table instead of six.
ON_DISK = {DecisionRecord: {"toast_tuple_target": 384}}
