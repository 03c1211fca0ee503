"""A visitor without a browser: opens pages, fills forms in as they stand there, follows where they lead."""

import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from typing import Any

from bs4 import BeautifulSoup, Tag


class Visitor:
    def __init__(self, site: str) -> None:
        self.site = site
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self.address, self.page = "", BeautifulSoup("", "html.parser")

    @property
    def words(self) -> str:
        """What the page says, with runs of white space as one space."""
        return " ".join(self.page.get_text(" ").split())

    def open(self, address: str) -> "Visitor":
        return self._load(urllib.request.Request(urllib.parse.urljoin(self.site, address)))

    def press(self, button: str, **fields: Any) -> "Visitor":
        """Send the form that holds the button, with what stands in it and with `fields` filled in."""
        form = next(form for form in self.page.find_all("form") if _button(form, button))
        pressed = _button(form, button)
        given = {**filled_in(form), **fields}
        if pressed.get("name"):
            given[str(pressed["name"])] = str(pressed.get("value", ""))
        target = urllib.parse.urljoin(
            self.address, str(pressed.get("formaction") or form.get("action") or self.address)
        )
        body = urllib.parse.urlencode(given, doseq=True).encode()
        return self._load(urllib.request.Request(target, body, {"Referer": self.address, "Origin": self.site}))

    def value_beside(self, label: str) -> str:
        """The value of the box whose label says so."""
        found = next(tag for tag in self.page.find_all("label") if label in tag.get_text(" "))
        box = found.find("input") or self.page.find(id=found.get("for"))
        assert isinstance(box, Tag)
        return str(box["value"])

    def _load(self, request: urllib.request.Request) -> "Visitor":
        with self._opener.open(request, timeout=180) as answer:
            self.address, self.page = answer.geturl(), BeautifulSoup(answer.read(), "html.parser")
        return self


def _button(form: Tag, words: str) -> Any:
    buttons = form.find_all(["button", "input"], type=lambda kind: kind in (None, "submit"))
    said = ((button, f"{button.get_text(' ')} {button.get('value', '')}") for button in buttons)
    return next((button for button, text in said if words in " ".join(text.split())), None)


def filled_in(form: Tag) -> dict[str, list[str]]:
    given: dict[str, list[str]] = {}
    for box in form.find_all(["input", "textarea", "select"]):
        if not box.get("name") or box.get("type") in ("submit", "button", "file"):
            continue
        if box.get("type") in ("checkbox", "radio") and not box.has_attr("checked"):
            continue
        given.setdefault(str(box["name"]), []).extend(_values(box))
    return given


def _values(box: Tag) -> list[str]:
    if box.name == "textarea":
        return [box.get_text()]
    if box.name == "select":
        chosen = box.find_all("option", selected=True) or (
            [] if box.has_attr("multiple") else box.find_all("option")[:1]
        )
        return [str(option.get("value", option.get_text())) for option in chosen]
    ticked = "on" if box.get("type") in ("checkbox", "radio") else ""
    return [str(box.get("value", ticked))]
