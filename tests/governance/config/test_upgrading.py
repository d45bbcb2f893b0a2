"""Issue 19, 2: an upgrade looks before and after, begins on nothing that is not whole, and says where it ended."""

import subprocess
from datetime import timedelta
from typing import Any

import pytest

from governance.config import upgrading
from governance.config.looked_over import LookedOver, PartState
from governance.installation.backups import age
from ground import clock
from ground.errors import Conflict, Unavailable

OWNER = "postgresql://mc_owner@db/charter"


@pytest.fixture
def world(monkeypatch, settings, tmp_path):
    """What is found, which commands are run with what, and which of them fails."""
    settings.BACKUP_FOLDER, settings.STATIC_ROOT = str(tmp_path), tmp_path
    found, ran, failing = list[Any](), list[tuple[str, str, bool]](), set[str]()
    monkeypatch.setattr(upgrading, "look", lambda: iter(found))
    monkeypatch.setattr(age, "find_last", lambda: clock.now() - timedelta(hours=1))
    monkeypatch.setenv("DATABASE_OWNER_URL", OWNER)

    def run(command, env, check):
        ran.append((command[2], env.get("DATABASE_URL", ""), "DATABASE_OWNER_URL" in env))
        return subprocess.CompletedProcess(command, command[2] in failing)

    monkeypatch.setattr(subprocess, "run", run)
    return found, ran, failing


def go(**how):
    said = list[str]()
    upgrading.upgrade(**{"owner": OWNER, "without_backup": False, "say": said.append, **how})
    return said


def test_it_migrates_as_the_owner_gathers_and_looks_again(world):
    found, ran, _ = world
    found.append(LookedOver("tables", PartState.FAULT, "2 migrations wait."))
    assert "one after the other" in go()[-1]
    assert [name for name, _url, _told in ran] == ["migrate", "collectstatic", "doctor"]
    assert [url == OWNER for _name, url, _told in ran] == [True, False, False]
    assert not any(told for _name, _url, told in ran), "no other process knows the owner's password"


@pytest.mark.parametrize(
    ("how", "last", "fault"),
    [
        ({"owner": ""}, timedelta(hours=1), None),
        ({}, timedelta(days=3), None),
        ({}, None, None),
        ({}, timedelta(hours=1), LookedOver("log", PartState.FAULT, "Entries wait.", "Start the sequencer.")),
    ],
)
def test_it_begins_on_nothing_that_is_not_whole(world, monkeypatch, how, last, fault):
    """Nothing was changed, and the sentence says what to do."""
    found, ran, _ = world
    found += [fault] if fault else []
    monkeypatch.setattr(age, "find_last", lambda: clock.now() - last if last else None)
    with pytest.raises(Conflict, match=r"DATABASE_OWNER_URL|manage\.py backup|Start the sequencer"):
        go(**how)
    assert ran == []


@pytest.mark.parametrize(("failing", "left"), [("migrate", 1), ("doctor", 3)])
def test_a_step_that_fails_ends_it(world, failing, left):
    _, ran, fails = world
    fails.add(failing)
    with pytest.raises(Unavailable, match="stands above"):
        go(without_backup=True)
    assert len(ran) == left
