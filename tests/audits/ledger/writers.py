"""Who writes: reads the code of a module and says which of its functions write, and whom they call.

A function writes where it calls one of `WRITES` or `INSERTS`, or runs SQL that changes rows. What it calls is what its names
stand for once the module is imported, tables of functions included, so that re-exports and aliases are followed.
"""

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

APPS = ("audits", "charter", "governance")
WRITES = {"save", "create", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
INSERTS = {"insert", "insert_all", "insert_unless_there"}
RUNS = {"run", "execute", "copy"}
_CHANGES_ROWS = re.compile(r"\b(INSERT INTO|(?<!FOR )(?<!KEY )UPDATE|DELETE FROM|COPY)\b")


@dataclass(frozen=True)
class Function:
    """A function or method of ours, by its module and qualified name."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"

    @property
    def of_the_clock(self) -> bool:
        """Whether it stands among scans, which call their functions by position, as whoever the pass acts for."""
        return self.module.endswith(".scans")

    @property
    def called_from_outside(self) -> bool:
        """Whether others may call it: by its name, or by the clock, to which a scan hands its private functions too."""
        return self.of_the_clock or not any(part.startswith("_") for part in self.name.split("."))


def modules() -> Iterator[ModuleType]:
    """Every module of the apps, migrations aside."""
    for app in APPS:
        package = importlib.import_module(app)
        for found in pkgutil.walk_packages(package.__path__, f"{app}."):
            if ".migrations" not in found.name:
                yield importlib.import_module(found.name)


def functions(module: ModuleType) -> list[Function]:
    """The functions and methods that a module defines, and the lambdas of its constants."""
    return [Function(module.__name__, name) for name in _read(module.__name__).nodes]


def writes(function: Function) -> bool:
    """Whether it writes, by itself or by what it calls within its module."""
    return any(map(_writes_itself, _reach(function, lambda each: each.module == function.module)))


def leads_to_a_write(function: Function) -> bool:
    """Whether it writes, by itself or by what it calls anywhere."""
    return any(map(_writes_itself, _reach(function, lambda each: True)))


def reaches(function: Function, goal: Function) -> bool:
    """Whether it calls the goal, by whatever way."""
    return goal in _reach(function, lambda each: True)


def takes_by(function: Function) -> bool:
    """Whether `by` is one of its keyword-only parameters."""
    return "by" in {each.arg for each in read_node(function).args.kwonlyargs}


@dataclass
class _Module:
    """A module's functions by qualified name, and what its constants are made of."""

    nodes: dict[str, ast.FunctionDef | ast.Lambda]
    constants: dict[str, ast.expr]


@cache
def _read(name: str) -> _Module:
    module = importlib.import_module(name)
    nodes: dict[str, ast.FunctionDef | ast.Lambda] = {}
    constants: dict[str, ast.expr] = {}
    for each in ast.parse(Path(module.__file__ or "").read_text(encoding="utf-8")).body:
        match each:
            case ast.FunctionDef():
                nodes[each.name] = each
            case ast.ClassDef():
                methods = (inner for inner in each.body if isinstance(inner, ast.FunctionDef))
                nodes |= {f"{each.name}.{inner.name}": inner for inner in methods}
            case ast.Assign(targets=[ast.Name(id=target)]):
                constants[target] = each.value
                lambdas = [inner for inner in ast.walk(each.value) if isinstance(inner, ast.Lambda)]
                nodes |= {f"{target}.<lambda {place}>": inner for place, inner in enumerate(lambdas, 1)}
    return _Module(nodes, constants)


def read_node(function: Function) -> ast.FunctionDef | ast.Lambda:
    """A function as it is written."""
    return _read(function.module).nodes[function.name]


@cache
def _writes_itself(function: Function) -> bool:
    return any(_is_write(each, function.module) for each in ast.walk(read_node(function)))


def _is_write(node: ast.AST, module: str) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr="update"), keywords=[_, *_]):
            return True  # of a queryset; a mapping's takes what it adds by position
        case ast.Call(func=ast.Attribute(attr=name), args=[text, *_]) if name in RUNS:
            return _CHANGES_ROWS.search(_text(text, module)) is not None
        case ast.Call(func=ast.Attribute(value=ast.Name(id="records" | "statements"), attr=name)):
            return name in INSERTS
        case ast.Call(func=ast.Attribute(value=ast.Name(id="cache"))):
            return False
        case ast.Call(func=ast.Attribute(attr=name)):
            return name in WRITES
    return False


def _text(node: ast.expr, module: str) -> str:
    """The SQL that an expression holds, a constant of the module looked up."""
    if isinstance(node, ast.Name):
        node = _read(module).constants.get(node.id, node)
    return ast.unparse(node)


@cache
def _calls(function: Function) -> frozenset[Function]:
    """What a function names, directly or through a constant of its module."""
    owner = function.name.rpartition(".")[0]
    return frozenset(_named(read_node(function), function.module, owner))


def _named(node: ast.AST, module: str, owner: str) -> Iterator[Function]:
    there, here = _read(module), importlib.import_module(module)
    for each in ast.walk(node):
        match each:
            case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name):
                yield from _known(Function(module, f"{owner}.{name}"))
            case ast.Attribute(value=ast.Name(id=name), attr=attribute):
                yield from _functions(getattr(getattr(here, name, None), attribute, None))
            case ast.Name(id=name, ctx=ast.Load()) if name in there.constants:
                yield from _named(there.constants[name], module, owner)
            case ast.Name(id=name, ctx=ast.Load()):
                yield from _functions(getattr(here, name, None))
            case ast.ImportFrom(module=str(source), names=names):
                found = importlib.import_module(source)
                for alias in names:
                    yield from _functions(getattr(found, alias.name, None))


def _functions(value: Any) -> Iterator[Function]:
    """What a value calls when it is used: itself, or any method where it is a class of ours."""
    if isinstance(value, FunctionType):
        value = inspect.unwrap(value)
        yield from _known(Function(value.__module__, value.__qualname__))
    elif isinstance(value, type) and value.__module__.split(".")[0] in APPS:
        for name in vars(value):
            yield from _known(Function(value.__module__, f"{value.__qualname__}.{name}"))


def _known(function: Function) -> Iterator[Function]:
    if function.module.split(".")[0] in APPS and function.name in _read(function.module).nodes:
        yield function


def _reach(function: Function, follows: Callable[[Function], bool]) -> set[Function]:
    """A function and all that it calls, as far as `follows` goes."""
    found, left = {function}, [function]
    while left:
        new = {each for each in _calls(left.pop()) if follows(each)} - found
        found |= new
        left += new
    return found
