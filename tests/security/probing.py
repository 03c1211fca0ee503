"""Every way in, as requests that can be sent one by one: parts of addresses, questions, forms, headers, files."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from tests.record.test_roles import address, routes
from tests.support.visiting import filled_in

# Names that a question may carry: those of our views, then those of the admin's lists.
QUESTIONS = (
    *("as_of", "page", "before", "cursor", "limit", "slug", "series", "format", "url", "maxwidth", "maxheight"),
    *("status", "band", "owner", "sector", "agreement", "firmness", "flag", "q", "sort", "commitment", "about", "days"),
    *("unmatched", "source", "next", "hub.mode", "hub.topic", "hub.challenge", "hub.lease_seconds", "hub.reason"),
    *("o", "p", "e", "all", "_popup", "_to_field", "_changelist_filters", "id__exact", "pk__in", "title__contains"),
    *("commitment__id__exact", "tier__exact", "first_seen_at__gte", "published_on__year", "app_label", "model_name"),
    *("field_name", "term", "source__id__exact", "by__id__exact", "life__exact", "health", "show_all"),
)
HEADERS = (
    *("Accept", "Accept-Encoding", "Accept-Language", "Authorization", "Content-Type", "Cookie", "Host", "Origin"),
    *("If-Modified-Since", "If-None-Match", "Range", "Referer", "User-Agent", "X-Forwarded-For", "X-Forwarded-Proto"),
    *("X-Forwarded-Host", "X-Hub-Signature", "X-Request-ID", "X-HTTP-Method-Override", "Sec-Fetch-Site"),
)
RAW = "\0raw:"
CONVERTED = re.compile(r"<(?:\w+:)?\w+>")


@dataclass(frozen=True)
class Door:
    """One address and the fields that stand open there; `given` is what an honest visitor would send."""

    kind: str
    path: str
    names: tuple[str, ...]
    given: dict[str, Any] = field(default_factory=dict)
    files: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return f"{self.kind} {self.path}"


def paths(inhabited: Iterable[str] = ()) -> list[str]:
    """Every address of the URL conf, and some that lead to what lives here (`inhabited.addresses`)."""
    found = (address(route) for route in routes() if not route.endswith("logout/"))
    return list(dict.fromkeys([*found, *inhabited]))


def doors(client: Client, walked: list[str], forms_on: Iterable[str]) -> list[Door]:
    """`walked` are the addresses to ask questions of, `forms_on` those whose pages are searched for forms."""
    return [*_addresses(), *_questions(walked), *_headers(), *_forms(client, forms_on)]


def _addresses() -> Iterator[Door]:
    """Each converter of each route, as an address with a hole in it."""
    for route in dict.fromkeys(routes()):
        for mark in CONVERTED.finditer(route):
            before, after = address(route[: mark.start()]), address(route[mark.end() :])
            yield Door("path", f"{before}{{}}{after.removeprefix('/')}" if after != "/" else f"{before}{{}}", ("",))
    yield Door("path", "/{}", ("",))
    yield Door("path", "/static/{}", ("",))


def _questions(walked: Iterable[str]) -> Iterator[Door]:
    for path in walked:
        yield Door("query", path, QUESTIONS)


def _headers() -> Iterator[Door]:
    for path in ("/", "/api/v1/commitments", "/digest/", "/staff/account/login/", "/monitoring/push/known-to-one-hub/"):
        yield Door("header", path, HEADERS)
        yield Door("header of a form", path, HEADERS)


def _forms(client: Client, walked: Iterable[str]) -> Iterator[Door]:
    """The forms as they stand on the pages, once for each target and set of fields; and fields that only views know."""
    seen = set()
    for path in walked:
        answer = client.get(path, follow=True)
        if "html" not in answer.headers.get("Content-Type", "") or answer.status_code != 200:
            continue
        page = BeautifulSoup(answer.content, "html.parser")
        for form in page.find_all("form", method=re.compile("post", re.IGNORECASE)):
            target = str(form.get("action") or answer.request["PATH_INFO"])
            given = {name: values for name, values in filled_in(form).items() if name != "csrfmiddlewaretoken"}
            buttons = [str(one["name"]) for one in form.find_all(["button", "input"], type="submit") if one.get("name")]
            files = [str(one["name"]) for one in form.find_all("input", type="file")]
            names = tuple(dict.fromkeys([*given, *buttons, *files]))
            if names and target.startswith("/") and (target, names) not in seen and "logout" not in target:
                seen.add((target, names))
                yield Door("form", target, names, given, frozenset(files))


def knock(client: Client, door: Door, said: dict[str, str]) -> int:
    """Send the door's honest request with some fields saying something else; whatever it did is taken back."""
    with transaction.atomic():
        status = _send(client, door, said)
        transaction.set_rollback(True)
    return status


def _send(client: Client, door: Door, said: dict[str, str]) -> int:
    if door.kind == "path":
        return client.get(door.path.format(_escaped(said[""]))).status_code
    if door.kind == "query":
        return client.get(f"{door.path}?{_query(said)}").status_code
    if door.kind.startswith("header"):
        send = client.get if door.kind == "header" else client.post
        headers = {name: _latin(value) for name, value in said.items()}
        return send(door.path, headers=headers).status_code  # type: ignore[operator]
    fields = {name: value for name, value in {**door.given, **said}.items() if name not in door.files}
    files = {name: _file(said.get(name, "a")) for name in door.files}
    if files:
        return client.post(door.path, {**_encodable(fields), **files}).status_code
    body = urlencode(_encodable(fields), doseq=True)
    return client.post(door.path, body, content_type="application/x-www-form-urlencoded").status_code


def _encodable(fields: dict[str, Any]) -> dict[str, Any]:
    """Lone surrogates travel as the three bytes that a careless program would send."""

    def bytes_of(value: str) -> bytes:
        return value.encode("utf-8", "surrogatepass")

    return {name: [bytes_of(one) for one in ([v] if isinstance(v, str) else v)] for name, v in fields.items()}


def raw(escape: str) -> str:
    """Marks a piece of an address that is to go out as it stands."""
    return f"{RAW}{escape}"


def _escaped(value: str) -> str:
    return value.removeprefix(RAW) if value.startswith(RAW) else quote(value.encode("utf-8", "surrogatepass"), safe="")


def _query(said: dict[str, str]) -> str:
    return "&".join(f"{quote(name)}={_escaped(value)}" for name, value in said.items())


def _latin(value: str) -> str:
    """What a server passes on of a header: one line of Latin-1."""
    line = value.removeprefix(RAW).encode("utf-8", "surrogatepass").decode("latin-1")
    return re.sub(r"[\r\n\0]", " ", line)[:8_000]


def _file(value: str) -> SimpleUploadedFile:
    cell = value.replace('"', '""')
    text = f'ref,title,"{cell}"\n"{cell}","{cell}","{cell}"\n'
    return SimpleUploadedFile(f"{value[:60]}.csv", text.encode("utf-8", "surrogatepass"), "text/csv")


def at_once(door: Door, strings: Iterable[str]) -> dict[str, str]:
    """Every field of a door with the next of the strings, begun again when they run out."""
    pool = list(strings)
    return {name: pool[number % len(pool)] for number, name in enumerate(door.names)}
