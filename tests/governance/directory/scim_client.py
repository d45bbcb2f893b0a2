"""A directory that speaks SCIM to us: its token, and the requests it makes."""

import json
from typing import Any

from django.test import Client

from governance.people.models import AccountKind, User
from governance.people.scopes import Scope
from tests import factories

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


def a_directory() -> User:
    """A machine for which an administrator answers."""
    owner = factories.an_administrator("keeper-of-it")
    return factories.an_account("directory", kind=AccountKind.MACHINE, owner=owner)


class Directory:
    """Requests with the token of the scope `accounts`, unless told otherwise."""

    def __init__(self, scope: Scope = Scope.ACCOUNTS) -> None:
        self.machine = a_directory()
        self.token = factories.a_token(self.machine, scope)
        self._client = Client(HTTP_AUTHORIZATION=f"Bearer {self.token}")

    def get(self, path: str, **query: object) -> Any:
        return self._client.get(f"/scim/v2/{path}", query)

    def send(self, method: str, path: str, body: Any = None) -> Any:
        text = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
        return self._client.generic(method, f"/scim/v2/{path}", text, content_type="application/scim+json")

    def write(self, user_name: str, **said: Any) -> dict[str, Any]:
        """A new entry, which must come to be."""
        answer = self.send("POST", "Users", {"schemas": [USER], "userName": user_name, **said})
        assert answer.status_code == 201, answer.content
        return answer.json()

    def group(self, name: str, *members: dict[str, Any]) -> dict[str, Any]:
        those = [{"value": each["id"]} for each in members]
        answer = self.send("POST", "Groups", {"schemas": [GROUP], "displayName": name, "members": those})
        assert answer.status_code == 201, answer.content
        return answer.json()

    def patch(self, resource: dict[str, Any], **operation: Any) -> Any:
        kind = "Groups" if "displayName" in resource and GROUP in resource["schemas"] else "Users"
        body = {"schemas": [PATCH], "Operations": [operation]}
        return self.send("PATCH", f"{kind}/{resource['id']}", body)
