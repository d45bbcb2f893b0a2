"""Issue 15, item 4: local clones collected into the warehouse: what is new, once, by pseudonym, and as far as it was cut short."""

import io
import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from django.core.management import call_command

from charter.measures.collecting import git, tables
from charter.measures.collecting.history import CommitRead, find_changes
from charter.measures.collecting.pseudonyms import make_pseudonym, read_key
from charter.measures.warehouse import facts
from charter.registry import catalogue
from ground.errors import BadInput, Conflict

KEY = b"k" * 32


class Clone:
    """A clone that a test commits to; each commit an hour after the one before."""

    def __init__(self, path: Path) -> None:
        self.path, self._hour = path, 0
        path.mkdir()
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *words: str, by: str = "Kim@Example.org") -> str:
        self._hour += 1
        at = f"2026-03-{1 + self._hour // 24:02}T{self._hour % 24:02}:00:00+09:00"
        who = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in
               (("NAME", "K"), ("EMAIL", by), ("DATE", at))}  # fmt: skip
        words = ("git", "-C", str(self.path), "-c", "commit.gpgsign=false", *words)
        return subprocess.run(
            words,
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, **who, "GIT_CONFIG_GLOBAL": "/dev/null"},
        ).stdout

    def commit(
        self, name: str, text: str = "a\nb\n", by: str = "Kim@Example.org", subject: str = "Work"
    ) -> None:
        (self.path / name).write_text(text)
        self.git("add", name)
        self.git("commit", "--quiet", "-m", subject, by=by)

    def merge(self, branch: str, *names: str, by: str = "lou@example.org") -> None:
        self.git("checkout", "--quiet", "-b", branch)
        for name in names:
            self.commit(name, by=by)
        self.git("checkout", "--quiet", "main")
        self.git("merge", "--quiet", "--no-ff", "-m", f"Merge {branch}", branch)


@pytest.fixture
def clone(tmp_path) -> Clone:
    """A commit of its own, a merge of two, a revert, and a tag."""
    made = Clone(tmp_path / "payments")
    made.commit("one")
    made.merge("topic", "two", "three")
    made.commit("one", "a\n", subject='Revert "Work"')
    made.git("tag", "v1")
    return made


@pytest.fixture
def file(tmp_path) -> Path:
    return tmp_path / "facts.duckdb"


def collect(clone: Clone, file: Path, team: str = "payments", key: bytes | None = KEY) -> git.Collected:
    with tables.opened(file) as into:
        return git.collect_clone(clone.path, into=into, team=team, key=key, tell=lambda _what, _done: None)


def rows(file: Path, statement: str) -> list[tuple]:
    with duckdb.connect(str(file), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        return connection.execute(statement).fetchall()


def test_commits_changes_and_tags_come_in(clone, file):
    """Issue 15, item 4: commits, merges and tags of a local clone."""
    assert collect(clone, file) == git.Collected(clone.path, 5, 3, 1, new=True)
    assert rows(
        file, "SELECT count(*), sum(additions), sum(deletions), count(*) FILTER (revert) FROM commits"
    ) == [(4, 6, 1, 1)]
    changes = rows(file, "SELECT author, commits, additions, revert FROM changes ORDER BY merged_at")
    kim, lou = make_pseudonym("kim@example.org", KEY), make_pseudonym("lou@example.org", KEY)
    assert changes == [(kim, 1, 2, False), (lou, 2, 4, False), (kim, 1, 0, True)]
    (tag,) = rows(file, "SELECT split_part(id, '/', 2), team, kind FROM deployments")
    assert tag == ("v1", "payments", "release")


def test_a_change_lasts_from_its_first_commit_until_it_is_merged(clone, file):
    """Lead time is read from these two; UTC, and the author's wall clock beside it."""
    collect(clone, file)
    (lasted,) = rows(file, "SELECT epoch(merged_at) - epoch(first_commit_at) FROM changes WHERE commits = 2")
    assert lasted[0] > 3600
    ahead = "SELECT DISTINCT epoch(authored_local) - epoch(authored_at) FROM commits"
    assert rows(file, ahead) == [(9 * 3600.0,)]


def test_again_it_brings_what_is_new_and_nothing_twice(clone, file):
    """Issue 15, item 4: incremental."""
    collect(clone, file)
    assert collect(clone, file).new is False
    clone.merge("more", "four")
    assert collect(clone, file) == git.Collected(clone.path, 2, 1, 1, new=True)
    assert rows(file, "SELECT (SELECT count(*) FROM commits), (SELECT count(*) FROM changes)") == [(5, 4)]


@pytest.mark.parametrize("at", ["changes", "deployments"])
def test_cut_short_it_goes_on_with_nothing_twice(clone, file, monkeypatch, at):
    """Issue 15, item 4: resumable, wherever it was cut."""
    real = tables.add

    def cut(connection, table, batch):
        if table == at:
            raise KeyboardInterrupt
        real(connection, table, batch)

    monkeypatch.setattr(tables, "add", cut)
    with pytest.raises(KeyboardInterrupt):
        collect(clone, file)
    monkeypatch.setattr(tables, "add", real)
    assert collect(clone, file).new
    assert rows(file, "SELECT (SELECT count(*) FROM commits), (SELECT count(*) FROM changes)") == [(4, 3)]


def test_no_address_and_no_word_of_anybody_comes_in(clone, file):
    """Issue 15, item 4: pseudonymised on the way in: no address, name or message stands in the file."""
    collect(clone, file)
    content = file.read_bytes()
    for word in (b"example.org", b"Kim", b"Revert", b"Merge topic"):
        assert word not in content


def test_people_stand_one_way_for_good(clone, file):
    """Whoever named people once cannot be told apart from their pseudonym afterwards."""
    collect(clone, file, key=None)
    assert rows(file, "SELECT DISTINCT author FROM commits ORDER BY 1") == [
        ("kim@example.org",),
        ("lou@example.org",),
    ]
    with pytest.raises(Conflict, match="for good"):
        collect(clone, file)


def test_one_clone_is_one_teams(clone, file):
    collect(clone, file)
    with pytest.raises(Conflict, match="for the team payments"):
        collect(clone, file, team="search")


def test_a_history_that_was_rewritten_is_not_mixed_in(clone, file):
    """What is gone would stand beside what came in its place."""
    collect(clone, file)
    clone.git("commit", "--quiet", "--amend", "-m", "Other")
    with pytest.raises(Conflict, match="was rewritten"):
        collect(clone, file)


def test_what_is_no_clone_is_said_to_be(tmp_path, file, clone):
    """Issue 15, bad input."""
    (tmp_path / "plain").mkdir()
    shallow = tmp_path / "shallow"
    clone.git("clone", "--quiet", "--depth", "1", f"file://{clone.path}", str(shallow))
    for path, sentence in (
        (tmp_path / "plain", "no clone"),
        (tmp_path / "nowhere", "no clone"),
        (shallow, "shallow"),
    ):
        with tables.opened(file) as into, pytest.raises(BadInput, match=sentence):
            git.collect_clone(path, into=into, team="x", key=KEY, tell=lambda _what, _done: None)


def test_the_tables_are_as_the_catalogue_describes_them(clone, file):
    """Issue 15, item 4: the starter charters bind to them without a word."""
    collect(clone, file)
    described = {each.slug: each for each in catalogue.read_starter_sources()}
    with facts.connect(f"duckdb://{file}", timeout=30, described=described) as opened:
        for slug in ("commits", "changes", "deployments"):
            live = opened.columns(slug)
            assert {
                name: column.type.value for name, column in described[slug].columns.items()
            }.keys() <= live.keys()


def test_commits_that_came_by_two_ways_belong_to_the_first():
    """A branch that was merged into two others is counted once."""
    at = datetime(2026, 1, 1, tzinfo=UTC)

    def made(id_: str, *parents: str) -> CommitRead:
        return CommitRead(id_, parents, "kim", at, at, False, 1, 1, 0)

    commits = {each.id: each for each in (
        made("a"), made("x", "a"), made("m", "a", "x"), made("y", "x"), made("n", "m", "y"),
    )}  # fmt: skip
    assert [(each.id, each.commits) for each in find_changes(commits, "n")] == [("a", 1), ("m", 1), ("n", 1)]


def test_the_command_tells_whose_pseudonym_it_is(clone, file, settings, tmp_path):
    """For identities.csv: the same each time, by a key that its owner alone reads."""
    settings.WAREHOUSE_URL = f"duckdb://{file}"
    settings.LEDGER_SIGNING_KEY_FILE = tmp_path / "keys" / "ledger.pem"
    said = io.StringIO()
    call_command("collect", "git", str(clone.path), "--whose", "KIM@example.org ", stdout=said)
    key = tmp_path / "keys" / "collector.key"
    assert key.stat().st_mode & 0o077 == 0
    pseudonym = make_pseudonym("kim@example.org", read_key(key))
    assert pseudonym in said.getvalue() and "5 commits, 3 changes, 1 tags" in said.getvalue()
    assert (pseudonym,) in rows(file, "SELECT DISTINCT author FROM commits")
    settings.WAREHOUSE_URL = "postgresql://reader@host/facts"
    with pytest.raises(Exception, match="DuckDB files alone"):
        call_command("collect", "git", str(clone.path), stdout=said)
