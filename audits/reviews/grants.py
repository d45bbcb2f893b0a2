"""A draw is written once; of a look who reviews it and what came of it changes, of a question its answer comes."""

from audits.reviews.models import LookQuestion, SampledLook, SampleDraw
from ground.grants import ADD, add_and_change

GRANTS = {
    SampleDraw: ADD,
    SampledLook: add_and_change("state", "reviewer", "because", "concluded_at", "case"),
    LookQuestion: add_and_change("answer", "answered_at"),
}
