"""How `makemigrations` sees what apps declare beside their models, and writes an app's first migration in one step."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.conf import settings
from django.db.migrations import AddConstraint, AddField, AddIndex, CreateModel
from django.db.migrations.autodetector import (  # type: ignore[attr-defined]  # hints lack OperationDependency
    MigrationAutodetector,
    OperationDependency,
)
from django.db.migrations.graph import MigrationGraph
from pgtrigger.migrations import AddTrigger, MigrationAutodetectorMixin

from ground.schema import declared
from ground.schema.declared import Named
from ground.schema.operations import (
    BumpDataVersions,
    CreateTables,
    Declared,
    MakeFunctions,
    RuntimeMay,
    StoreAs,
)

DECLARED: tuple[type[Declared], ...] = (RuntimeMay, BumpDataVersions, StoreAs, MakeFunctions)
# The extensions, the runtime role's rights on whatever comes, and the functions that triggers call.
GROUND = ("ground", "0001_initial")


# Its hints leave out what Django keeps to itself, and that is what is extended here.
_Django: Any = MigrationAutodetector


class Autodetector(MigrationAutodetectorMixin, _Django):
    """Django's, with pgtrigger's triggers and our declarations."""

    def _detect_changes(self, convert_apps: Any = None, graph: MigrationGraph | None = None) -> Any:
        self.graph: Any = graph or MigrationGraph()
        return super()._detect_changes(convert_apps, graph)  # type: ignore[no-untyped-call]  # pgtrigger's

    def _sort_migrations(self) -> None:
        """Once the operations of all apps are in order, declarations come last: their tables are there by then."""
        super()._sort_migrations()
        for kind in DECLARED:
            for label, module in declared.modules(kind.module):
                models = [each for each in kind.models(module) if not self._comes_later(label, each)]
                now, former = kind.read(module, models), self._recorded(label, kind)
                if now != former:
                    operation: Any = kind(now, former)
                    operation._auto_deps = list(_made_before(label, models))
                    self.generated_operations.setdefault(label, []).append(operation)

    def _comes_later(self, label: str, named: Named) -> bool:
        """Whether an app that is new here is one that the model's own app stands on: its next migration says the rest."""
        other = declared.model(named)._meta.app_label
        if other == label or self.graph.leaf_nodes(label):
            return False
        return any(
            below[0] == label
            for leaf in self.graph.leaf_nodes(other)
            for key in self.graph.forwards_plan(leaf)
            for below in self.graph.nodes[key].dependencies
        )

    def _recorded(self, label: str, kind: type[Declared]) -> Mapping[str, Any]:
        """What the app's migrations say last."""
        recorded: Mapping[str, Any] = {}
        for leaf in self.graph.leaf_nodes(label):
            for key in self.graph.forwards_plan(leaf):
                if key[0] == label:
                    for operation in self.graph.nodes[key].operations:
                        recorded = operation.now if isinstance(operation, kind) else recorded
        return recorded

    def _optimize_migrations(self) -> None:
        super()._optimize_migrations()
        for migrations in self.migrations.values():
            for migration in migrations:
                if migration.initial:
                    self._in_one_step(migration)

    def _in_one_step(self, migration: Any) -> None:
        made = [each for each in migration.operations if isinstance(each, CreateModel)]
        models = {each.name_lower: each for each in made}
        rest = [each for each in migration.operations if each not in made and not _put_into(models, each)]
        for each in made:
            fields = list(self.to_state.models[migration.app_label, each.name_lower].fields)
            each.fields.sort(key=lambda field: fields.index(field[0]))
        migration.operations = [CreateTables(made), *rest]
        migration.dependencies = list({GROUND, *migration.dependencies, *self._accounts(migration)})

    def _accounts(self, migration: Any) -> list[tuple[str, str]]:
        """All that is said of accounts so far, for an app that refers to them: libraries that do then come before it.

        Each of their many small steps works out the state of all models that are there, so they come while those are few.
        """
        if ("__setting__", "AUTH_USER_MODEL") not in migration.dependencies:
            return []
        return list(self.graph.leaf_nodes(settings.AUTH_USER_MODEL.split(".")[0]))


def _made_before(label: str, models: Iterable[Named]) -> Iterator[OperationDependency]:
    for named in models:
        meta = declared.model(named)._meta
        if meta.app_label != label:
            yield OperationDependency(meta.app_label, meta.model_name, None, OperationDependency.Type.CREATE)


def _put_into(models: dict[str, CreateModel], operation: Any) -> bool:
    """Let a model be created with what the operation would add to it; whether it could."""
    model = models.get(getattr(operation, "model_name_lower", ""))
    if model is None:
        return False
    match operation:
        case AddField():
            model.fields.append((operation.name, operation.field))
        case AddIndex():
            model.options.setdefault("indexes", []).append(operation.index)
        case AddConstraint():
            constraint = operation.constraint  # type: ignore[attr-defined]  # hints lack it
            model.options.setdefault("constraints", []).append(constraint)
        case AddTrigger():
            model.options.setdefault("triggers", []).append(operation.trigger)
        case _:
            return False
    return True
