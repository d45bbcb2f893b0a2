"""Charters over and over, each that of a metric of its own."""

from msgspec.structs import replace

from charter.registry.document import CharterDocument, Example


def of_another_metric(document: CharterDocument, slug: str) -> CharterDocument:
    """The charter under another slug; its examples ask for that one."""
    examples = replace(
        document.examples,
        correct=tuple(_of(each, document.metric, slug) for each in document.examples.correct),
        incorrect=tuple(_of(each, document.metric, slug) for each in document.examples.incorrect),
    )
    return replace(document, metric=slug, examples=examples)


def _of(example: Example, old: str, new: str) -> Example:
    metrics = example.request.get("metrics")
    if not isinstance(metrics, list | tuple):
        return example
    named = [new if metric == old else metric for metric in metrics]
    return replace(example, request={**example.request, "metrics": named})
