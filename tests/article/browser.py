"""A person at a real browser: logs in, decides, and leaves a picture of every page."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hydra_process import ROOT
from ledger import exercised
from playwright.sync_api import Page, sync_playwright

PICTURES = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "article"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def executable() -> str:
    """Where the system's Chromium is."""
    for name in BROWSERS:
        if path := shutil.which(name):
            return path
    raise RuntimeError("no Chromium found; install it, on Debian with: sudo apt-get install chromium")


class Person:
    """Somebody who uses the pages as people do: by what they read there."""

    def __init__(self, page: Page, album: str) -> None:
        self.page = page
        self.album = PICTURES / album
        self.album.mkdir(parents=True, exist_ok=True)
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on(
            "console",
            lambda message: self.complaints.append(message.text) if message.type == "error" else None,
        )

    def visit(self, url: str) -> None:
        """Opens an address."""
        self.page.goto(url)

    def picture(self, name: str) -> None:
        """Keeps what the page looks like, on a desk and on a telephone."""
        for device, width, height in [("desk", 1280, 800), ("phone", 390, 844)]:
            self.page.set_viewport_size({"width": width, "height": height})
            self.page.screenshot(path=self.album / f"{name}-{device}.png", full_page=True)

    def log_in(self, email: str, password: str) -> None:
        """Fills the login form."""
        self.page.get_by_label("E-mail address").fill(email)
        self.page.get_by_label("Password", exact=True).fill(password)
        self.picture("1-login")
        self.page.get_by_role("button", name="Sign in").click()

    def tick_every_box(self) -> list[str]:
        """Grants every scope that the consent page asks for, and tells which those were."""
        boxes = self.page.locator("input[name=allowed_scopes]")
        boxes.first.wait_for()
        scopes: list[str] = []
        for box in boxes.all():
            assert not box.is_checked(), "a scope is granted by the person, not by default"
            box.check()
            scopes.append(box.get_attribute("value") or "")
        self.picture("2-consent")
        return scopes

    def allow(self) -> None:
        """Says yes."""
        self.page.get_by_role("button", name="Allow").click()

    def deny(self) -> None:
        """Says no."""
        self.page.get_by_role("button", name="Deny").click()


@contextmanager
def person(album: str) -> Iterator[Person]:
    """Somebody with a browser that knows nothing yet; `album` names the folder of the pictures."""
    with sync_playwright() as playwright:
        # Chromium's sandbox wants a kernel feature that containers lack; the pages are our own.
        browser = playwright.chromium.launch(executable_path=executable(), args=["--no-sandbox"])
        exercised(f"browser: Chromium {browser.version}")
        # The server's certificate is self-signed, as in the article.
        context = browser.new_context(ignore_https_errors=True)
        context.set_default_timeout(20_000)
        try:
            yield Person(context.new_page(), album)
        finally:
            browser.close()
