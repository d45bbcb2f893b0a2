"""Inks, type and sizes of the drawings that the server makes; the style sheet holds the same inks as tokens."""

# The light scheme of frontend/scss/_tokens.scss (a test compares them). A drawing carries both the ink, for
# a reader without our style sheet, and a class, through which the style sheet gives it the scheme's ink.
INKS = {
    "ink": "#1e1a24",
    "ink-2": "#57515f",
    "paper": "#ffffff",
    "line-strong": "#8b8494",
    "grid": "#e4e0e8",
    "accent": "#58204f",
    "withheld": "#565b66",
    "hatch": "#8b8f9a",
    "due": "#6b4700",
    "due-tint": "#fdf2d6",
    "due-edge": "#b27700",
}
# Vega knows no patterns: marks in this ink are given the hatch pattern afterwards. It is no ink of ours.
HATCHED = "#fe01fe"

FONT = "Atkinson Hyperlegible Next, Helvetica Neue, Arial, sans-serif"
FONT_SIZE = 14
BAND_OPACITY = 0.16
# Advances of the typeface as shares of its size, rounded up: texts never turn out wider than reckoned.
NARROW, WIDE = frozenset("iljtfrI1.,:;'’|!() "), frozenset("mwMW%")
NARROW_ADVANCE, ADVANCE, CAPITAL_ADVANCE, WIDE_ADVANCE = 0.38, 0.6, 0.68, 0.9


def text_width(text: str, size: float = FONT_SIZE) -> float:
    """Return a safe estimate of how wide `text` is set, in pixels."""
    return size * sum(map(_advance, text))


def _advance(letter: str) -> float:
    if letter in NARROW:
        return NARROW_ADVANCE
    if letter in WIDE:
        return WIDE_ADVANCE
    return CAPITAL_ADVANCE if letter.isupper() else ADVANCE
