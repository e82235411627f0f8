"""A person with a browser, played by a program: follows redirects, keeps cookies, fills in forms.

It knows of a page what a person sees: headings, labels, boxes, buttons. Scripts do not run.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import requests


@dataclass
class Field:
    name: str
    kind: str
    value: str
    checked: bool = False


@dataclass
class Form:
    method: str
    action: str
    fields: list[Field] = field(default_factory=list)

    def boxes(self, name: str) -> list[str]:
        """The values of the check boxes of this name."""
        return [f.value for f in self.fields if f.name == name and f.kind == "checkbox"]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.text: list[str] = []
        self.heading = ""
        self._in: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.forms.append(Form(given.get("method", "get").upper(), given.get("action", "")))
        elif tag in ("input", "button") and self.forms and given.get("name"):
            kind = given.get("type", "submit" if tag == "button" else "text")
            value = given.get("value", "on" if kind == "checkbox" else "")
            self.forms[-1].fields.append(Field(given["name"], kind, value, "checked" in given))
        if tag not in ("input", "meta", "link", "br"):
            self._in.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._in and self._in.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "style" in self._in or "script" in self._in:
            return
        self.text.append(data)
        if "h1" in self._in:
            self.heading += data


@dataclass
class Page:
    """What the browser shows."""

    url: str
    status: int
    headers: requests.structures.CaseInsensitiveDict[str]
    html: str

    def __post_init__(self) -> None:
        reader = _Reader()
        reader.feed(self.html)
        self.heading = " ".join(reader.heading.split())
        self.text = " ".join("".join(reader.text).split())
        self.forms = reader.forms

    @property
    def form(self) -> Form:
        (form,) = self.forms
        return form


class Browser:
    """Stops at pages, and before any address that begins with `stop_at`, such as a client's redirect URI."""

    def __init__(self, stop_at: str) -> None:
        self.stop_at = stop_at
        self.session = requests.Session()
        self.session.verify = False
        self.session.trust_env = False
        self.page: Page | None = None
        #: The address that it stopped before.
        self.arrived: str | None = None

    def open(self, url: str) -> Page | None:
        return self._go("GET", url, None)

    def submit(self, button: tuple[str, str] | None = None, **values: str | list[str]) -> Page | None:
        """Fills in the form of the page, ticks the boxes whose values are listed, and presses a button."""
        assert self.page is not None, "no page is open"
        form, data = self.page.form, []
        for entry in form.fields:
            given = values.get(entry.name)
            if entry.kind == "checkbox":
                if (isinstance(given, list) and entry.value in given) or (given is None and entry.checked):
                    data.append((entry.name, entry.value))
            elif entry.kind != "submit":
                data.append((entry.name, given if isinstance(given, str) else entry.value))
        return self._go(form.method, urljoin(self.page.url, form.action), data + ([button] if button else []))

    def _go(self, method: str, url: str, data: list[tuple[str, str]] | None) -> Page | None:
        self.arrived = None
        for _ in range(20):
            if url.startswith(self.stop_at):
                self.page, self.arrived = None, url
                return None
            answer = self.session.request(method, url, data=data, allow_redirects=False, timeout=30)
            if not answer.is_redirect:
                self.page = Page(url, answer.status_code, answer.headers, answer.text)
                return self.page
            assert answer.status_code in (302, 303), f"{urlsplit(url).path} redirects by {answer.status_code}"
            url, method, data = urljoin(url, answer.headers["Location"]), "GET", None
        raise AssertionError(f"redirects without end at {url}")


def sign_in(browser: Browser, email: str = "dan@acme.com", password: str = "secret") -> None:
    """On the demo's login page."""
    assert browser.page is not None
    assert browser.page.heading == "Sign in", browser.page.text
    browser.submit(email=email, password=password)


def allow(browser: Browser, scopes: list[str] | None = None, remember: bool = False) -> str:
    """On the demo's consent page: ticks these boxes, or all of them; gives the address that the browser arrives at."""
    assert browser.page is not None
    assert browser.page.heading.startswith("What may "), browser.page.text
    ticked = browser.page.form.boxes("allowed_scopes") if scopes is None else scopes
    browser.submit(("decision", "allow"), allowed_scopes=ticked, remember=["1"] if remember else [])
    assert browser.arrived, browser.page and browser.page.text
    return browser.arrived
