"""Which witnesses must have cosigned a checkpoint, as a file says it (C2SP tlog-policy). Imports no Django.

Whoever verifies the log reads the same file: `charter-verify --policy`.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from audits.ledger.notes import COSIGNATURE, ED25519, NoteWrong, Verifier, parse_verifier

NONE = "none"
_NUMBER = re.compile(r"[1-9][0-9]{0,3}")


class PolicyWrong(ValueError):
    """A file that says no policy, or one that cannot be kept."""


class PolicyWitness(NamedTuple):
    """A witness by what the policy calls it: its key, and where it is asked (blank where nobody asks it)."""

    name: str
    key: Verifier
    url: str


class WitnessGroup(NamedTuple):
    """So many of these witnesses and groups."""

    least: int
    members: tuple[str, ...]


@dataclass(frozen=True)
class WitnessPolicy:
    """Known logs and witnesses, and the `quorum`: a witness, a group, or `none`."""

    logs: tuple[Verifier, ...] = ()
    witnesses: Mapping[str, PolicyWitness] = field(default_factory=lambda: MappingProxyType({}))
    groups: Mapping[str, WitnessGroup] = field(default_factory=lambda: MappingProxyType({}))
    quorum: str = NONE

    @property
    def asks(self) -> bool:
        """Whether it asks for any witness at all."""
        return self.quorum != NONE

    def is_met(self, signers: Iterable[Verifier]) -> bool:
        """Whether a checkpoint that these have signed is witnessed as it asks."""
        return self._counts(self.quorum, set(signers))

    def is_met_by(self, names: Iterable[str]) -> bool:
        """The same of witnesses by what the policy calls them."""
        return self.is_met(self.witnesses[name].key for name in names)

    def _counts(self, name: str, signers: set[Verifier]) -> bool:
        if name == NONE:
            return True
        if name in self.witnesses:
            return self.witnesses[name].key in signers
        group = self.groups[name]
        return sum(self._counts(member, signers) for member in group.members) >= group.least


def parse_policy(text: str) -> WitnessPolicy:
    """The policy that a file says. Raises PolicyWrong with the line that is at fault."""
    reading = _Reading()
    for number, line in enumerate(text.split("\n"), 1):
        words = [word for word in re.split(r"[ \t]+", line) if word]
        if not words or words[0].startswith("#"):
            continue
        try:
            reading.read(*words)
        except (ValueError, TypeError) as error:
            said = str(error) if isinstance(error, PolicyWrong | NoteWrong) else "It cannot be read."
            raise PolicyWrong(f"Line {number} of the policy of witnesses: {said}") from None
    return reading.finish()


class _Reading:
    """A policy while its lines are read: what is named must stand above where it is used."""

    def __init__(self) -> None:
        self._logs: list[Verifier] = []
        self._witnesses: dict[str, PolicyWitness] = {}
        self._groups: dict[str, WitnessGroup] = {}
        self._quorum: list[str] = []
        self._keys: set[bytes] = set()

    def read(self, word: str, *rest: str) -> None:
        acts: dict[str, Callable[..., None]] = {
            "log": self._log,
            "witness": self._witness,
            "group": self._group,
            "quorum": self._is_quorum,
        }
        if word not in acts:
            raise PolicyWrong(f"“{word}” is none of log, witness, group and quorum.")
        acts[word](*rest)

    def finish(self) -> WitnessPolicy:
        if len(self._quorum) != 1:
            raise PolicyWrong("A policy of witnesses has exactly one line “quorum”.")
        witnesses, groups = MappingProxyType(self._witnesses), MappingProxyType(self._groups)
        return WitnessPolicy(tuple(self._logs), witnesses, groups, self._quorum[0])

    def _log(self, key: str, url: str = "") -> None:
        self._logs.append(self._key(key, ED25519))

    def _witness(self, name: str, key: str, url: str = "") -> None:
        self._check_new(name)
        self._witnesses[name] = PolicyWitness(name, self._key(key, COSIGNATURE), url.rstrip("/"))

    def _group(self, name: str, least: str, *members: str) -> None:
        self._check_new(name)
        if (
            not members
            or len(set(members)) < len(members)
            or not {*members} <= {*self._witnesses, *self._groups}
        ):
            raise PolicyWrong("A group names witnesses and groups that stand above it, each once.")
        number = {"any": "1", "all": str(len(members))}.get(least, least)
        if not _NUMBER.fullmatch(number) or int(number) > len(members):
            raise PolicyWrong(f"A group of {len(members)} cannot ask for {least}.")
        self._groups[name] = WitnessGroup(int(number), members)

    def _is_quorum(self, name: str) -> None:
        if name not in {*self._witnesses, *self._groups, NONE}:
            raise PolicyWrong(f"“{name}” is no witness or group that stands above it.")
        self._quorum.append(name)

    def _key(self, text: str, kind: int) -> Verifier:
        key = parse_verifier(text)
        if key.kind != kind:
            raise PolicyWrong(
                f"The key of {key.name} is of the other kind: logs and witnesses sign differently."
            )
        if key.public in self._keys:
            raise PolicyWrong(f"The key of {key.name} stands there twice.")
        self._keys.add(key.public)
        return key

    def _check_new(self, name: str) -> None:
        if name in {*self._witnesses, *self._groups, NONE}:
            raise PolicyWrong(f"The name “{name}” is taken.")
