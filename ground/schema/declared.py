"""What apps declare about tables beside the models: found by module, and put into tables and columns."""

from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import Any, TypeAlias, cast

from django.apps import apps
from django.db.models import Field, Model
from django.utils.module_loading import module_has_submodule

# A model, or the label of one that must not be imported.
Named: TypeAlias = type[Model] | str


def modules(name: str) -> Iterator[tuple[str, ModuleType]]:
    """The labels of the apps that have a module of that name, and these modules; in `ground` they only say how."""
    for app in apps.get_app_configs():
        if app.label != "ground" and app.module is not None and module_has_submodule(app.module, name):
            yield app.label, import_module(f"{app.name}.{name}")


def model(named: Named) -> type[Model]:
    return apps.get_model(named) if isinstance(named, str) else named


def table(named: Named) -> str:
    return model(named)._meta.db_table


def columns(named: Named, fields: tuple[str, ...]) -> tuple[str, ...]:
    """The columns of fields; one that is not there fails here, not in the database."""
    meta = model(named)._meta
    return tuple(cast("Field[Any, Any]", meta.get_field(field)).column for field in fields)
