"""What is sent to the API: checked for its form alone. Whether it may be is for the services."""

from collections.abc import Callable
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

LONGEST = 10_000  # characters of a text


class Input(serializers.Serializer[Any]):
    """A body of known fields: a key that we do not know is an error, never left out in silence."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if isinstance(data, dict) and (unknown := sorted(set(data) - set(self.fields))):
            raise serializers.ValidationError({name: ["There is no such field."] for name in unknown})
        return dict(super().to_internal_value(data))


def validate_body(
    serializer: type[Input], http: Request, *, refuse: Callable[[], None] | None = None
) -> dict[str, Any]:
    """The checked body; a ValidationError of DRF becomes a problem that names the fields.

    Where what is sent says what may be done (a seat, a metric), `refuse` tells who may in no case so, before their body is judged.
    """
    form = serializer(data=http.data)
    if not form.is_valid() and refuse is not None:
        refuse()
    form.is_valid(raise_exception=True)
    return dict(form.validated_data)
