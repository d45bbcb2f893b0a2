"""What no client sends by itself, and whoever tries the SQL door does (issue 20, Bad input)."""

import contextlib
import os
import socket
import ssl
import struct
import threading
import time
from pathlib import Path

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.ledger.models import Entry
from governance.decisions.models import DecisionRecord
from governance.people import tokens
from governance.people.models import GrantedRole, Team
from governance.people.scopes import Scope
from governance.sql_door import session, wire
from governance.sql_door.reading import read_statements
from governance.sql_door.server import Certificate
from governance.sql_door.wire import Incoming, WireError
from tests import factories
from tests.governance.sql_door.conftest import LEAD_TIME, open_door

committed = pytest.mark.committed
REFUSED = psycopg.errors.InsufficientPrivilege
PAYMENTS = f"SELECT value FROM {LEAD_TIME} WHERE cohort = 'team:payments' ORDER BY period"


# Bytes


@given(st.binary(max_size=200))
def test_whatever_comes_first_is_read_or_refused(data):
    """Issue 20, Bad input: no first packet ends in anything but a packet or a WireError."""
    try:
        startup = wire.read_startup(data)
        wire.read_options(startup.says.get("options", ""))
    except WireError as error:
        assert error.detail and len(error.sqlstate) == 5


@given(st.lists(st.binary(max_size=60), max_size=12))
def test_whatever_comes_later_is_read_or_refused(chunks):
    """Issue 20, Bad input: messages come out whole, however they are cut, and nothing else does."""
    incoming, taken = Incoming(longest=100), b""
    try:
        for chunk in chunks:
            for kind, message in incoming.feed(chunk):
                assert message[0] == kind and len(message) == 1 + int.from_bytes(message[1:5])
                taken += message
    except WireError:
        pass
    assert b"".join(chunks).startswith(taken)


@given(st.binary(max_size=120))
def test_whatever_is_bound_is_read_or_refused(data):
    """Issue 20, Bad input: parameters that do not end are refused, never read beyond."""
    with contextlib.suppress(WireError):
        assert len(wire.read_bind(data).values) <= len(data)


@given(
    st.dictionaries(
        st.text(alphabet="abz_", min_size=1, max_size=8), st.text(alphabet="ab =\\-'é", max_size=12)
    )
)
def test_options_are_read_as_they_were_written(said):
    """What libpq escapes is the same again."""
    escaped = {name: value.replace("\\", "\\\\").replace(" ", "\\ ") for name, value in said.items()}
    written = " ".join(f"-c {name}={value}" for name, value in escaped.items())
    assert wire.read_options(written) == said


# Connections


def _open(opened) -> socket.socket:
    return socket.create_connection(("127.0.0.1", opened.port), timeout=10)


@committed
def test_a_first_packet_that_is_none_ends_the_connection(opened):
    """Issue 20, Bad input: and costs no session; the door goes on."""
    for sent in FIRST_PACKETS:
        with _open(opened) as client:
            client.sendall(sent)
            while client.recv(4096):
                pass
    with opened.connect() as client:
        assert client.execute("SELECT 1").fetchone() == (1,)


FIRST_PACKETS = [
    b"GET / HTTP/1.1\r\n\r\n",
    struct.pack("!I", 1 << 30) + b"x" * 100,
    struct.pack("!II", 8, 0),
    struct.pack("!II", 9, wire.PROTOCOL) + b"x",
    wire.make_cancel(1, b"abcd"),
    wire.make_startup({"user": "manager", "replication": "database"})[:20] + b"\xff" * 60,
]


@committed
def test_half_a_packet_waits_for_nobody(opened, monkeypatch):
    """Issue 20, Bad input: whoever does not finish their first packet is hung up on."""
    from governance.sql_door import server

    monkeypatch.setattr(server, "GREETING_SECONDS", 0.3)
    with _open(opened) as client:
        client.sendall(wire.make_startup({"user": "manager"})[:11])
        begun = time.monotonic()
        while client.recv(4096):
            pass
        assert time.monotonic() - begun < 5


@committed
def test_a_long_message_is_refused_by_its_length(opened):
    """Issue 20, Bad input: a message that says it has a gigabyte is refused before it is here."""
    with opened.connect() as client:
        with _raw(client) as raw:
            raw.sendall(b"Q" + struct.pack("!I", 1 << 30) + b"SELECT 1")
        with pytest.raises(psycopg.OperationalError, match="bytes"):
            client.execute("SELECT 1")


def _raw(client: psycopg.Connection) -> socket.socket:
    """The socket of a connection, to send what its library would not."""
    raw = socket.socket(fileno=os.dup(client.fileno()))
    raw.setblocking(True)
    return raw


@committed
def test_a_client_that_never_reads_is_hung_up_on(opened, monkeypatch):
    """Issue 20, Bad input: what it asked for waits in the door for so long and no longer; others go on."""
    from governance.sql_door import relaying

    monkeypatch.setattr(relaying, "SEND_SECONDS", 0.5)
    lazy = opened.connect()
    lazy.pgconn.send_query(b"SELECT repeat('x', 1000) FROM generate_series(1, 200000)")
    lazy.pgconn.flush()
    deadline = time.monotonic() + 10
    while len(opened.door.sessions) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not opened.door.sessions
    with opened.connect() as client:
        assert client.execute("SELECT 1").fetchone() == (1,)
    lazy.close()


@committed
def test_who_does_not_come_in(opened):
    """Issue 20, 2: a wrong token and an unknown account read the same; nothing is set that the door sets."""
    for says, told in NOT_LET_IN:
        with pytest.raises(psycopg.OperationalError, match=told):
            psycopg.connect(**opened.says() | says)


_MORE = "-c charter.decision=retrospective -c"
NOT_LET_IN = [
    ({"password": "0" * 64}, "no such token"),
    ({"user": "nobody"}, "no such token"),
    ({"options": ""}, "without a decision"),
    ({"options": "-c charter.decision=fun"}, "without a decision"),
    ({"options": f"{_MORE} search_path=public"}, "not set here"),
    ({"options": f"{_MORE} charter.rows=x"}, "not set here"),
    ({"options": f"{_MORE} governed.lead_time_for_changes__team=[]"}, "not set here"),
    ({"options": f"{_MORE} role=mc_owner"}, "not set here"),
    ({"options": f"{_MORE} standard_conforming_strings=off"}, "not set here"),
    ({"client_encoding": "SJIS"}, "not set here"),
]


@committed
def test_the_database_may_be_the_decision(opened):
    """Issue 20, 2: for tools that cannot set options."""
    with psycopg.connect(**opened.says(dbname="retrospective", options="")) as client:
        assert len(client.execute(PAYMENTS).fetchall()) == 3
    assert DecisionRecord.objects.get().use == "retrospective"


@committed
def test_a_token_that_may_only_read_opens_nothing_and_a_withdrawn_one_nothing_more(opened, house):
    """Least: a token for reading has no password; one that is withdrawn is none at the next statement."""
    reading = factories.a_token(house.employee, Scope.READ)
    with pytest.raises(psycopg.OperationalError, match="no such token"):
        psycopg.connect(**opened.says() | {"user": house.employee.username, "password": reading})
    with opened.connect() as client:
        assert client.execute(PAYMENTS).fetchall()
        token = house.manager.tokens.get()
        assert token.last_used_at is not None
        assert bytes(token.stored_key) and opened.tokens["manager"].encode() not in bytes(token.stored_key)
        tokens.revoke_token(token=token, by=house.manager)
        with pytest.raises(psycopg.Error, match="not valid any more"):
            client.execute(PAYMENTS)


@committed
def test_values_cross_a_network_behind_tls_alone(house, committed_db, tmp_path):
    """Issue 20, 2: TLS, a sign-in that is bound to its certificate, and nothing in clear where there is one."""
    pem = _make_certificate(tmp_path)
    names = {house.manager.username: factories.a_token(house.manager, Scope.ASK)}
    for opened in open_door(committed_db, names, Certificate.read(str(pem), str(pem))):
        with psycopg.connect(**opened.says(sslmode="require", channel_binding="require")) as client:
            assert client.pgconn.ssl_in_use and client.execute(PAYMENTS).fetchall()
        with pytest.raises(psycopg.OperationalError, match="TLS"):
            opened.connect()
        with _open(opened) as raw:
            raw.sendall(struct.pack("!II", 8, wire.SSL_ASKED))
            assert raw.recv(1) == b"S"
            with pytest.raises((ssl.SSLError, ConnectionError, OSError)):
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
                context.wrap_socket(raw, server_hostname="other.example.org")


def _make_certificate(folder: Path) -> Path:
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1)
    ).sign(key, hashes.SHA256())
    path = folder / "door.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return path


# Statements


@committed
def test_what_is_not_relayed(opened):
    """Issue 20, 2 and Bad input: each is refused with 42501, in both protocols, and the session goes on."""
    with opened.connect() as client:
        for statement in NOT_RELAYED:
            for prepare in (None, True):
                with pytest.raises(psycopg.Error) as refused:
                    client.execute(statement, prepare=prepare)
                assert refused.value.sqlstate == "42501", statement
        assert client.execute("SELECT 1").fetchone() == (1,)
    assert (
        not DecisionRecord.objects.exists() and not Entry.objects.filter(kind="decisions.answered").exists()
    )


NOT_RELAYED = [
    "SELECT * FROM people_person",
    "SELECT * FROM public.measures_publishedvalue",
    "SELECT 1; SELECT name FROM people_person",
    "TABLE people_user",
    "CREATE TEMP TABLE x AS SELECT 1",
    "SELECT 1 INTO TEMP x",
    "WITH x AS (DELETE FROM governed.metrics RETURNING *) SELECT * FROM x",
    "SELECT * FROM governed.metrics FOR UPDATE",
    "LOCK TABLE governed.metrics",
    "COPY governed.metrics TO STDOUT",
    "COPY (SELECT 1) TO PROGRAM 'id'",
    "COPY (SELECT 1) TO '/tmp/x'",
    "COPY people_user FROM STDIN",
    "DO $$BEGIN END$$",
    "CALL x()",
    "LISTEN x",
    "GRANT ALL ON governed.metrics TO PUBLIC",
    "SET ROLE mc_owner",
    "SET SESSION AUTHORIZATION mc_owner",
    "SET search_path = public",
    "SET search_path = governed, public",
    "SET search_path TO DEFAULT",
    "SET standard_conforming_strings = off",
    "SET governed.lead_time_for_changes__team = '[]'",
    "SELECT set_config('governed.lead_time_for_changes__team', '[]', false)",
    "SELECT current_setting('governed.lead_time_for_changes__team')",
    "SELECT governed.released('lead_time_for_changes__team')",
    "SELECT query_to_xml('SELECT 1', true, true, '')",
    "SELECT * FROM dblink('x', 'select 1') AS t(a int)",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_advisory_lock(1)",
    "SELECT pg_sleep(5)",
    "SELECT lo_import('/etc/passwd')",
    'SELECT U&"\\006eame" FROM governed.metrics',
    "SELECT reltuples FROM pg_class",
    "SELECT * FROM pg_stat_activity",
    "SELECT * FROM information_schema.tables",
    "EXPLAIN ANALYZE SELECT * FROM people_person",
    "PREPARE x AS SELECT * FROM people_person",
    "DECLARE x CURSOR WITH HOLD FOR SELECT 1",
    "SELECT * FROM governed.metrics TABLESAMPLE SYSTEM (1)",
    # A Cyrillic letter, and one that folds to ASCII elsewhere: neither is a view of ours.
    "SELECT * FROM governed.lead_time_for_ch\u0430nges__team",
    "SELECT * FROM governed.lead_time_for_changes__tea\uff4d",
    "SELECT 1 /* never ends",
]


@committed
def test_a_statement_cannot_become_another_between_parse_and_execute(opened):
    """Issue 20, Bad input: a name that PostgreSQL still knows as a query over values, and we as another, shows nothing."""
    with opened.connect() as client:
        pg = client.pgconn
        assert pg.prepare(b"one", PAYMENTS.encode()).status == psycopg.pq.ExecStatus.COMMAND_OK
        assert pg.exec_prepared(b"one", []).ntuples == 3
        assert b"already exists" in pg.prepare(b"one", b"SELECT 1").error_message
        told = pg.exec_prepared(b"one", [])
        assert told.ntuples == 0 and b"nothing was released" in told.error_message
        assert client.execute(PAYMENTS).fetchall()[0] == (20.0,)


@committed
def test_functions_are_not_called_by_their_number(opened):
    """Issue 20, Bad input: the fast path of the protocol is closed."""
    with opened.connect() as client, _raw(client) as raw:
        raw.sendall(wire.make(b"F", struct.pack("!IHHH", 2626, 0, 0, 0)))
        time.sleep(0.2)
        assert b"42501" in raw.recv(4096)


@committed
def test_ranking_teams_is_told_to_the_line(opened, house):
    """S55: an order by values, a rank or the highest of several teams is asked for as what it is, and refused by its rule."""
    factories.a_role(house.manager, GrantedRole.MANAGER, team=Team.objects.get(slug="search"))
    with opened.connect() as client:
        for statement in RANKINGS:
            with pytest.raises(REFUSED) as refused:
                client.execute(statement)
            assert "AR29" in refused.value.diag.message_detail
        assert client.execute(
            f"SELECT cohort, value FROM {LEAD_TIME} ORDER BY cohort, period LIMIT 10"
        ).fetchall()
    assert DecisionRecord.objects.filter(verdict="deny").count() == len(RANKINGS)


_BOTH = "WHERE cohort IN ('team:payments', 'team:search')"
RANKINGS = [
    f"SELECT cohort FROM {LEAD_TIME} {_BOTH} ORDER BY value DESC",
    f"SELECT cohort, rank() OVER (ORDER BY period) FROM {LEAD_TIME} {_BOTH}",
    f"SELECT max(value) FROM {LEAD_TIME} {_BOTH}",
    f"SELECT cohort FROM {LEAD_TIME} {_BOTH} LIMIT 1",
    f"WITH x(period) AS (SELECT value FROM {LEAD_TIME} {_BOTH}) SELECT period FROM x ORDER BY period",
]


# What costs the door more than whoever asks


@committed
@pytest.mark.parametrize("values", [None, [5]])
def test_a_long_text_is_read_beside_what_others_ask(opened, monkeypatch, values):
    """Issue 20, 1: fifty thousand letters take half a second, in which nobody else would be answered."""
    read = list[str]()

    def note(text: str) -> object:
        read.append(threading.current_thread().name)
        return read_statements(text)

    monkeypatch.setattr(session, "read_statements", note)
    number = "5" if values is None else "%s::int"
    with opened.connect() as client:
        client.execute(f"SELECT {'1 + ' * session.SHORT_TEXT} {number}", values)
    assert len(read) == 1 and read[0].startswith("sql-door")


@committed
def test_a_long_row_comes_whole_and_a_long_error_ends_the_session(opened):
    """Issue 20, 1: what PostgreSQL is made to say is not put together here first."""
    with opened.connect() as client:
        for size in (3_000_000, 5, 1_048_576):
            [[said]] = client.execute(f"SELECT repeat('x', {size})").fetchall()
            assert len(said) == size
        with pytest.raises(psycopg.OperationalError):
            client.execute("SELECT repeat('x', 20000000)::int")
    with opened.connect() as client:
        assert client.execute("SELECT 1").fetchone() == (1,)
