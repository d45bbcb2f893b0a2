"""Profiles, files and their answers are written once; a file ends."""

from governance.use_check.models import BulkCheck, BulkPart, RoleProfile
from ground.grants import ADD, add_and_change

GRANTS = {
    RoleProfile: ADD,
    BulkCheck: add_and_change("state", "ended_at", "why", "result", "result_sha256", "entry"),
    BulkPart: ADD,
}
