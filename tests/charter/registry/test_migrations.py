"""What migrations make of what is there."""

import os
import subprocess
import sys
from importlib import import_module

import psycopg
import pytest

from tests import house

WROTE_ALONG = """
INSERT INTO people_user (id, username, name, email, kind, password, is_superuser, is_staff, is_active, created_at)
VALUES (gen_random_uuid(), 'owner', 'Owner', '', 'human', '', false, false, true, now()),
       (gen_random_uuid(), 'editor', 'Editor', '', 'human', '', false, false, true, now());
INSERT INTO registry_programme (id, slug, name, purpose, time_zone, state, minimum_group, minimum_group_strain,
                                coverage_threshold, charter_months, review_days, review_notice_days, untied_days,
                                expiry_reminder_days)
VALUES (gen_random_uuid(), 'p', 'P', 'P', 'UTC', 'draft', 5, 8, 0.7, 12, 92, 14, 30, '{30}');
INSERT INTO registry_draft (id, metric, document, started_at, updated_at, owner_id, programme_id, updated_by_id)
SELECT gen_random_uuid(), 'wait', '{}', now(), now(), u.id, p.id, u.id FROM people_user u, registry_programme p
WHERE u.username = 'owner';
INSERT INTO registry_drafteditor (id, added_at, added_by_id, draft_id, user_id)
SELECT gen_random_uuid(), '2026-03-02T10:00Z', d.owner_id, d.id, u.id FROM registry_draft d, people_user u
WHERE u.username = 'editor';
"""
GIVEN = """
SELECT u.username, by.username, s.given_at::date::text, p.codename
FROM registry_draftpermission s JOIN people_user u ON u.id = s.user_id JOIN people_user by ON by.id = s.given_by_id
JOIN auth_permission p ON p.id = s.permission_id
"""


@pytest.fixture
def copy(server):
    """A migrated database of the test's own, as its owner."""
    with house.copy(server) as name:
        yield house.owner_url(server, name)


def migrate(url: str, *to: str) -> None:
    command = [sys.executable, "manage.py", "migrate", *to, "--verbosity", "0", "--skip-checks"]
    subprocess.run(command, cwd=house.PROJECT, env={**os.environ, "DATABASE_URL": url}, check=True)


def test_who_wrote_along_on_a_draft_still_does(copy):
    """ADR 8: who added whom and since when outlives the change of table, there and back."""
    module = import_module("charter.registry.migrations.0009_draft_permissions")
    before = next(name for app, name in module.Migration.dependencies[:-1] if app == "registry")
    migrate(copy, "registry", before)
    with psycopg.connect(copy) as connection:
        connection.execute(WROTE_ALONG)
        connection.execute("DELETE FROM auth_permission")  # as Django makes them after all migrations only
    migrate(copy)
    with psycopg.connect(copy) as connection:
        assert connection.execute(GIVEN).fetchall() == [("editor", "owner", "2026-03-02", "change_draft")]
    migrate(copy, "registry", before)
    with psycopg.connect(copy) as connection:
        assert connection.execute("SELECT added_at::date::text FROM registry_drafteditor").fetchone() == (
            "2026-03-02",
        )
