"""Issue 15, item 4: tables as five tools make them, recognised, described, and giving the values worked out by hand."""

import io

import duckdb
import numpy as np
import pytest
from django.core.management import CommandError, call_command

from charter.authoring.folder import read_folder
from charter.measures.values.aggregation import estimate
from charter.measures.warehouse import facts
from charter.measures.warehouse.recognising import lay_beside, recognise
from charter.registry import ready
from charter.registry.ready.matching import Fit

READY = ready.read_ready_descriptions()
# Tables as their tools make them, also columns that no description has; where each was read stands in the ready files.
DEVLAKE = """
CREATE TABLE pull_requests (id VARCHAR, base_repo_id VARCHAR, head_repo_id VARCHAR, status VARCHAR, title VARCHAR,
  author_name VARCHAR, author_id VARCHAR, pull_request_key BIGINT, created_date TIMESTAMP, merged_date TIMESTAMP,
  closed_date TIMESTAMP, merge_commit_sha VARCHAR, additions BIGINT, deletions BIGINT, is_draft BOOLEAN, created_at TIMESTAMP);
CREATE TABLE pull_request_commits (commit_sha VARCHAR, pull_request_id VARCHAR, commit_authored_name VARCHAR,
  commit_authored_email VARCHAR, commit_authored_date TIMESTAMP, created_at TIMESTAMP);
CREATE TABLE cicd_deployments (id VARCHAR, cicd_scope_id VARCHAR, name VARCHAR, result VARCHAR, status VARCHAR,
  environment VARCHAR, created_date TIMESTAMP, queued_date TIMESTAMP, started_date TIMESTAMP, finished_date TIMESTAMP,
  duration_sec DOUBLE);
CREATE TABLE incidents (id VARCHAR, title VARCHAR, status VARCHAR, resolution_date TIMESTAMP, created_date TIMESTAMP,
  updated_date TIMESTAMP, lead_time_minutes BIGINT, severity VARCHAR, "table" VARCHAR, scope_id VARCHAR, assignee_id VARCHAR);
CREATE TABLE project_incident_deployment_relationships (id VARCHAR, project_name VARCHAR, deployment_id VARCHAR,
  created_at TIMESTAMP, updated_at TIMESTAMP);
CREATE TABLE project_mapping (project_name VARCHAR, "table" VARCHAR, row_id VARCHAR);
INSERT INTO pull_requests (id, base_repo_id, author_id, created_date, merged_date) VALUES
  ('1', 'repo', 'ann', '2026-03-02 09:00', '2026-03-03 09:00'), ('2', 'repo', 'bo', '2026-03-02 09:00', '2026-03-02 12:00'),
  ('3', 'repo', 'bo', '2026-03-02 09:00', NULL), ('4', 'repo', 'ann', '2026-03-02 09:00', '2026-03-05 09:00');
INSERT INTO pull_request_commits (commit_sha, pull_request_id, commit_authored_date) VALUES
  ('a', '1', '2026-03-02 09:00'), ('b', '1', '2026-03-01 09:00'), ('c', '2', '2026-03-02 08:00'), ('d', '3', '2026-03-01 09:00');
INSERT INTO cicd_deployments (id, cicd_scope_id, result, environment, finished_date) VALUES
  ('d1', 'pipe', 'SUCCESS', 'PRODUCTION', '2026-03-02 10:00'), ('d2', 'pipe', 'SUCCESS', 'PRODUCTION', '2026-03-04 10:00'),
  ('d3', 'pipe', 'FAILURE', 'PRODUCTION', '2026-03-05 10:00'), ('d4', 'pipe', 'SUCCESS', 'STAGING', '2026-03-05 10:00'),
  ('d5', 'pipe', 'SUCCESS', 'PRODUCTION', '2026-03-06 10:00'), ('d6', 'pipe', 'SUCCESS', 'PRODUCTION', '2026-03-07 10:00');
INSERT INTO incidents (id, scope_id, created_date, resolution_date) VALUES
  ('i1', 'board', '2026-03-04 11:00', '2026-03-04 13:30'), ('i2', 'board', '2026-03-04 12:00', '2026-03-04 12:30'),
  ('i3', 'board', '2026-03-06 12:00', NULL);
INSERT INTO project_incident_deployment_relationships VALUES
  ('i1', 'p', 'd2', '2026-03-05', '2026-03-05'), ('i2', 'p', 'd2', '2026-03-05', '2026-03-05')
"""
FOUR_KEYS = """
CREATE TABLE changes (change_id VARCHAR, time_created TIMESTAMPTZ, event_type VARCHAR);
CREATE TABLE deployments (source VARCHAR, deploy_id VARCHAR, time_created TIMESTAMPTZ, main_commit VARCHAR, changes VARCHAR[],
  team VARCHAR);
CREATE TABLE incidents (source VARCHAR, incident_id VARCHAR, time_created TIMESTAMPTZ, time_resolved TIMESTAMPTZ,
  changes VARCHAR[], team VARCHAR);
INSERT INTO changes VALUES ('a', '2026-03-02 09:00', 'push'), ('a', '2026-03-01 09:00', 'pull_request'),
  ('b', '2026-03-02 10:00', 'push'), ('c', '2026-03-02 11:00', 'push');
INSERT INTO deployments VALUES ('github', 'd1', '2026-03-02 11:00', 'a', ['a'], 'payments'),
  ('github', 'd2', '2026-03-02 14:00', 'b', ['b'], 'payments'), ('github', 'd3', '2026-03-03 11:00', 'c', ['c', 'b'], 'payments');
INSERT INTO incidents VALUES ('pagerduty', 'i1', '2026-03-02 12:00', '2026-03-02 18:00', [], 'payments'),
  ('pagerduty', 'i2', '2026-03-02 12:00', NULL, [], 'payments')
"""
GITHUB = """
CREATE TABLE pull_requests (repository VARCHAR, id BIGINT, number BIGINT, state VARCHAR, title VARCHAR, "user" JSON, labels JSON,
  created_at TIMESTAMPTZ, updated_at TIMESTAMPTZ, closed_at TIMESTAMPTZ, merged_at TIMESTAMPTZ, draft BOOLEAN, user_login VARCHAR);
CREATE TABLE deployments (id BIGINT, task VARCHAR, environment VARCHAR, created_at TIMESTAMPTZ, updated_at TIMESTAMPTZ,
  creator JSON, sha VARCHAR, production_environment BOOLEAN, repository VARCHAR);
CREATE TABLE deployment_statuses (id BIGINT, state VARCHAR, environment VARCHAR, created_at TIMESTAMPTZ, updated_at TIMESTAMPTZ,
  repository VARCHAR, deployment_id BIGINT);
CREATE TABLE issues (repository VARCHAR, id BIGINT, state VARCHAR, user_id BIGINT, labels JSON, closed_at TIMESTAMPTZ,
  created_at TIMESTAMPTZ);
INSERT INTO pull_requests (id, repository, created_at, merged_at, user_login) VALUES
  (1, 'o/r', '2026-03-02 09:00', '2026-03-02 11:00', 'ann'), (2, 'o/r', '2026-03-02 09:00', '2026-03-02 19:00', 'bo'),
  (3, 'o/r', '2026-03-02 09:00', NULL, 'bo'), (4, 'o/r', '2026-03-02 09:00', '2026-03-02 12:00', 'bo');
INSERT INTO deployments (id, environment, production_environment, repository, created_at) VALUES
  (1, 'production', true, 'o/r', '2026-03-02 09:00'), (2, 'production', true, 'o/r', '2026-03-03 09:00'),
  (3, 'preview', false, 'o/r', '2026-03-03 09:00');
INSERT INTO deployment_statuses (id, deployment_id, state, created_at, repository) VALUES
  (1, 1, 'success', '2026-03-02 10:00', 'o/r'), (2, 1, 'success', '2026-03-02 11:00', 'o/r'),
  (3, 2, 'failure', '2026-03-03 10:00', 'o/r'), (4, 3, 'success', '2026-03-03 10:00', 'o/r')
"""
GITLAB = """
CREATE TABLE merge_requests (id BIGINT, iid BIGINT, project_id BIGINT, state VARCHAR, created_at TIMESTAMPTZ,
  merged_at TIMESTAMPTZ, closed_at TIMESTAMPTZ, author_id BIGINT, draft BOOLEAN, labels JSON);
CREATE TABLE deployments (id BIGINT, iid BIGINT, status VARCHAR, environment_name VARCHAR, created_at TIMESTAMPTZ,
  updated_at TIMESTAMPTZ, user_username VARCHAR, project_id BIGINT, deployable JSON);
CREATE TABLE issues (id BIGINT, project_id BIGINT, state VARCHAR, created_at TIMESTAMPTZ, closed_at TIMESTAMPTZ,
  issue_type VARCHAR, severity VARCHAR, author_id BIGINT);
INSERT INTO merge_requests (id, project_id, author_id, created_at, merged_at) VALUES
  (1, 7, 1, '2026-03-02 09:00', '2026-03-02 10:00'), (2, 7, 2, '2026-03-02 09:00', '2026-03-02 14:00'),
  (3, 7, 2, '2026-03-02 09:00', NULL), (4, 7, 2, '2026-03-02 09:00', '2026-03-03 09:00');
INSERT INTO deployments (id, project_id, status, environment_name, created_at, updated_at) VALUES
  (1, 7, 'success', 'production', '2026-03-02 09:00', '2026-03-02 09:10'),
  (2, 7, 'failed', 'production', '2026-03-02 09:00', '2026-03-02 09:10'),
  (3, 7, 'success', 'staging', '2026-03-02 09:00', '2026-03-02 09:10'),
  (4, 7, 'success', 'production', '2026-03-03 09:00', '2026-03-03 09:10');
INSERT INTO issues (id, project_id, issue_type, created_at, closed_at) VALUES
  (1, 7, 'incident', '2026-03-02 09:00', '2026-03-02 13:00'), (2, 7, 'issue', '2026-03-02 09:00', '2026-03-09 13:00'),
  (3, 7, 'incident', '2026-03-02 09:00', NULL)
"""
GRIMOIRELAB = """
CREATE TABLE github_pull_requests (uuid VARCHAR, id BIGINT, project VARCHAR, author_uuid VARCHAR, author_bot BOOLEAN,
  author_gender VARCHAR, repository VARCHAR, state VARCHAR, created_at TIMESTAMPTZ, merged_at TIMESTAMPTZ,
  closed_at TIMESTAMPTZ, time_to_close_days FLOAT, time_open_days FLOAT);
CREATE TABLE git (uuid VARCHAR, hash VARCHAR, project VARCHAR, author_uuid VARCHAR, author_bot BOOLEAN, author_date TIMESTAMP,
  tz BIGINT, utc_author TIMESTAMPTZ, utc_commit TIMESTAMPTZ, files BIGINT, lines_added BIGINT, lines_removed BIGINT);
INSERT INTO github_pull_requests (uuid, project, author_uuid, author_bot, created_at, merged_at) VALUES
  ('1', 'core', 'u1', false, '2026-03-02 09:00', '2026-03-02 12:00'), ('2', 'core', 'u2', NULL, '2026-03-02 09:00', '2026-03-02 15:00'),
  ('3', 'core', 'bot', true, '2026-03-02 09:00', '2026-03-02 09:01'), ('4', 'core', 'u2', false, '2026-03-02 09:00', '2026-03-03 15:00')
"""
MADE = {
    "apache-devlake": DEVLAKE, "four-keys": FOUR_KEYS, "github-export": GITHUB, "gitlab-export": GITLAB, "grimoirelab": GRIMOIRELAB,
}  # fmt: skip
LEAD, OFTEN, FAILED, RESTORE = (
    "lead-time-for-changes", "deployment-frequency", "change-failure-rate", "time-to-restore-service",
)  # fmt: skip
# By hand: the events' values in order, whose they are, and the value of fourteen days.
EXPECTED = [
    # Request 1 from its earlier commit, 48 h; 2 from 08:00, 4 h; 3 is not merged; of 4 no commit is known.
    ("apache-devlake", LEAD, [4, 48], "repo", 26),
    ("apache-devlake", OFTEN, [1, 1, 1, 1], "pipe", 2),
    # Two incidents after d2 make one failed deployment of four; a share is of the events.
    ("apache-devlake", FAILED, [0, 0, 0, 1], "pipe", 0.25),
    ("apache-devlake", RESTORE, [0.5, 2.5], "board", 1.5),
    ("four-keys", LEAD, [2, 4, 24], "payments", 4),
    ("four-keys", OFTEN, [1, 1, 1], "payments", 1.5),
    ("four-keys", RESTORE, [6], "payments", 6),
    ("github-export", LEAD, [2, 3, 10], "o/r", 3),
    # One deployment of two succeeded, at its first success; the preview is not production.
    ("github-export", OFTEN, [1], "o/r", 0.5),
    ("gitlab-export", LEAD, [1, 5, 24], "7", 5),
    ("gitlab-export", OFTEN, [1, 1], "7", 1),
    ("gitlab-export", RESTORE, [4], "7", 4),
    ("grimoirelab", LEAD, [3, 6, 30], "core", 6),
]  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The address of a warehouse of each tool."""
    folder, urls = tmp_path_factory.mktemp("tools"), {}
    for slug, statements in MADE.items():
        with duckdb.connect(str(folder / f"{slug}.duckdb")) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute(statements)
        urls[slug] = f"duckdb://{folder / slug}.duckdb"
    return urls


def opened(url: str, described=None) -> facts.Warehouse:
    return facts.connect(url, timeout=20, described=described)


@pytest.mark.parametrize("slug", MADE)
def test_each_tool_is_recognised_by_its_tables(made, slug):
    """It and no other, whole, each column as the type that it has there."""
    with opened(made[slug]) as found:
        assert [(match.ready.slug, match.fit) for match in recognise(found)] == [(slug, Fit.FITS)]


def test_every_adapted_charter_is_worked_out_by_hand():
    assert {(slug, metric) for slug, metric, *_ in EXPECTED} == {
        (slug, metric) for slug, found in READY.items() for metric in found.charters
    }


@pytest.mark.parametrize(("slug", "metric", "values", "team", "value"), EXPECTED)
def test_values_are_those_worked_out_by_hand(made, slug, metric, values, team, value):
    """The tool's tables, described as begun from them, give a charter its events and the value of a fortnight."""
    with opened(made[slug]) as found:
        begun = {each.table: each.begun for each in lay_beside(found, READY[slug]).usable}
    charter = next(each for each in ready.adapt_charters(READY[slug]) if each.metric == metric)
    with opened(made[slug], begun) as found:
        rows = [row for batch in found.facts(charter.what.measure) for row in batch.to_pylist()]
    assert sorted(row["value"] for row in rows) == pytest.approx(values)
    assert {row["team"] for row in rows} == {team}
    numbers = np.array([row["value"] for row in rows])
    worked_out = estimate(charter.what.measure.aggregation, numbers, days=14, coarse=False)
    assert worked_out.value == pytest.approx(value)


def of_the_registry(test):
    """With the starter sources described, as a warehouse is opened with what is known of its tables."""
    return pytest.mark.stands_on("founded")(pytest.mark.django_db(test))


def _run(*words: str) -> str:
    out = io.StringIO()
    call_command("sources", *words, stdout=out)
    return out.getvalue()


@of_the_registry
def test_the_command_lists_them_beside_the_warehouse(made, settings):
    """`manage.py sources list-ready`; without a warehouse it tells what there is."""
    settings.WAREHOUSE_URL = made["four-keys"]
    told = _run("list-ready")
    four, github = told.partition("four-keys: ")[2], told.partition("github-export: ")[2]
    assert "the warehouse: fits\n" in four.partition("github-export")[0]
    assert "the warehouse: does not fit\n" in github
    settings.WAREHOUSE_URL = ""
    told = _run("list-ready")
    assert "four-keys: " in told and "the warehouse: " not in told


@of_the_registry
def test_the_command_writes_a_folder_that_reads_back(made, settings, tmp_path):
    """Sources of the types that are there, adapted charters; never over a file."""
    settings.WAREHOUSE_URL = made["apache-devlake"]
    told = _run("write-ready", "apache-devlake", str(tmp_path / "charters"))
    assert "It cannot say: " in told
    folder = read_folder(tmp_path / "charters")
    folder.check_is_whole()
    assert set(folder.documents) == set(READY["apache-devlake"].charters)
    sources = {each.description.slug: each.description for each in folder.sources}
    assert sources["pull_requests"].columns["merged_date"].type.value == "TIMESTAMP"
    with pytest.raises(CommandError, match="is there already"):
        _run("write-ready", "apache-devlake", str(tmp_path / "charters"))
    with pytest.raises(CommandError, match=r"no ready description jira\. There are: apache-devlake"):
        _run("write-ready", "jira", str(tmp_path / "other"))
    assert not (tmp_path / "other").exists()
