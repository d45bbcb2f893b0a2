"""Can a person who does not lead engineers read it?"""

import re
from collections.abc import Iterator

from charter.registry.finding import Fault, LintSubject

LONGEST_SENTENCE = 25  # words

_SENTENCE = re.compile(r"[^.!?]+[.!?]?")


def lint_long_sentences(draft: LintSubject) -> Iterator[Fault]:
    """Sentences that people measured must read are short."""
    document = draft.document
    for field, text in (
        ("what.definition", document.what.definition),
        ("what.affects_me", document.what.affects_me),
        ("why.purpose", document.why.purpose),
    ):
        longest = max((len(sentence.split()) for sentence in _SENTENCE.findall(text)), default=0)
        if longest > LONGEST_SENTENCE:
            problem = (
                f"A sentence has {longest} words; {LONGEST_SENTENCE} is about the most that reads easily."
            )
            yield Fault(field, problem, "Make two sentences of it.")
