"""What stands in FROM: tables, subqueries, functions and pivots, and how they are joined. Pure."""

from msgspec import Struct
from sqlglot import exp

from charter.panels.expressions import ExpressionWalk, name_function
from charter.panels.reaching import HeldColumn, Holds, ReachKind
from charter.panels.scopes import NOTHING, Relation, SqlScope, Traced, read_result, read_table, unite
from charter.panels.tables import PanelTable, Tables, is_catalogue

# Functions that give rows of their own, out of nothing.
_SERIES = (exp.GenerateSeries, exp.Unnest, exp.ExplodingGenerateSeries, exp.GenerateDateArray, exp.Explode)


class Given(Struct, frozen=True):
    """What a query gives: its columns in order, and what it is read as. `of_a_team` where it keeps rows by a team at most."""

    columns: tuple[tuple[str, Traced], ...]
    relation: Relation
    of_a_team: bool = False


class FromWalk(ExpressionWalk):
    """The part of a walk that knows what names in FROM stand for, with what is known of tables."""

    def __init__(self, tables: Tables) -> None:
        super().__init__()
        self._tables = tables
        self.read: dict[str, PanelTable] = {}

    def query(self, node: exp.Expr, known: dict[str, Relation], outer: SqlScope | None) -> Given:
        """What a query gives; `known` are the WITH around it."""
        raise NotImplementedError

    @staticmethod
    def _name(given: Given, item: exp.Expr) -> Relation:
        """A result under an alias, its columns renamed where the alias says so."""
        alias = item.args.get("alias")
        names = (
            [each.name for each in alias.args.get("columns") or ()]
            if isinstance(alias, exp.TableAlias)
            else []
        )
        return read_result(given.columns, given.relation, names)

    def _from(self, node: exp.Select, scope: SqlScope) -> None:
        if (begin := node.args.get("from_")) is not None:
            self._add(begin.this, scope)
        for lateral in node.args.get("laterals") or ():
            self._add(lateral, scope)
        self._joins(node, scope)

    def _joins(self, node: exp.Expr, scope: SqlScope) -> None:
        for join in node.args.get("joins") or ():
            before = dict(scope.relations)
            self._add(join.this, scope)
            for key in ("on", "match_condition"):
                if (condition := join.args.get(key)) is not None:
                    self.hold(condition, scope)
            self._by_name(join, scope, before)

    def _by_name(self, join: exp.Join, scope: SqlScope, before: dict[str, Relation]) -> None:
        """USING and NATURAL compare columns of one name."""
        added = [each for name, each in scope.relations.items() if name not in before]
        names = [each.name for each in join.args.get("using") or ()]
        if str(join.args.get("method") or "").upper() == "NATURAL":
            names = [name for each in added for name in each.columns]
        for name in names:
            left = unite([*(_look(each, name) for each in before.values()), NOTHING]).persons
            right = unite([*(_look(each, name) for each in added), NOTHING]).persons
            if bool(left) != bool(right):
                self.reach(ReachKind.FILTERED, left | right)

    def _add(self, item: exp.Expr, scope: SqlScope) -> None:
        """Let what stands in FROM stand under its name, with what is joined to it in parentheses."""
        relation = self._relation(item, scope)
        for pivot in item.args.get("pivots") or ():
            relation = self._pivot(pivot, relation)
        if relation is not None:
            scope.add(item.alias_or_name, relation)
        self._joins(item, scope)

    def _relation(self, item: exp.Expr, scope: SqlScope) -> Relation | None:
        if isinstance(item, exp.Lateral):
            return self._lateral(item, scope)
        if isinstance(item, exp.Table):
            return self._table(item, scope)
        if isinstance(item, exp.Query | exp.Values):
            return self._name(self.query(item, scope.known, scope), item)
        if isinstance(item.this, exp.Table | exp.Query):  # FINAL and the like, round a table
            return self._relation(item.this, scope)
        return self._unfold(item, scope)

    def _lateral(self, item: exp.Lateral, scope: SqlScope) -> Relation:
        inner = item.this
        if isinstance(inner, exp.Query):
            return self._name(self.query(inner, scope.known, scope), item)
        return self._unfold(inner, scope)

    def _unfold(self, item: exp.Expr, scope: SqlScope) -> Relation:
        """A list or a function that gives rows: every column of it rests on what it was made of."""
        made = self.walk(item, scope)
        known = isinstance(item, _SERIES) or bool(made.cells)
        unknown = (
            frozenset[HeldColumn]()
            if known
            else frozenset({HeldColumn(name_function(item), "*", Holds.UNRESOLVED)})
        )
        changed = Traced(made.cells | unknown, False, made.time, False)
        return Relation({}, lambda _: changed, star=changed)

    def _table(self, item: exp.Table, scope: SqlScope) -> Relation:
        if not isinstance(item.this, exp.Identifier):
            if not isinstance(item.this, _SERIES):
                self.reach(ReachKind.OUTSIDE, name_function(item.this))
            return self._unfold(item.this, scope)
        if not item.db and item.name.lower() in scope.known:
            known = scope.known[item.name.lower()]
            return self._name(Given(tuple(known.columns.items()), known), item)
        table = self._tables.find(item.db, item.name)
        if is_catalogue(item.db, item.name):
            self.reach(ReachKind.CATALOGUE, item.name)
        self.read[table.name] = table
        return self._rename(read_table(table), item)

    def _rename(self, relation: Relation, item: exp.Table) -> Relation:
        alias = item.args.get("alias")
        names = alias.args.get("columns") if isinstance(alias, exp.TableAlias) else None
        if not names:
            return relation
        whole = relation.whole()
        return Relation(
            {each.name.lower(): whole for each in names}, None, relation.tables, relation.of_people
        )

    def _pivot(self, pivot: exp.Expr, relation: Relation | None) -> Relation:
        """Values become columns: whoever is pivoted by name has a column each."""
        scope = SqlScope({}, None)
        scope.add("", relation or Relation({}))
        found = [self.walk(column, scope) for column in pivot.find_all(exp.Column)]
        self.reach(ReachKind.GROUPED, unite([*found, NOTHING]).persons)
        whole = unite([*found, *((relation.star,) if relation else ()), NOTHING])
        return Relation(
            {},
            lambda name: (relation.find(name) if relation else None) or whole,
            relation.tables if relation else (),
            star=whole,
        )


def _look(relation: Relation, name: str) -> Traced:
    found = relation.find(name)
    return found or (relation.guess(name) if relation.guess else NOTHING)
