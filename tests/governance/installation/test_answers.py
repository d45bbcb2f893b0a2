"""Issue 15, item 1: what setting up asks, read from a file or asked, and what it leaves for the settings."""

import os
import stat

import pytest

from governance.installation import environment_file, kept
from governance.installation.answers import read_answers
from governance.installation.asking import ask_all
from governance.installation.loopback import are_of_this_machine, is_of_this_machine
from ground.errors import BadInput

WHOLE = """name: Forge
purpose: To help teams.
administrator:
  username: ada
  name: Ada
  email: ada@example.org
time_zone: Europe/Berlin
"""


def written(tmp_path, text=WHOLE):
    path = tmp_path / "answers.yaml"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("old", "new", "line", "key"),
    [
        ("purpose:", "purpse:", 2, "purpse"),
        ("Europe/Berlin", "Berlin", 7, "time_zone"),
        ("username: ada", "username: Ada Ada", 4, "administrator.username"),
        ("ada@example.org", "ada", 6, "administrator.email"),
        ("time_zone: Europe/Berlin", "language: tlh", 7, "language"),
        ("time_zone: Europe/Berlin", "address: http://charter.example.org", 7, "address"),
        ("time_zone: Europe/Berlin", "address: https://charter.example.org/below", 7, "address"),
        ("time_zone: Europe/Berlin", "port: 70000", 7, "port"),
        ("time_zone: Europe/Berlin", "mail: {host: mail, sender: nobody}", 7, "mail"),
        ("time_zone: Europe/Berlin", "warehouse: here", 7, "warehouse"),
    ],
)
def test_a_file_is_refused_with_line_and_key(tmp_path, old, new, line, key):
    """Issue 15, bad input: each answer that cannot be so."""
    with pytest.raises(BadInput) as refused:
        read_answers(written(tmp_path, WHOLE.replace(old, new, 1)))
    assert refused.value.field == key and refused.value.extra["line"] == line


def test_a_question_is_asked_again_until_its_answer_can_be_taken():
    """Issue 15, item 1: a wrong zone costs one more line, not the whole of it."""
    said: list[str] = []
    given = iter(
        [
            "Forge",
            "To help.",
            "Mars",
            "Europe/Berlin",
            "ada",
            "Ada",
            "no address",
            "ada@example.org",
            "",
            "",
            "",
        ]
    )
    answers = ask_all(lambda _prompt: next(given), said.append)
    assert (answers.time_zone, answers.administrator.email) == ("Europe/Berlin", "ada@example.org")
    assert answers.address == "http://127.0.0.1:8000" and answers.mail is None
    assert len(said) == 2 and "Mars" in said[0]


def test_a_mail_server_is_asked_with_its_sender():
    given = iter(
        [
            "Forge",
            "To help.",
            "",
            "ada",
            "Ada",
            "ada@example.org",
            "",
            "",
            "mail:x",
            "a@b.org",
            "mail:587",
            "a@b.org",
        ]
    )
    answers = ask_all(lambda _prompt: next(given), lambda _line: None)
    assert (answers.mail.host, answers.mail.port, answers.mail.sender) == ("mail", 587, "a@b.org")


def test_settings_follow_and_what_is_for_good_stays(tmp_path):
    """Issue 15, item 1: safe to run again: the key, the log's name and settings of one's own outlive other answers."""
    kept.keep_answers(tmp_path, read_answers(written(tmp_path)))
    first = environment_file.read(tmp_path)
    assert first["ALLOWED_HOSTS"] == "127.0.0.1,localhost,[::1]" and first["BEHIND_PROXY"] == "false"
    assert len(first["SECRET_KEY"]) >= 50 and first["LEDGER_ORIGIN"] == "127.0.0.1:8000/log"
    environment_file.write(tmp_path, {**first, "WAREHOUSE_SECONDS": "9"})
    moved = (
        WHOLE + "address: https://charter.example.org\nmail: {host: mail, sender: a@b.org, password: hush}\n"
    )
    kept.keep_answers(tmp_path, read_answers(written(tmp_path, moved)))
    second = environment_file.read(tmp_path)
    for name in ("SECRET_KEY", "LEDGER_ORIGIN"):
        assert second[name] == first[name]
    assert second["WAREHOUSE_SECONDS"] == "9" and second["BASE_URL"] == "https://charter.example.org"
    assert second["EMAIL_HOST_PASSWORD"] == "hush" and "EMAIL_FILE_PATH" not in second
    assert kept.find_answers(tmp_path).mail.password == "hush"


def test_what_holds_secrets_is_its_owners_alone(tmp_path):
    """Issue 15, item 1: files of mode 600; one that others may read is refused with the command that closes it."""
    kept.keep_answers(tmp_path, read_answers(written(tmp_path)))
    for path in (tmp_path / "installation").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    environment_file.place(tmp_path).chmod(0o640)
    with pytest.raises(environment_file.FileRefused, match="chmod 600"):
        environment_file.read(tmp_path)


def test_the_environment_goes_before_the_file_and_made_up_words_before_nothing(tmp_path, monkeypatch):
    """A setting that whoever starts it gives counts; what a command made up to begin with does not."""
    kept.keep_answers(tmp_path, read_answers(written(tmp_path)))
    environment = {"BASE_URL": "http://127.0.0.1:9"}
    environment_file.heed(tmp_path, environment)
    assert environment["BASE_URL"] == "http://127.0.0.1:9" and environment["PORT"] == "8000"
    for name in (*environment, "DEBUG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SECRET_KEY", "made up")
    monkeypatch.setenv(environment_file.MADE_UP, "SECRET_KEY")
    processes = kept.process_environment(tmp_path)
    assert processes["SECRET_KEY"] == environment_file.read(tmp_path)["SECRET_KEY"]
    assert environment_file.MADE_UP not in processes and os.environ["SECRET_KEY"] == "made up"


@pytest.mark.parametrize("line", ["no sign", "A B=c", "=x"])
def test_a_line_that_is_none_is_told_with_its_number(tmp_path, line):
    environment_file.write(tmp_path, {"A": "b"})
    path = environment_file.place(tmp_path)
    path.write_text(f"A=b\n{line}\n")
    with pytest.raises(environment_file.FileRefused, match="line 2"):
        environment_file.read(tmp_path)


def test_a_value_of_two_lines_is_no_second_setting(tmp_path):
    with pytest.raises(ValueError, match="PASSWORD"):
        environment_file.write(tmp_path, {"PASSWORD": "a\nDEBUG=true"})


@pytest.mark.parametrize(
    ("address", "alone"),
    [
        ("http://127.0.0.1:8000", True), ("http://localhost", True), ("http://[::1]:8000", True),
        ("http://127.0.0.1.evil.org", False), ("http://127.0.0.1@evil.org", False), ("https://127.0.0.1", False),
        ("http://10.0.0.1", False), ("http://localhost:x", False), ("http://0.0.0.0:8000", False),
    ],
)  # fmt: skip
def test_https_is_left_out_on_this_machine_alone(address, alone):
    """Issue 15, item 1: an address without HTTPS is one that nobody else reaches."""
    assert is_of_this_machine(address) is alone


def test_no_other_name_beside_an_address_without_https():
    assert are_of_this_machine(["127.0.0.1", "localhost"])
    assert not are_of_this_machine(["127.0.0.1", "charter.example.org"])
