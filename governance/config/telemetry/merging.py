"""Counts of processes that are gone, put together in one file: a folder holds a file a process that lives, and one more.

A file that stands in the journal is in the one of all that are gone already; whoever begins next finishes what was cut short there.
Whoever adds up the files waits meanwhile, as a moment between would tell too much or too little, which Prometheus takes for a restart.
"""

import json
import logging
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prometheus_client.mmap_dict import MmapedDict, mmap_key
from prometheus_client.multiprocess import MultiProcessCollector

from ground import locks

KIND = "histogram"  # all that is counted in files
GONE = f"{KIND}_0.db"  # of no process: none has this number
log = logging.getLogger(__name__)
_LOCK, _JOURNAL, _DRAFT = "files.lock", "files.journal", "gone.draft"


@contextmanager
def standing(folder: Path) -> Iterator[None]:
    """While this lasts nobody puts files together."""
    lock = locks.take(folder / _LOCK, wait=True)
    try:
        yield
    finally:
        if lock is not None:
            os.close(lock)


def merge(folder: Path) -> None:
    """Add what processes that are gone have counted to the file of all that are, and remove theirs."""
    with standing(folder):
        _finish(folder)
        ended = [path for path in sorted(folder.glob(f"{KIND}_*.db")) if _is_of_none(path)]
        if ended:
            _write(folder, [folder / GONE, *ended])
            draft = folder / f"{_JOURNAL}.draft"
            draft.write_text(json.dumps([path.name for path in ended]))
            draft.replace(folder / _JOURNAL)
            _finish(folder)


def _finish(folder: Path) -> None:
    """Put the sum in its place, then take away what is in it; from wherever it was cut short."""
    journal = folder / _JOURNAL
    if not journal.exists():
        (folder / _DRAFT).unlink(missing_ok=True)
        return
    if (folder / _DRAFT).exists():
        (folder / _DRAFT).replace(folder / GONE)
    for name in json.loads(journal.read_text()):
        (folder / name).unlink(missing_ok=True)
    journal.unlink()


def _write(folder: Path, paths: list[Path]) -> None:
    files = [str(path) for path in paths if path.exists() and _is_readable(path)]
    written = MmapedDict(str(folder / _DRAFT))
    try:
        for metric in MultiProcessCollector.merge(files, accumulate=False):
            for sample in metric.samples:
                labels = sorted(sample.labels.items())
                names, values = [name for name, _ in labels], [value for _, value in labels]
                key = mmap_key(metric.name, sample.name, names, values, metric.documentation)
                written.write_value(key, sample.value, 0.0)
    finally:
        written.close()


def _is_readable(path: Path) -> bool:
    """Whether a file is whole: of one that was cut short by a crash what it counted is lost, and no web server waits for it."""
    try:
        MultiProcessCollector.merge([str(path)], accumulate=False)
    except (struct.error, ValueError, RuntimeError) as broken:
        log.warning("Counts in %s cannot be read and are lost: %s", path.name, broken)
        return False
    return True


def _is_of_none(path: Path) -> bool:
    """Whether the process whose number a file bears is gone. One that has the number of another since then lives."""
    number = path.stem.rpartition("_")[2]
    if path.name == GONE or not number.isdigit():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        pass
    return False
