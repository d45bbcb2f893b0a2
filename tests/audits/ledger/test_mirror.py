"""A mirror: takes over what it has verified, goes on where it stopped, and refuses another past."""

import charter_verify
import pytest

from audits.ledger import fetching, mirror, notes
from audits.ledger.mirror import LogAway, Mirror, MirrorRefuses
from audits.ledger.policies import WitnessPolicy, parse_policy
from tests.audits.ledger.servers import folder_served
from tests.verifier.made_logs import POLICY, WITNESS, WITNESS_NAME, MadeLog, vkey


@pytest.fixture
def served(tmp_path):
    """A folder that is served, and its address."""
    (tmp_path / "log").mkdir()
    with folder_served(tmp_path / "log") as url:
        yield tmp_path / "log", url


def following(tmp_path, url: str, policy: WitnessPolicy | None = None) -> Mirror:
    return Mirror(tmp_path / "mirror", url, [notes.parse_verifier(vkey())], policy or WitnessPolicy())


def grow(log: MadeLog, count: int, folder, **more) -> None:
    log.append(count).sign(**more)
    log.write(folder, form="mirror")


def look(folder) -> charter_verify.Report:
    return charter_verify.verify(folder, trusted=[charter_verify.parse_key(vkey())])


def test_a_mirror_follows_and_its_copy_holds(served, tmp_path):
    """Issue 13, 6: follows tiles and keeps a copy, which anybody verifies."""
    folder, url = served
    log, follower = MadeLog(), following(tmp_path, url)
    with pytest.raises(LogAway):
        follower.catch_up()
    for count in (1, 40, 230, 3, 600):
        grow(log, count, folder)
        assert follower.catch_up() == follower.catch_up() == len(log.entries)
        report = look(tmp_path / "mirror")
        assert report.faults == [] and report.entries == len(log.entries)
    assert report.checkpoints == 5
    assert [each.name for each in (tmp_path / "mirror/tile/0/000.p").iterdir()] == []


def test_a_mirror_that_was_killed_goes_on(served, tmp_path, monkeypatch):
    """Issue 13, 6: resumable; a tile is there whole or not at all, and none is fetched twice."""
    folder, url = served
    grow(MadeLog(), 700, folder)
    fetched, real = [], fetching.fetch

    def dying(url, **more):
        fetched.append(url)
        if len(fetched) == 4:
            raise KeyboardInterrupt
        return real(url, **more)

    monkeypatch.setattr(mirror, "fetch", dying)
    follower = following(tmp_path, url)
    with pytest.raises(KeyboardInterrupt):
        follower.catch_up()
    assert follower.catch_up() == 700 and look(tmp_path / "mirror").holds
    assert len(fetched) == len(set(fetched)) + 2  # the checkpoint, and the one at which it died


def test_another_past_is_refused_and_kept(served, tmp_path):
    """Issue 13, faults: a log that forks, or whose signature is not of its tiles."""
    folder, url = served
    log, forged, follower = MadeLog(), MadeLog().append(300, changed=True), following(tmp_path, url)
    grow(log, 300, folder)
    follower.catch_up()
    for count in (0, 50):
        forged.append(count).sign()
        forged.write(folder, form="mirror")
        with pytest.raises(MirrorRefuses, match="does not continue the 300"):
            follower.catch_up()
    assert len(list((tmp_path / "mirror/evidence").iterdir())) == 2
    grow(log, 30, folder)
    assert follower.catch_up() == 330 and look(tmp_path / "mirror").holds


def test_a_log_that_shows_less_than_before_is_told(served, tmp_path):
    """Issue 13, faults: restored from an older backup; and a shorter log of another past."""
    folder, url = served
    log, follower = MadeLog(), following(tmp_path, url)
    log.append(10).sign()
    grow(log, 10, folder)
    follower.catch_up()
    (folder / "checkpoint").write_text(log.states[0])
    with pytest.raises(LogAway, match="shows 10 entries, and has shown 20"):
        follower.catch_up()
    forged = MadeLog().append(10, changed=True)
    (folder / "checkpoint").write_text(forged.sign())
    with pytest.raises(MirrorRefuses):
        follower.catch_up()
    assert look(tmp_path / "mirror").holds


def test_tiles_that_are_not_of_the_checkpoint_are_not_taken_over(served, tmp_path):
    folder, url = served
    log = MadeLog().append(600)
    for name in ("0/001", "1/000.p/2", "entries/002.p/88"):
        log.sign()
        log.write(folder, form="mirror")
        path = folder / "tile" / name
        path.write_bytes(path.read_bytes()[::-1])
        with pytest.raises(MirrorRefuses):
            following(tmp_path, url).catch_up()
        assert not (tmp_path / "mirror/checkpoint").exists()
    log.write(folder, form="mirror")
    assert following(tmp_path, url).catch_up() == 600


def test_a_mirror_takes_over_only_what_the_policy_asks_for(served, tmp_path):
    """Issue 13, 6: a checkpoint below the policy is refused."""
    folder, url = served
    log, follower = MadeLog(), following(tmp_path, url, parse_policy(POLICY))
    grow(log, 3, folder)
    with pytest.raises(MirrorRefuses, match="lacks cosignatures"):
        follower.catch_up()
    grow(log, 3, folder, witnesses={WITNESS_NAME: WITNESS})
    assert follower.catch_up() == 6
    (folder / "checkpoint").write_text("something else")
    with pytest.raises(MirrorRefuses, match="no signed note"):
        follower.catch_up()
