"""One walk through the queries of a statement: what they read, group, order and give. Pure."""

from collections.abc import Iterable
from typing import cast

from sqlglot import exp

from charter.panels.from_clauses import FromWalk, Given
from charter.panels.reaching import Holds, ReachKind
from charter.panels.scopes import NOTHING, Relation, SqlScope, Traced, read_result, unite

LEAST_PEOPLE = 5  # of a group; AR12
_LOOKED_AT = frozenset(
    {
        "expressions",
        "from_",
        "joins",
        "laterals",
        "where",
        "prewhere",
        "group",
        "having",
        "qualify",
        "order",
        "windows",
        "with_",
    }
    | {"kind", "hint", "operation_modifiers", "into", "sample", "options", "format", "settings", "for_"}
)
_CUTTING = frozenset({"distinct", "limit", "cluster", "distribute", "sort"})
_KEYS = frozenset({Holds.TEAM, Holds.PLAIN, Holds.UNRESOLVED})
_UPWARD = (exp.GT, exp.GTE)
_DOWNWARD = (exp.LT, exp.LTE, exp.EQ)


class QueryWalk(FromWalk):
    """A walk through one statement, with what is known of tables."""

    def subquery(self, node: exp.Query, scope: SqlScope) -> Traced:
        given = self.query(node, scope.known, scope)
        columns = [traced for _, traced in given.columns]
        self.team_lists[id(node)] = given.of_a_team
        return columns[0] if len(columns) == 1 else unite([*columns, NOTHING])

    def query(self, node: exp.Expr, known: dict[str, Relation], outer: SqlScope | None) -> Given:
        """What a query gives; `known` are the WITH around it."""
        known = self._with(node, known, outer)
        if isinstance(node, exp.Subquery):
            return self._wrapped(node, known, outer)
        if isinstance(node, exp.SetOperation):
            return self._both(node, known, outer)
        if isinstance(node, exp.Select):
            return self._select(node, known, outer)
        if isinstance(node, exp.Values):
            return self._values(node, known, outer)
        if not isinstance(node, exp.Table):
            self.reach(ReachKind.NO_QUERY, str(node.key).upper())
        scope = SqlScope(known, outer)
        self._add(node, scope)
        return _give_all(scope)

    def _with(
        self, node: exp.Expr, known: dict[str, Relation], outer: SqlScope | None
    ) -> dict[str, Relation]:
        clause = node.args.get("with_")
        known = dict(known)
        if clause is None:
            return known
        for cte in clause.expressions:
            if clause.args.get("recursive") and isinstance(cte.this, exp.SetOperation):
                begun = self.query(cte.this.left, known, outer)
                known[cte.alias.lower()] = self._name(begun, cte)
            known[cte.alias.lower()] = self._name(self.query(cte.this, known, outer), cte)
        return known

    def _wrapped(self, node: exp.Subquery, known: dict[str, Relation], outer: SqlScope | None) -> Given:
        scope = SqlScope(known, outer)
        inner = node.this
        if not isinstance(inner, exp.Query):  # parentheses round a join
            self._add(inner, scope)
            return _give_all(scope)
        given = self.query(inner, known, outer)
        self.team_lists[id(node)] = given.of_a_team
        scope.add("", read_result(given.columns, given.relation))
        scope.aliases = {name.lower(): traced for name, traced in given.columns}
        self._order(node, scope, given.columns, grouped=NOTHING, top=False)
        return given

    def _both(self, node: exp.SetOperation, known: dict[str, Relation], outer: SqlScope | None) -> Given:
        """Both sides of a UNION, EXCEPT or INTERSECT: columns go by their place and are called as on the left."""
        left, right = self.query(node.left, known, outer), self.query(node.right, known, outer)
        columns = tuple(
            (name, unite([traced, right.columns[place][1]]) if place < len(right.columns) else traced)
            for place, (name, traced) in enumerate(left.columns)
        )
        both = (left.relation, right.relation)
        relation = Relation(
            {},
            left.relation.guess or right.relation.guess,
            tuple(table for each in both for table in each.tables),
            any(each.of_people for each in both),
            all(each.aggregated for each in both),
        )
        scope = SqlScope(known, outer)
        scope.add("", read_result(columns, relation))
        self._order(node, scope, columns, grouped=NOTHING, top=True)
        return Given(columns, relation)

    def _values(self, node: exp.Values, known: dict[str, Relation], outer: SqlScope | None) -> Given:
        scope = SqlScope(known, outer)
        rows = [self.walk(row, scope) for row in node.expressions]
        alias = node.args.get("alias")
        names = [each.name for each in alias.args.get("columns") or ()] if alias is not None else []
        count = max([len(names), *(len(row.expressions) for row in node.expressions), 1])
        whole = unite([*rows, NOTHING])
        labels = [*names, *(f"column{place + 1}" for place in range(len(names), count))]
        return Given(tuple((name, whole) for name in labels), Relation({}))

    def _select(self, node: exp.Select, known: dict[str, Relation], outer: SqlScope | None) -> Given:
        scope = SqlScope(known, outer)
        self._from(node, scope)
        narrowed = self._where(node, scope)
        columns = tuple(self._columns(node, scope))
        scope.aliases = {name.lower(): traced for name, traced in columns if name}
        for window in node.args.get("windows") or ():
            self.window_parts(window, scope)
        keys = self._group(node, scope, columns)
        guarded = self._having(node, scope)
        if (qualify := node.args.get("qualify")) is not None:
            self.hold(qualify.this, scope)
        self._order(node, scope, columns, grouped=keys, top=True)
        self._look_at_rest(node, scope)
        if any(traced.aggregated for _, traced in columns):
            self.reach(ReachKind.GROUPED, scope.correlated)  # a figure for each person of the query around
        aggregated = (
            bool(keys.cells) or node.args.get("group") is not None or any(t.aggregated for _, t in columns)
        )
        self._look_at_groups(scope, columns, keys, narrowed, aggregated=aggregated, guarded=guarded)
        self._look_at_sources(scope)
        relation = Relation(
            {},
            next((each.guess for each in scope.relations.values() if each.guess), None),
            scope.tables,
            scope.of_people and not guarded,
            aggregated or all(each.aggregated for each in scope.relations.values()),
        )
        limited = any(
            node.args.get(name) is not None for name in ("limit", "fetch", "offset", "group", "having")
        )
        of_a_team = not limited and all(cell.holds is Holds.TEAM for cell in narrowed.cells)
        return Given(columns, relation, of_a_team)

    def _look_at_rest(self, node: exp.Select, scope: SqlScope) -> None:
        """Clauses that few dialects have: whatever names a person there makes rows of each, or picks somebody out."""
        for key, value in node.args.items():
            if key in _LOOKED_AT:
                continue
            parts = value if isinstance(value, list) else [value]
            found = [self.walk(part, scope) for part in parts if isinstance(part, exp.Expr)]
            persons = unite([*found, NOTHING]).persons
            self.reach(ReachKind.GROUPED if key in _CUTTING else ReachKind.FILTERED, persons)

    def _where(self, node: exp.Select, scope: SqlScope) -> Traced:
        clauses = [node.args[name] for name in ("where", "prewhere") if node.args.get(name) is not None]
        found = unite([*(self.hold(clause.this, scope) for clause in clauses), NOTHING])
        for cell in found.select(Holds.FREE_TEXT):
            self.reach(ReachKind.FREE_TEXT, f"filtered by {cell}", softened=True)
        return found

    def _columns(self, node: exp.Select, scope: SqlScope) -> Iterable[tuple[str, Traced]]:
        for part in node.expressions:
            star = part.is_star and not isinstance(part, exp.Alias)
            if star:
                yield from self._star(part, scope)
            else:
                yield part.alias_or_name or part.sql(), self.walk(part, scope)

    def _star(self, part: exp.Expr, scope: SqlScope) -> Iterable[tuple[str, Traced]]:
        named = part.table if isinstance(part, exp.Column) else ""
        chosen = [scope.find_relation(named)] if named else list(scope.relations.values())
        left_out = {
            each.name.lower()
            for key in ("except_", "except", "exclude")
            for each in _list(_star_of(part).args.get(key))
        }
        for relation in chosen:
            if relation is None:
                continue
            yield from ((name, traced) for name, traced in relation.columns.items() if name not in left_out)
            if relation.star.cells:
                self.reach(ReachKind.UNRESOLVED, relation.star.select(Holds.UNRESOLVED))
                yield "*", relation.star

    def _group(self, node: exp.Select, scope: SqlScope, columns: tuple[tuple[str, Traced], ...]) -> Traced:
        group = node.args.get("group")
        if group is None:
            return NOTHING
        if group.args.get("all"):
            keys = [traced for _, traced in columns if not traced.aggregated]
        else:
            keys = [self._key(each, scope, columns) for each in _group_keys(group)]
        found = unite([*keys, NOTHING])
        self.reach(ReachKind.GROUPED, found.persons)
        return Traced(frozenset(cell for key in keys if not _is_period(key) for cell in key.cells))

    def _key(self, node: exp.Expr, scope: SqlScope, columns: tuple[tuple[str, Traced], ...]) -> Traced:
        """What a key of GROUP BY or ORDER BY means: the place of a column, or an expression."""
        if isinstance(node, exp.Literal) and not node.is_string and node.name.isdigit():
            place = int(node.name) - 1
            return columns[place][1] if 0 <= place < len(columns) else NOTHING
        return self.walk(node, scope)

    def _having(self, node: exp.Select, scope: SqlScope) -> bool:
        """Look at what groups are kept; whether those alone that have enough people."""
        having = node.args.get("having")
        if having is None:
            return False
        self.hold(having.this, scope)
        guarded = False
        for part in _conjuncts(having.this):
            if scope.of_people and _keeps_small(part):
                self.reach(ReachKind.SINGLED_OUT, part.sql())
            guarded |= self._guards(part, scope)
        return guarded

    def _guards(self, part: exp.Expr, scope: SqlScope) -> bool:
        """Whether a condition keeps groups of so many people."""
        if not isinstance(part, _UPWARD) or not isinstance(part.expression, exp.Literal):
            return False
        least = int(part.expression.name) + isinstance(part, exp.GT) if part.expression.name.isdigit() else 0
        count = part.this
        if not isinstance(count, exp.Count) or not isinstance(count.this, exp.Distinct):
            return False
        inner = [self.walk(each, scope) for each in count.this.expressions]
        return least >= LEAST_PEOPLE and len(inner) == 1 and inner[0].unchanged and bool(inner[0].persons)

    def _order(
        self,
        node: exp.Expr,
        scope: SqlScope,
        columns: tuple[tuple[str, Traced], ...],
        *,
        grouped: Traced,
        top: bool,
    ) -> None:
        """ORDER BY, LIMIT and ranks: of people or of teams."""
        order = node.args.get("order")
        keys = [
            self._key(each.this, scope, columns) for each in (order.expressions if order is not None else ())
        ]
        self.reach(ReachKind.ORDERED, unite([*keys, NOTHING]).persons)
        limited = any(node.args.get(name) is not None for name in ("limit", "fetch", "offset"))
        shown = unite([*(traced for _, traced in columns), NOTHING])
        by_value = any(_is_value(key) for key in keys)
        if not (by_value or limited or scope.ranks):
            return
        self.reach(ReachKind.RANKED, shown.persons | grouped.persons)
        teams = grouped.select(Holds.TEAM) | shown.select(Holds.TEAM)
        of_groups = bool(grouped.cells) or all(each.aggregated for each in scope.relations.values())
        if (by_value or any(scope.ranks)) and not (shown.persons | grouped.persons):
            self.reach(ReachKind.TEAMS_RANKED, teams if of_groups or _is_governed(shown) else ())

    def _look_at_groups(
        self,
        scope: SqlScope,
        columns: tuple[tuple[str, Traced], ...],
        keys: Traced,
        narrowed: Traced,
        *,
        aggregated: bool,
        guarded: bool,
    ) -> None:
        """Groups of people that may be small, and what people did one by one."""
        if guarded or not scope.of_people or not aggregated:
            return
        by = [cell for cell in keys.cells if cell.holds in _KEYS]
        by += [cell for cell in narrowed.cells if cell.holds is Holds.TEAM]
        if any(not each.aggregated and each.of_people for each in scope.relations.values()):
            how = ReachKind.PEOPLE_COUNTED if scope.counted else ReachKind.SMALL_GROUP
            self.reach(how, by)

    def _look_at_sources(self, scope: SqlScope) -> None:
        tables = {table.name: table for table in scope.tables}.values()
        self.reach(ReachKind.MONITORING, ", ".join(sorted(table.name for table in tables if table.banned)))
        wellness = [table.name for table in tables if table.of_wellness]
        others = [table.name for table in tables if table.of_people and not table.of_wellness and table.kind]
        if wellness and others:
            self.reach(ReachKind.WELLNESS, ", ".join(sorted([*wellness, *others])))

    def give(self, given: Given) -> Given:
        """Look at what leaves the statement, and pass it on."""
        shown = unite([*(traced for _, traced in given.columns), NOTHING])
        self.reach(ReachKind.PROJECTED, shown.persons)
        self.reach(ReachKind.FREE_TEXT, shown.select(Holds.FREE_TEXT))
        single = [t for _, t in given.columns if not t.aggregated and t.cells]
        if given.relation.of_people and not given.relation.aggregated and single and not shown.persons:
            self.reach(ReachKind.SINGLE_EVENTS, unite([*single, NOTHING]).cells)
        return given


def _give_all(scope: SqlScope) -> Given:
    columns = tuple((name, t) for each in scope.relations.values() for name, t in each.columns.items())
    star = unite([*(each.star for each in scope.relations.values()), NOTHING])
    relation = Relation(
        {},
        next((each.guess for each in scope.relations.values() if each.guess), None),
        scope.tables,
        scope.of_people,
    )
    return Given((*columns, *((("*", star),) if star.cells else ())), relation)


def _group_keys(group: exp.Expr) -> Iterable[exp.Expr]:
    """The keys of GROUP BY, those of ROLLUP, CUBE and GROUPING SETS among them."""
    for key in group.iter_expressions():
        if isinstance(key, exp.Tuple | exp.Paren | exp.Rollup | exp.Cube | exp.GroupingSets):
            yield from _group_keys(key)
        else:
            yield key


def _is_period(key: Traced) -> bool:
    """Whether a key is of nothing but when something happened."""
    return bool(key.cells) and all(cell.holds is Holds.TIME for cell in key.cells)


def _is_value(key: Traced) -> bool:
    return key.aggregated or _is_governed(key)


def _is_governed(traced: Traced) -> bool:
    """Whether it is a value of a governed view."""
    return any(
        cell.table.startswith("governed.") and cell.column in ("value", "low", "high", "n", "people")
        for cell in traced.cells
    )


def _conjuncts(condition: exp.Expr) -> Iterable[exp.Expr]:
    condition = condition.unnest()
    if isinstance(condition, exp.And):
        yield from _conjuncts(condition.this)
        yield from _conjuncts(condition.expression)
    else:
        yield condition


def _keeps_small(part: exp.Expr) -> bool:
    """Whether a condition keeps groups with few rows or people."""
    if isinstance(part, exp.Between):
        return isinstance(part.this, exp.Count)
    left, right = part.args.get("this"), part.args.get("expression")
    return (isinstance(part, _DOWNWARD) and isinstance(left, exp.Count)) or (
        isinstance(part, (exp.GT, exp.GTE, exp.EQ)) and isinstance(right, exp.Count)
    )


def _star_of(part: exp.Expr) -> exp.Expr:
    return cast(exp.Expr, part.this) if isinstance(part, exp.Column) else part


def _list(value: object) -> list[exp.Expr]:
    return list(value) if isinstance(value, list) else [value] if isinstance(value, exp.Expr) else []
