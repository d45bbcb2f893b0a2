"""Which browser is driven, and how it is told to be quiet."""

import shutil
from pathlib import Path

# The shell draws the same pages at half the cost: it has no window of its own to draw as well.
CHROMIUM = Path(shutil.which("chromium-headless-shell") or shutil.which("chromium") or "/usr/bin/chromium")
# Quiet: a browser under test talks to our server and to nobody else.
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
