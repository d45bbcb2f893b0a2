"""What the line reads of the board: how cases ended, and what they bound, waived and tried out."""

from governance.board.models import Case, Condition, Pilot, TeamConsent, Waiver
from ground.data_versions import DataVersion

BOARD = DataVersion("board", {Case: ("state",), Condition: (), Waiver: (), Pilot: (), TeamConsent: ()})
DATA_VERSIONS = [BOARD]
