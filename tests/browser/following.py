"""A press that leads to another page is over when that page is there; Playwright's own returns while the old one still stands.

What is done next would otherwise meet either page: axe, a key and a reload did, on a busy machine.
"""

from playwright.sync_api import BrowserContext, Locator, Page

# Our pages have no scripts, so whatever is sent and every link without a fragment leads away; a file that is taken does not.
_NOTES_LEAVING = """
    addEventListener("submit", () => { document.documentElement.dataset.leaving = "" })
    addEventListener("click", event => {
        const link = event.target.closest?.("a[href]")
        if (link && !link.hash && !link.target) document.documentElement.dataset.leaving = ""
    })
"""
_press = Locator.click


def note_leaving(context: BrowserContext) -> None:
    """Have every page of a context remember that it is being left."""
    context.add_init_script(_NOTES_LEAVING)
    context.on("page", lambda page: page.on("download", lambda _: _stay(page)))


def _stay(page: Page) -> None:
    page.evaluate("delete document.documentElement.dataset.leaving")


def follow(page: Page) -> None:
    """Wait until the page that is being left is gone, and the next one is whole."""
    # By a selector: a function would be evaluated in the page, where our policy forbids it.
    page.wait_for_selector("html:not([data-leaving])", state="attached")
    page.wait_for_load_state()


def click(locator: Locator, **options) -> None:
    """Press, and follow where it leads."""
    _press(locator, **options)
    follow(locator.page)
