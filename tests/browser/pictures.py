"""The pictures of the docs: the top of a page at 1200 pixels, in few colours, so that it stays small.

The README's are taken anew from a running demo, whose manager asks about their team: `.venv/bin/python -m tests.browser.pictures
http://localhost:8000`. Those of the first week are taken by its walk (`test_first_week`), with PICTURES=take.
"""

import json
import os
import sys
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.browsers import ARGUMENTS, CHROMIUM
from tests.charter.panels.report import make_page

WIDTH, TALLEST = 1200, 1492  # pixels
COLOURS = 96
LARGEST = 150_000  # bytes
QUESTION = "/ask?decision=retrospective&metrics=lead-time-for-changes&grain=team&cohort=team:payments"
ROOT = Path(__file__).parents[2]


def main(address: str) -> None:
    """Write docs/ask.png, docs/answer.png and docs/scan.png."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        page = browser.new_page(base_url=address, viewport={"width": WIDTH, "height": 900})
        _sign_in(page)
        page.goto(QUESTION)
        for button, name in (("Put it in words", "ask"), ("Ask and show the answer", "answer")):
            with page.expect_navigation():
                page.get_by_role("button", name=button).click()
            _take(page, ROOT / "docs" / f"{name}.png")
        take_scan(browser)
        browser.close()


def take_scan(browser: Browser) -> None:
    """Write docs/scan.png, for which no demo has to run."""
    page = browser.new_page(viewport={"width": WIDTH, "height": 900})
    page.set_content(make_page())
    _take(page, ROOT / "docs" / "scan.png")


def _sign_in(page: Page) -> None:
    found = json.loads((ROOT / "var/demo/credentials.json").read_text())["manager"]
    page.goto("/sign-in")
    page.get_by_label("User name").fill("manager")
    page.get_by_label("Password", exact=True).fill(found["password"])
    page.get_by_role("button", name="Sign in").click()


def take_on_the_way(page: Page, name: str) -> None:
    """A picture for a how-to, where the environment asks for it."""
    if os.environ.get("PICTURES") == "take":
        page.set_viewport_size({"width": WIDTH, "height": 900})
        _take(page, ROOT / "docs" / "how-to" / f"{name}.png")


def _take(page: Page, file: Path) -> None:
    """The page from its top on, as far as a reader looks. Raises RuntimeError for what is too large."""
    tall = min(TALLEST, page.evaluate("document.documentElement.scrollHeight"))
    clip = {"x": 0, "y": 0, "width": WIDTH, "height": tall}
    taken = Image.open(BytesIO(page.screenshot(full_page=True, clip=clip)))
    taken.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)
    if file.stat().st_size > LARGEST:
        raise RuntimeError(f"{file} has {file.stat().st_size} bytes, which is more than {LARGEST}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8000")
