"""How many people stand behind a value, told in bands: exact numbers of cohorts that overlap would tell of a few. Pure."""

from bisect import bisect_right

# The first of each band; the last has no end.
BANDS = (0, 1, 5, 10, 20, 50, 100, 200, 500, 1000)


def find_band(people: int) -> int:
    """The first number of the band that holds so many."""
    return BANDS[bisect_right(BANDS, people) - 1]


def format_band(people: int) -> str:
    """The band that holds so many people: `5–9`, `1000+`; nobody is `0`."""
    place = bisect_right(BANDS, people) - 1
    if place == len(BANDS) - 1:
        return f"{BANDS[place]}+"
    first, last = BANDS[place], BANDS[place + 1] - 1
    return str(first) if first == last else f"{first}\N{EN DASH}{last}"
