"""Who asks by AuthZEN: a manager, a machine, and a machine that the board lets ask for others."""

import json
from typing import Any

import pytest
from django.test import Client

from governance.authzen import services
from governance.authzen.models import EnforcementPoint
from governance.people.models import AccountKind, User
from governance.people.scopes import Scope
from tests import factories, snapshots
from tests.governance.decisions.conftest import governed, house, stopped
from tests.governance.decisions.test_answer import LEAD_TIME

__all__ = ["governed", "house", "stopped"]

CONTEXT = {name: LEAD_TIME[name] for name in ("grain", "cohorts", "window", "period")}


def question(user: str = "manager", **over: Any) -> dict[str, Any]:
    """The lead time of a team for a retrospective, as AuthZEN says it."""
    return {
        "subject": {"type": "user", "id": user},
        "action": {"name": "retrospective"},
        "resource": {"type": "metric", "id": "lead-time-for-changes"},
        "context": CONTEXT,
        **over,
    }


def send(path: str, body: Any, token: str | None, **headers: str) -> Any:
    """The response to a body, which is sent as JSON unless it is bytes."""
    if token is not None:
        headers.setdefault("Authorization", f"Bearer {token}")
    content_type = headers.pop("Content-Type", "application/json")
    data = body if isinstance(body, bytes) else json.dumps(body)
    return Client(raise_request_exception=False).post(path, data, content_type=content_type, headers=headers)


@snapshots.fixture
def with_point(governed) -> EnforcementPoint:
    """A machine of somebody's, registered by another administrator."""
    client = factories.an_account("gateway", kind=AccountKind.MACHINE)
    return services.register_point(
        client=client, purpose="The BI gateway.", by=factories.an_administrator("first")
    )


@pytest.fixture
def point(stopped, with_point) -> EnforcementPoint:
    return with_point


@pytest.fixture
def tokens(house, point) -> dict[str, str]:
    """Tokens of the manager, of the enforcement point, and of a machine that is none."""
    plain = factories.an_account("plain", kind=AccountKind.MACHINE)
    users: dict[str, User] = {"manager": house.manager, "point": point.client, "plain": plain}
    return {name: factories.a_token(user, Scope.ASK) for name, user in users.items()}
