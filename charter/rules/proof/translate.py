"""Policies of Cedar as one SMT-LIB text, with the value and the error of each expression. Pure.

Cedar's meaning is that of its specification (Cutler et al., “Cedar: a new language for expressive, fast, safe, and
analyzable authorization”, OOPSLA 2024, and the Lean model of cedar-spec): `&&`, `||` and `if` look at no more than
they need, arithmetic fails where it overflows, a policy that fails is skipped. What is not written here raises
`NotCoveredError`, so that nothing is ever proved of half a rulebook.
"""

from collections.abc import Iterable, Iterator, Mapping

from cedarpy import pst

from charter.rules.proof.schema import BOOL, LONG, STRING, NotCoveredError, RuleShape, Sort
from charter.rules.proof.terms import (
    FALSE,
    TRUE,
    TypedTerm,
    Words,
    both,
    choose,
    either,
    negate,
    number,
    overflows,
    same_sort,
    word_of,
)

CONTEXT, RESOURCE, PRINCIPAL = "c", "r", "principal"
_COMPARED = {"less": "<", "less_eq": "<=", "greater": ">", "greater_eq": ">="}
_COUNTED = {"add": "+", "sub": "-"}


class Translator:
    """Writes expressions of one shape.

    `allowed` limits which words a set of strings can hold, such as `waived` of a rulebook. `fixed` says in other words
    what some variables are, such as those of a charter that there is.
    """

    def __init__(
        self,
        shape: RuleShape,
        allowed: Mapping[str, frozenset[str]] | None = None,
        fixed: Mapping[str, str] | None = None,
    ) -> None:
        self.shape = shape
        self.allowed = allowed or {}
        self.fixed = fixed or {}
        self.strings: dict[str, set[str]] = {}  # by variable, those that its policies ask for

    def policy(self, policy: pst.Template) -> tuple[str, str]:
        """When a policy matches, and when it fails."""
        heads = [
            self._scope(PRINCIPAL, policy.principal),
            self._action(policy.action),
            self._scope(RESOURCE, policy.resource),
        ]
        value, error = TRUE, FALSE
        for term in (*heads, *(self._clause(clause) for clause in policy.clauses)):
            error = either(error, both(value, term.error))
            value = both(value, term.value)
        return both(value, negate(error)), error

    def _clause(self, clause: pst.Clause) -> TypedTerm:
        term = self._of(clause.expr, BOOL)
        return term if isinstance(clause, pst.When) else TypedTerm(BOOL, negate(term.value), term.error)

    def _scope(self, var: str, scope: pst.PrincipalOrResourceConstraint) -> TypedTerm:
        kind = self.shape.principal if var == PRINCIPAL else self.shape.resource
        match scope:
            case pst.ScopeAny():
                return TypedTerm(BOOL, TRUE)
            case pst.ScopeIs(entity_type=named):
                return TypedTerm(BOOL, TRUE if str(named) == kind else FALSE)
            case pst.ScopeEq(entity=pst.EntityUid() as named) if var == PRINCIPAL:
                return TypedTerm(BOOL, f"(= {PRINCIPAL} {self._word(named)})")
            case _:
                raise NotCoveredError(f"the scope of {var}")

    def _action(self, action: pst.ActionConstraint) -> TypedTerm:
        match action:
            case pst.ScopeAny():
                return TypedTerm(BOOL, TRUE)
            case pst.ActionEq(entity=named) if named.id == self.shape.action:
                return TypedTerm(BOOL, TRUE)
            case _:
                raise NotCoveredError("the scope of an action")

    def _of(self, expr: pst.Expr, sort: str) -> TypedTerm:
        term = self.term(expr)
        if not isinstance(term, TypedTerm) or term.sort != sort:
            raise NotCoveredError(f"something in place of a {sort}")
        return term

    def term(self, expr: pst.Expr) -> TypedTerm | Words:
        """An expression. Raises `NotCoveredError` for a form that is not written here."""
        match expr:
            case pst.BoolLit(value=value):
                return TypedTerm(BOOL, TRUE if value else FALSE)
            case pst.LongLit(value=value):
                return TypedTerm(LONG, number(value))
            case pst.StringLit(value=value):
                return TypedTerm(STRING, value)
            case pst.EntityLit(value=uid):
                return TypedTerm(str(uid.type), self._word(uid))
            case pst.Var(name="principal"):
                return TypedTerm(self.shape.principal, PRINCIPAL)
            case pst.Set(elements=elements):
                return self._set(elements)
            case pst.GetAttr(base=base, attr=attr):
                return self._attribute(base, attr)
            case pst.HasAttr(base=base, attrs=attrs):
                return self._has(base, attrs)
            case pst.Is(base=base, entity_type=named, in_expr=None):
                return self._is(base, str(named))
            case pst.IfThenElse():
                return self._conditional(expr)
            case pst.UnaryOp():
                return self._unary(expr)
            case pst.BinaryOp():
                return self._binary(expr)
            case _:
                raise NotCoveredError(f"an expression of form {type(expr).__name__}")

    def _word(self, uid: pst.EntityUid) -> str:
        if uid.id not in self.shape.vocabularies.get(str(uid.type), ()):
            raise NotCoveredError(f"the name {uid}")
        return word_of(str(uid.type), uid.id)

    def _set(self, elements: Iterable[pst.Expr]) -> Words:
        """A list as it is written: its elements are words."""
        words = [element for element in map(self.term, elements) if isinstance(element, TypedTerm)]
        of = same_sort(words) if words else ""
        if of == STRING:
            return Words(STRING, {word.value: TRUE for word in words})
        if of not in self.shape.vocabularies or not all(word.value.startswith(f"{of}.") for word in words):
            raise NotCoveredError("a list of anything but words")
        return Words(of, {word.value.removeprefix(f"{of}."): TRUE for word in words})

    def _attribute(self, base: pst.Expr, attr: str) -> TypedTerm | Words:
        prefix, sorts = self._record(base)
        if attr not in sorts:
            raise NotCoveredError(f"the attribute {attr}")
        sort, name = sorts[attr], f"{prefix}.{attr}"
        if not sort.many:
            return TypedTerm(sort.of, self.fixed.get(name, name))
        if sort.of == STRING:
            return Words(STRING, _Asked(self, attr, name), open_ended=True)
        holds = {word: f"{name}.{word}" for word in self.shape.vocabularies[sort.of]}
        return Words(sort.of, {word: self.fixed.get(each, each) for word, each in holds.items()})

    def _record(self, base: pst.Expr) -> tuple[str, Mapping[str, Sort]]:
        match base:
            case pst.Var(name="context"):
                return CONTEXT, self.shape.of_context
            case pst.Var(name="resource"):
                return RESOURCE, self.shape.of_resource
            case _:
                raise NotCoveredError("an attribute of anything but the request and the charter")

    def _has(self, base: pst.Expr, attrs: tuple[str, ...]) -> TypedTerm:
        _, sorts = self._record(base)
        if len(attrs) != 1 or attrs[0] not in sorts:
            raise NotCoveredError(f"has {'.'.join(attrs)}")
        return TypedTerm(BOOL, TRUE)  # no attribute of the schema is optional

    def _is(self, base: pst.Expr, named: str) -> TypedTerm:
        if base == pst.Var("resource"):
            return TypedTerm(BOOL, TRUE if named == self.shape.resource else FALSE)
        term = self.term(base)
        if not isinstance(term, TypedTerm):
            raise NotCoveredError(f"is {named}")
        return TypedTerm(BOOL, TRUE if term.sort == named else FALSE, term.error)

    def _conditional(self, expr: pst.IfThenElse) -> TypedTerm:
        test = self._of(expr.cond, BOOL)
        this, that = self.term(expr.then_expr), self.term(expr.else_expr)
        if not isinstance(this, TypedTerm) or not isinstance(that, TypedTerm) or this.sort == STRING:
            raise NotCoveredError("a choice between sets or texts")
        error = either(test.error, choose(test.value, this.error, that.error))
        return TypedTerm(same_sort((this, that)), choose(test.value, this.value, that.value), error)

    def _unary(self, expr: pst.UnaryOp) -> TypedTerm:
        if expr.op == "not":
            term = self._of(expr.arg, BOOL)
            return TypedTerm(BOOL, negate(term.value), term.error)
        if expr.op == "neg":
            term = self._of(expr.arg, LONG)
            value = f"(- {term.value})"
            return TypedTerm(LONG, value, either(term.error, overflows(value)))
        if expr.op == "is_empty":
            words = self._words(self.term(expr.arg))
            if words.open_ended:
                raise NotCoveredError("isEmpty of a set of texts")
            return TypedTerm(BOOL, negate(either(*words.holds.values())), words.error)
        raise NotCoveredError(f"the operator {expr.op}")

    def _binary(self, expr: pst.BinaryOp) -> TypedTerm:
        match expr.op:
            case "and" | "or":
                return self._connected(expr)
            case "eq" | "not_eq":
                return self._equal(expr)
            case "less" | "less_eq" | "greater" | "greater_eq":
                left, right = self._of(expr.left, LONG), self._of(expr.right, LONG)
                said = f"({_COMPARED[expr.op]} {left.value} {right.value})"
                return TypedTerm(BOOL, said, either(left.error, right.error))
            case "add" | "sub" | "mul":
                return self._counted(expr)
            case "contains" | "in":
                return self._member(expr)
            case "contains_any" | "contains_all":
                return self._subsets(expr)
            case _:
                raise NotCoveredError(f"the operator {expr.op}")

    def _connected(self, expr: pst.BinaryOp) -> TypedTerm:
        left, right = self._of(expr.left, BOOL), self._of(expr.right, BOOL)
        if expr.op == "and":
            error = either(left.error, both(left.value, right.error))
            return TypedTerm(BOOL, both(left.value, right.value), error)
        error = either(left.error, both(negate(left.value), right.error))
        return TypedTerm(BOOL, either(left.value, right.value), error)

    def _equal(self, expr: pst.BinaryOp) -> TypedTerm:
        left, right = self.term(expr.left), self.term(expr.right)
        if (
            not isinstance(left, TypedTerm)
            or not isinstance(right, TypedTerm)
            or STRING in (left.sort, right.sort)
        ):
            raise NotCoveredError("equality of sets or texts")
        same_sort((left, right))
        said = f"(= {left.value} {right.value})"
        return TypedTerm(BOOL, said if expr.op == "eq" else negate(said), either(left.error, right.error))

    def _counted(self, expr: pst.BinaryOp) -> TypedTerm:
        left, right = self._of(expr.left, LONG), self._of(expr.right, LONG)
        if expr.op == "mul" and not any(isinstance(side, pst.LongLit) for side in (expr.left, expr.right)):
            raise NotCoveredError("a product of two counts")
        value = f"({_COUNTED.get(expr.op, '*')} {left.value} {right.value})"
        return TypedTerm(LONG, value, either(left.error, right.error, overflows(value)))

    def _member(self, expr: pst.BinaryOp) -> TypedTerm:
        """`set.contains(word)`, and `word in [words]`, which is the same where no word has parents."""
        first, second = (expr.left, expr.right) if expr.op == "contains" else (expr.right, expr.left)
        many, one = self.term(first), self.term(second)
        if isinstance(many, TypedTerm) and expr.op == "in" and many.sort in self.shape.vocabularies:
            return self._equal(pst.BinaryOp("eq", expr.left, expr.right))
        words = self._words(many)
        if not isinstance(one, TypedTerm) or (words.of or one.sort) != one.sort:
            raise NotCoveredError("membership of anything but a word")
        error = either(words.error, one.error)
        if one.sort == STRING:
            return TypedTerm(BOOL, words.holds.get(one.value, FALSE), error)
        found = [
            both(holds, f"(= {one.value} {word_of(words.of, word)})") for word, holds in words.holds.items()
        ]
        literal = one.value.removeprefix(f"{words.of}.")
        return TypedTerm(
            BOOL,
            words.holds.get(literal, FALSE) if isinstance(second, pst.EntityLit) else either(*found),
            error,
        )

    def _subsets(self, expr: pst.BinaryOp) -> TypedTerm:
        left, right = self._words(self.term(expr.left)), self._words(self.term(expr.right))
        if left.of != right.of or right.open_ended:
            raise NotCoveredError("a comparison of unlike sets")
        error = either(left.error, right.error)
        pairs = [(left.holds.get(word, FALSE), holds) for word, holds in right.holds.items()]
        if expr.op == "contains_any":
            return TypedTerm(BOOL, either(*(both(mine, theirs) for mine, theirs in pairs)), error)
        return TypedTerm(BOOL, both(*(either(mine, negate(theirs)) for mine, theirs in pairs)), error)

    def _words(self, term: TypedTerm | Words) -> Words:
        if not isinstance(term, Words):
            raise NotCoveredError("a single value in place of a set")
        return term


class _Asked(dict[str, str]):
    """A set of strings: what it may hold is what policies ask for, so each is declared when it is first asked for."""

    def __init__(self, translator: Translator, attr: str, name: str) -> None:
        super().__init__()
        self._translator, self._attr, self._name = translator, attr, name

    def get(self, word: str, default: str = FALSE) -> str:  # type: ignore[override]
        """When the set holds the word; never, where the rulebook lets it hold no such word."""
        allowed = self._translator.allowed.get(self._attr)
        if allowed is not None and word not in allowed:
            return FALSE
        name = f"{self._name}.{word}"
        if not all(letter.isalnum() or letter in "-_" for letter in word):
            raise NotCoveredError(f"the text “{word}”")
        self._translator.strings.setdefault(self._attr, set()).add(word)
        return name


def declare(shape: RuleShape, strings: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """The words, and a constant for each thing that can be looked at."""
    for vocabulary, words in shape.vocabularies.items():
        listed = " ".join(f"({word_of(vocabulary, word)})" for word in words)
        yield f"(declare-datatypes (({vocabulary} 0)) (({listed})))"
    for name, sort in list_variables(shape, strings).items():
        yield f"(declare-const {name} {'Int' if sort == LONG else sort})"
        if sort == LONG:
            yield f"(assert (not {overflows(name)}))"


def list_variables(shape: RuleShape, strings: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Each constant with its sort: a set has one for each word that it may hold."""
    found = {PRINCIPAL: shape.principal}
    for prefix, sorts in ((RESOURCE, shape.of_resource), (CONTEXT, shape.of_context)):
        for attr, sort in sorts.items():
            if not sort.many:
                found[f"{prefix}.{attr}"] = sort.of
                continue
            words = sorted(strings.get(attr, ())) if sort.of == STRING else shape.vocabularies[sort.of]
            found |= {f"{prefix}.{attr}.{word}": BOOL for word in words}
    return found
