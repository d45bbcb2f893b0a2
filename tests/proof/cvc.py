"""cvc5, made by others than z3 was, asked the same text. In tests only."""

import cvc5

from charter.rules.proof.solvers import Possibility


class CvcSolver:
    """Reads a text once, as `Z3Solver` does; gives no models."""

    def __init__(self, text: str) -> None:
        self._manager = cvc5.TermManager()
        self._solver = cvc5.Solver(self._manager)
        self._solver.setOption("incremental", "true")
        self._parser = cvc5.InputParser(self._solver)
        self._run(text)

    def ask(self, *names: str) -> Possibility:
        said = self._run(f"(check-sat-assuming ({' '.join(names)}))").strip()
        return Possibility({"sat": True, "unsat": False}.get(said))

    def _run(self, text: str) -> str:
        self._parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, "text")
        told = []
        while not (command := self._parser.nextCommand()).isNull():
            told.append(str(command.invoke(self._solver, self._parser.getSymbolManager())))
        return "".join(told)
