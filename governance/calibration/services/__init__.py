"""The only writers of calibration: rubrics and rounds, packs, the session, and what is told of it."""

from governance.calibration.services.packs import ask_values as ask_values
from governance.calibration.services.packs import write_note as write_note
from governance.calibration.services.proposing import answer_challenge as answer_challenge
from governance.calibration.services.proposing import challenge as challenge
from governance.calibration.services.proposing import propose as propose
from governance.calibration.services.publishing import acknowledge as acknowledge
from governance.calibration.services.publishing import close_round as close_round
from governance.calibration.services.publishing import hand_in as hand_in
from governance.calibration.services.publishing import publish as publish
from governance.calibration.services.publishing import reopen as reopen
from governance.calibration.services.rounds import RoundSaid as RoundSaid
from governance.calibration.services.rounds import announce as announce
from governance.calibration.services.rounds import draft_round as draft_round
from governance.calibration.services.rounds import drop_round as drop_round
from governance.calibration.services.rounds import name_answerer as name_answerer
from governance.calibration.services.rounds import open_round as open_round
from governance.calibration.services.rounds import set_aside as set_aside
from governance.calibration.services.rubrics import LevelSaid as LevelSaid
from governance.calibration.services.rubrics import write_rubric as write_rubric
