"""A piece of evidence is written once; whether it was checked or withdrawn is added to it."""

from governance.evidence.models import EvidenceRecord
from ground.grants import add_and_change

GRANTS = {EvidenceRecord: add_and_change("state", "checked_at", "checked_by", "check_says")}
