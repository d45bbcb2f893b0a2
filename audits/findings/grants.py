"""A finding is written once; what a human made of it comes later."""

from audits.findings.models import AuditFinding
from ground.grants import add_and_change

GRANTS = {AuditFinding: add_and_change("state", "settled_at", "settled_by", "because", "case")}
