"""A local clone read by git alone: its commits, which of them came in by which change, and its tags. It writes nothing there."""

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _
from msgspec import Struct

from ground.errors import BadInput

# Between commits and between their fields: signs that no field of ours holds, as subjects are cut at them.
_COMMIT, _FIELD = "\x1e", "\x1f"
_FORMAT = f"--format={_COMMIT}" + _FIELD.join(("%H", "%P", "%ae", "%aI", "%cI", "%s"))
_TAGS = "--format=%(refname:short)%1f%(creatordate:iso-strict)"


class CommitRead(Struct, frozen=True):
    """One commit: who and when, and what it changed; of a merge nothing, as its commits have it."""

    id: str
    parents: tuple[str, ...]
    author: str
    authored_at: datetime
    committed_at: datetime
    revert: bool
    files: int = 0
    additions: int = 0
    deletions: int = 0


class ChangeRead(Struct, frozen=True):
    """What came to the main line at once: a merge with its commits, or a commit of its own."""

    id: str
    author: str
    first_commit_at: datetime
    merged_at: datetime
    commits: int
    additions: int
    deletions: int
    revert: bool


class TagRead(Struct, frozen=True):
    """A tag, taken for a release."""

    name: str
    at: datetime


def find_head(clone: Path) -> str:
    """The commit that the clone stands at. Raises BadInput where the folder is no clone, or one without its whole history."""
    try:
        head = _run(clone, "rev-parse", "--verify", "--quiet", "HEAD^{commit}").strip()
        if _run(clone, "rev-parse", "--is-shallow-repository").strip() == "true":
            raise BadInput(
                _("%(path)s is a shallow clone. Fetch its history: git fetch --unshallow.") % {"path": clone},
                field="path",
            )
        return head
    except subprocess.CalledProcessError as error:
        raise BadInput(
            _("%(path)s is no clone of git with a commit.") % {"path": clone}, field="path"
        ) from error
    except OSError as error:
        said = {"path": clone, "why": error.strerror}
        raise BadInput(_("git cannot read %(path)s: %(why)s.") % said, field="path") from error


def name_clone(clone: Path) -> str:
    """What its rows are kept under: its first commit, which a moved folder keeps."""
    return _run(clone, "rev-list", "--max-parents=0", "HEAD").split()[-1]


def goes_on_from(clone: Path, head: str) -> bool:
    """Whether what the clone stands at now has grown out of a commit: false where its history was rewritten."""
    return _ask(clone, "merge-base", "--is-ancestor", head, "HEAD").returncode == 0


def read_commits(clone: Path, *, since: str = "") -> Iterator[CommitRead]:
    """Every commit below HEAD that is not below `since`, newest first, as git gives them."""
    words = [
        "git", "-C", str(clone), "log", f"{since}..HEAD" if since else "HEAD", _FORMAT,
        "--numstat", "--no-renames", "--no-color", "--no-ext-diff", "--no-textconv",
    ]  # fmt: skip
    with subprocess.Popen(
        words,
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        errors="replace",
        env=_ALONE,
    ) as git:
        assert git.stdout is not None  # noqa: S101 - it is a pipe
        text: list[str] = []
        for line in git.stdout:
            if line.startswith(_COMMIT) and text:
                yield _parse(text)
                text = []
            text.append(line.rstrip("\n"))
        if text:
            yield _parse(text)
    if git.returncode:
        raise BadInput(_("git could not read %(path)s to its end.") % {"path": clone}, field="path")


def read_tags(clone: Path) -> list[TagRead]:
    """Every tag with its moment."""
    lines = _run(clone, "for-each-ref", "refs/tags", _TAGS).splitlines()
    parts = (line.split(_FIELD) for line in lines if line)
    return [TagRead(name, datetime.fromisoformat(moment)) for name, moment in parts if moment]


def find_changes(commits: Mapping[str, CommitRead], head: str) -> list[ChangeRead]:
    """The main line (first parents from `head`) as changes: each commit belongs to the first that brought it in. Pure."""
    line: list[CommitRead] = []
    at: CommitRead | None = commits.get(head)
    while at is not None:
        line.append(at)
        at = commits.get(at.parents[0]) if at.parents else None
    seen = {commit.id for commit in line}
    return [_make_change(commit, _brought_in(commit, commits, seen)) for commit in reversed(line)]


def _brought_in(merge: CommitRead, commits: Mapping[str, CommitRead], seen: set[str]) -> list[CommitRead]:
    """The commits that a merge brought in, marked as seen; the commit itself where it is no merge."""
    found: list[CommitRead] = []
    left = list(merge.parents[1:])
    while left:
        id_ = left.pop()
        commit = commits.get(id_)
        if commit is not None and id_ not in seen:
            seen.add(id_)
            found.append(commit)
            left.extend(commit.parents)
    return found or [merge]


def _make_change(merge: CommitRead, brought: Sequence[CommitRead]) -> ChangeRead:
    first = min(brought, key=lambda commit: commit.authored_at)
    return ChangeRead(
        id=merge.id,
        author=first.author,
        first_commit_at=min(first.authored_at, merge.committed_at),
        merged_at=merge.committed_at,
        commits=len(brought),
        additions=sum(commit.additions for commit in brought),
        deletions=sum(commit.deletions for commit in brought),
        revert=merge.revert or all(commit.revert for commit in brought),
    )


def _parse(lines: Sequence[str]) -> CommitRead:
    """One commit from its line of fields and those of its files; a binary file counts no lines."""
    id_, parents, author, authored, committed, subject = lines[0][1:].split(_FIELD, 5)
    stats = [line.split("\t") for line in lines[1:] if line.count("\t") >= 2]
    return CommitRead(
        id=id_,
        parents=tuple(parents.split()),
        author=author.strip().lower(),
        authored_at=datetime.fromisoformat(authored),
        committed_at=datetime.fromisoformat(committed),
        revert=subject.startswith('Revert "'),
        files=len(stats),
        additions=sum(int(each[0]) for each in stats if each[0].isdigit()),
        deletions=sum(int(each[1]) for each in stats if each[1].isdigit()),
    )


# A clone may be anybody's: what it is configured to run is not run, and nothing is fetched or asked.
_ALONE = {
    "PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_COUNT": "2", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*",
    "GIT_CONFIG_KEY_1": "core.fsmonitor", "GIT_CONFIG_VALUE_1": "false", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0",
}  # fmt: skip


def _run(clone: Path, *words: str) -> str:
    done = _ask(clone, *words)
    done.check_returncode()
    return done.stdout


def _ask(clone: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["git", "-C", str(clone), *words],  # noqa: S607 - found where _ALONE says
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, encoding="utf-8", errors="replace", env=_ALONE,
    )  # fmt: skip
