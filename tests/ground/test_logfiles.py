"""Logs are put aside, and not thrown away."""

from ground import logfiles


def test_a_restart_keeps_what_the_process_before_has_said(tmp_path):
    """Issue 9: each restart deleted web.log, with the reason of the last end in it."""
    log = tmp_path / "web.log"
    for start in range(1, logfiles.KEPT + 4):
        logfiles.begin(log)
        log.write_text(f"start {start}")
    kept = [(tmp_path / f"web.log.{number}").read_text() for number in range(1, logfiles.KEPT + 1)]
    assert kept == [f"start {start}" for start in range(logfiles.KEPT + 2, 2, -1)]
    assert len(list(tmp_path.iterdir())) == logfiles.KEPT + 1


def test_a_log_that_grows_is_put_aside_while_it_is_written(tmp_path, monkeypatch):
    """Issue 9: the writer goes on in the same file, which begins anew."""
    monkeypatch.setattr(logfiles, "LARGEST", 100)
    log = tmp_path / "web.log"
    with log.open("a") as writer:
        writer.write("x" * 101)
        writer.flush()
        logfiles.keep_small([log])
        writer.write("and on")
    assert (log.read_text(), (tmp_path / "web.log.1").read_text()) == ("and on", "x" * 101)
    logfiles.keep_small([log])
    assert not (tmp_path / "web.log.2").exists()
