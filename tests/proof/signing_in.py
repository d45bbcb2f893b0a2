"""A browser that signs in to `https://charter.example.org` on this network, by password (standard input), to begin the
programme, and by the organisation; prints as whom.
"""

import json
import sys

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.browsers import ARGUMENTS, CHROMIUM

SITE = "https://charter.example.org"


def open_page(browser: Browser) -> Page:
    page = browser.new_context(base_url=SITE, ignore_https_errors=True, java_script_enabled=False).new_page()
    page.set_default_timeout(90_000)
    page.goto("/tokens")
    return page


def by_password(browser: Browser, password: str) -> str:
    page = open_page(browser)
    page.locator("input[name=username]").fill("ada")
    page.locator("input[name=password]").fill(password)
    page.locator("main button[type=submit]").first.click()
    name = who(page)
    begin_programme(page)
    return name


def begin_programme(page: Page) -> None:
    """What an administrator does next."""
    page.goto("/board/begin")
    page.locator("[name=name]").fill("Example")
    page.locator("[name=purpose]").fill("To help teams see their own work.")
    page.locator("[name=time_zone]").fill("Europe/Berlin")
    page.locator("main button[type=submit]").first.click()
    expect(page.get_by_text("The programme is begun.").first).to_be_visible(timeout=90_000)


def by_organisation(browser: Browser) -> str:
    page = open_page(browser)
    page.get_by_role("link", name="Sign in by Example Ltd").click()
    page.locator("input[name=sub]").first.fill("s-1")
    page.locator("button[type=submit]").first.click()
    return who(page)


def who(page: Page) -> str:
    expect(page.get_by_role("heading", name="Your tokens")).to_be_visible(timeout=90_000)
    names = ("ada", "em")
    said = page.locator("header").inner_text().lower()
    return next((name for name in names if name in said.split()), said)


def main() -> None:
    password = sys.stdin.read()
    with sync_playwright() as driver:
        told = [*ARGUMENTS, "--host-resolver-rules=MAP charter.example.org 127.0.0.1"]
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=told)
        print(
            json.dumps(
                {
                    "by password": by_password(browser, password),
                    "by the organisation": by_organisation(browser),
                }
            )
        )


if __name__ == "__main__":
    main()
