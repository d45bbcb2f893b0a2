"""One value: the events of a period and a cohort, how they come to a number, and whether that alone may be told."""
