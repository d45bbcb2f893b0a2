"""A browser in plain words, from what it says of itself; enough for its owner to know it again, and no more."""

# The first that is in the text: most browsers also name those that they want to be taken for.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def describe(user_agent: str) -> str:
    """Such as “Firefox on Windows”; as much of it as is known, and empty for a browser of which nothing is."""
    browser, system = _find(_BROWSERS, user_agent), _find(_SYSTEMS, user_agent)
    return " on ".join(filter(None, (browser, system)))


def _find(known: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((words for sign, words in known if sign in user_agent), "")
