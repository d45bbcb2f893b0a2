"""What somebody does in Superset, by its own REST API; run by the Python of Superset's environment, and says what came of it as JSON.

The arguments: the address of the database, a group whose values its account may see, and one whose it may not.
"""

import json
import sys
from typing import Any

from superset.app import create_app

VIEW = "lead_time_for_changes__team"
BOSS = {"username": "boss", "password": "for-this-run-alone", "provider": "db"}


class Person:
    """Somebody who has signed in to Superset."""

    def __init__(self, app: Any) -> None:
        with app.app_context():
            app.appbuilder.sm.sync_role_definitions()
            admin = app.appbuilder.sm.find_role("Admin")
            app.appbuilder.sm.add_user("boss", "B", "O", "boss@example.org", admin, BOSS["password"])
        self._client = app.test_client()
        self._headers: dict[str, str] = {}
        token = self.post("/security/login", BOSS)["access_token"]
        self._headers = {"Authorization": f"Bearer {token}"}

    def post(self, path: str, body: dict[str, Any]) -> Any:
        return self._client.post(f"/api/v1{path}", json=body, headers=self._headers).get_json()

    def get(self, path: str) -> Any:
        return self._client.get(f"/api/v1{path}", headers=self._headers).get_json()


def main(address: str, seen: str, unseen: str) -> dict[str, Any]:
    person = Person(create_app())
    database = person.post("/database/", {"database_name": "governed", "sqlalchemy_uri": address})["id"]
    tables = person.get(f"/database/{database}/tables/?q=(schema_name:governed)")["result"]
    table = {"database": database, "schema": "governed", "table_name": VIEW}
    dataset = person.post("/dataset/", table)
    return {
        "tables": [each["value"] for each in tables],
        "columns": [each["column_name"] for each in dataset["data"]["columns"]],
        "chart": person.post("/chart/data", make_chart(dataset["id"], seen)),
        "refused": person.post("/chart/data", make_chart(dataset["id"], unseen)),
    }


def make_chart(dataset: int, cohort: str) -> dict[str, Any]:
    """A line of values by month, as its builder of charts asks for them."""
    value = {"expressionType": "SQL", "sqlExpression": "max(value)", "label": "value"}
    query = {
        "columns": ["period"],
        "metrics": [value],
        "filters": [{"col": "cohort", "op": "==", "val": cohort}],
        "orderby": [["period", True]],
        "row_limit": 1000,
    }
    return {
        "datasource": {"id": dataset, "type": "table"},
        "queries": [query],
        "result_format": "json",
        "result_type": "full",
        "force": True,
    }


if __name__ == "__main__":
    sys.stdout.write(f"\n{json.dumps(main(*sys.argv[1:]))}\n")
