"""The public halves of the keys that sign receipts, for anybody who wants to check one."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from audits.ledger import signing
from audits.ledger.keys import Rotation, list_public_keys, list_rotations
from ground.problems import json_response


@require_safe
def keys(_: HttpRequest) -> HttpResponse:
    """Every key that receipts name, by its id: former ones, as those after them have signed, and last the present one."""
    rotations = {each.new: each for each in list_rotations()}
    told = [_describe(public, rotations.get(public)) for public in list_public_keys()]
    response = json_response({"keys": told})
    response["Cache-Control"] = "public, max-age=3600"
    return response


def _describe(public: bytes, rotation: Rotation | None) -> dict[str, Any]:
    """A key; and where another's place was given to it, whose, and what both signed. Null for a first one or in a lost one's place."""
    took = rotation and {
        "public_key": rotation.old.hex(),
        "signed_by_old": rotation.by_old,
        "signed_by_new": rotation.by_new,
    }
    return {
        "key_id": signing.name_key(public),
        "algorithm": "Ed25519",
        "public_key": public.hex(),
        "signs": "receipts and checkpoints",
        "in_place_of": took,
    }
