"""A hold is placed once and may end early; a purge is written once. What it deletes, the owner's functions delete alone."""

from audits.retention.models import LegalHold, Purge
from ground.grants import ADD, add_and_change

GRANTS = {LegalHold: add_and_change("ended_at", "ended_by", "ended_because"), Purge: ADD}
