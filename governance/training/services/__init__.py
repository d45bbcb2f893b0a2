"""The only writers of training: acknowledgements, courses, attempts and what is attested by them."""

from governance.training.services.acknowledging import acknowledge, acknowledge_contract
from governance.training.services.attempts import answer, begin
from governance.training.services.courses import publish_course

__all__ = ["acknowledge", "acknowledge_contract", "answer", "begin", "publish_course"]
