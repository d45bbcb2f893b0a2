"""The words of the course that a programme starts with. Pure."""

from functools import cache
from pathlib import Path

from msgspec import Struct

from ground.strict_yaml import read_yaml


class StarterCourse(Struct, frozen=True, forbid_unknown_fields=True):
    """How the course about the rules introduces itself; its questions are made of examples (S59)."""

    title: str
    introduction: str


@cache
def read_starter_course() -> StarterCourse:
    """The words of a fresh install's course."""
    return read_yaml(Path(__file__).with_name("course.yaml"), StarterCourse)
