"""What bears on values: holds, context notes, protections, and what was put to the board."""

from governance.decisions.models import ContextNote, Hold, Protection, Referral
from ground.data_versions import DataVersion

DECISIONS = DataVersion("decisions", {Hold: (), ContextNote: (), Protection: (), Referral: ()})
DATA_VERSIONS = [DECISIONS]
