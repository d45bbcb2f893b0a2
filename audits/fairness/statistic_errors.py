"""What statistics refuse."""


class BadStatistic(ValueError):
    """Something that was given to a statistic makes no sense; `field` says what, in the words of its signature."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
