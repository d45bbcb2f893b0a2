"""What the line reads of the training: who has acknowledged and attested the rules, and what is asked of them."""

from governance.training.models import Acknowledgement, Attestation, Course
from ground.data_versions import DataVersion

TRAINING = DataVersion("training", {Acknowledgement: (), Course: (), Attestation: ()})
DATA_VERSIONS = [TRAINING]
