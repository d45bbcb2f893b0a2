"""Which rights on tables the code uses: read from the functions that write, as far as their text tells.

A row is inserted where a function makes one, or hands its model on; a field is updated where a function names it; a row is
removed where a function deletes. Only functions that lead to a write are read, and each for the models that its module names;
fields also of those that these lead to. That is at least what services do, so a right for which nothing is found is one that none needs.
"""

import ast
from collections.abc import Iterator
from types import ModuleType
from typing import NamedTuple

from django.db.models import Model

from tests.audits.ledger import writers
from tests.audits.ledger.writers import Function

BY_MANAGER = {"create", "bulk_create", "get_or_create", "update_or_create"}


class Right(NamedTuple):
    """INSERT or DELETE of rows of a model, or UPDATE of one of its fields."""

    model: str
    what: str
    field: str = ""


def find_used() -> set[Right]:
    """Every right that some function of ours may be using."""
    return {
        right
        for module in writers.modules()
        for function in writers.functions(module)
        if writers.leads_to_a_write(function)
        for right in _of_function(function, _named(module))
    }


def _named(module: ModuleType) -> set[type[Model]]:
    """The models that a module names."""
    named = {each for each in vars(module).values() if isinstance(each, type) and issubclass(each, Model)}
    return {each._meta.concrete_model for each in named if each is not Model and not each._meta.abstract}


def _with_related(named: set[type[Model]]) -> set[type[Model]]:
    """These models, and those that their rows lead to by a relation."""
    related = {
        field.related_model for each in named for field in each._meta.get_fields() if field.related_model
    }
    return named | {each for each in related if isinstance(each, type)}


def _of_function(function: Function, named: set[type[Model]]) -> Iterator[Right]:
    node = writers.read_node(function)
    made, words = set(_made(node)), _words(node)
    for model in named:
        if model.__name__ in made:
            yield Right(model._meta.label, "INSERT")
        if any(_is_call(each, {"delete"}) for each in ast.walk(node)):
            yield Right(model._meta.label, "DELETE")
    for model in _with_related(named):
        for field in model._meta.concrete_fields:
            if field.name in words:
                yield Right(model._meta.label, "UPDATE", field.name)


def _made(node: ast.AST) -> Iterator[str]:
    """What a function makes: by its class or its class's manager, or by handing the class on."""
    for each in ast.walk(node):
        match each:
            case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)) if name[
                0
            ].isupper():
                yield name
            case ast.Call(func=ast.Attribute(attr=attr, value=ast.Attribute(value=ast.Name(id=name)))) if (
                attr in BY_MANAGER
            ):
                yield name
        if isinstance(each, ast.Call):
            yield from (part.id for part in each.args if isinstance(part, ast.Name))


def _words(node: ast.AST) -> set[str]:
    """The fields that a function names: in a list, to a call, by a name of its own, or as what `.update()` is given."""
    words: set[str] = set()
    for each in ast.walk(node):
        match each:
            case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
                words |= set(_constants(*parts))
            case ast.Call(args=parts, keywords=keywords):
                words |= set(_constants(*parts))
                if _is_call(each, {"update"}):
                    words |= {keyword.arg for keyword in keywords if keyword.arg}
            case ast.Assign(value=ast.IfExp(body=first, orelse=second)):
                words |= set(_constants(first, second))
    return words


def _constants(*nodes: ast.AST) -> Iterator[str]:
    return (each.value for each in nodes if isinstance(each, ast.Constant) and isinstance(each.value, str))


def _is_call(node: ast.AST, names: set[str]) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names
