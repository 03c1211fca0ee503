"""What we publish for machines is what its format says: HTML, Atom, JSON Feed, JSON-LD, sitemap, OpenAPI."""

import json
import re
from datetime import UTC, datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree

import feedparser
import jsonschema
import openapi_spec_validator
import pytest
from bs4 import BeautifulSoup
from django.core.management import call_command
from django.test import Client
from openapi_spec_validator.exceptions import OpenAPIError

from commitments.models import Commitment
from commitments.public import describing, urls

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
FEEDS = ("/changes.atom", "/corrections.atom", "/index.atom?status=met", "/c/compute-20x.atom", "/owners/openai.atom")
PAGES = (
    "/", "/c/compute-20x/", "/agreements/uk-openai-mou-2025/", "/changes/", "/corrections/", "/calendar/", "/method/",
    "/data/", "/about/", "/accessibility/", "/contact/", "/embed/c/compute-20x/", "/api/v1/", "/no/",
)  # fmt: skip
REFERRING = ("aria-labelledby", "aria-describedby", "for")
CLOSED = ("ul", "ol", "table", "section", "div", "p", "li", "td", "tr", "figure", "details", "a", "span", "svg")


@pytest.fixture(autouse=True)
def shipped(db: None) -> None:
    call_command("seed", verbosity=0)


def test_atom_keeps_the_musts_of_its_standard(client: Client) -> None:
    for address in FEEDS:
        keeps_the_musts(client.get(address).content)
    whole = client.get("/changes.atom").content
    for must, spoilt in ((b"<updated>", b"<updated>soon "), (b"<id>", b"<id>x"), (b"</entry>", b"")):
        with pytest.raises((AssertionError, ValueError, ElementTree.ParseError)):
            keeps_the_musts(whole.replace(must, spoilt))


def keeps_the_musts(body: bytes) -> None:
    """RFC 4287: 4.1.1 feed, 4.1.2 entry, 4.2.6 id, 4.2.7 link, 3.3 dates."""
    assert not feedparser.parse(body).bozo
    feed = ElementTree.fromstring(body)
    entries = feed.findall(f"{ATOM}entry")
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    assert [link.get("rel") for link in feed.findall(f"{ATOM}link")].count("self") == 1
    for part in (feed, *entries):
        for name in ("id", "title", "updated"):
            assert len(part.findall(f"{ATOM}{name}")) == 1
        assert re.fullmatch(r"tag:[\w.-]+,2026:\S+", part.findtext(f"{ATOM}id") or "")
        for name in ("updated", "published"):
            for found in part.findall(f"{ATOM}{name}"):
                assert datetime.fromisoformat(found.text or "").tzinfo is not None
        for link in part.findall(f"{ATOM}link"):
            assert urlsplit(link.get("href", "")).scheme in ("http", "https")
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(ids) == len(set(ids))
    newest = max((entry.findtext(f"{ATOM}updated") or "" for entry in entries), default="")
    assert not newest or feed.findtext(f"{ATOM}updated") == newest


def test_html_is_whole(client: Client) -> None:
    """Every id once, every reference met, every element closed: browsers would mend it, each in its own way."""
    assert {path: wrong for path in PAGES if (wrong := faults(client.get(path).content.decode()))} == {}


def test_what_is_not_whole_is_found() -> None:
    found = faults('<head><title>A</title></head><body><h1 id="a">A</h1><p id="a"><a href="#b">b</a></body>')
    assert sorted(found) == ["#b is nowhere", "1 p opened, 0 p closed", "id a twice"]


def faults(text: str) -> list[str]:
    page = BeautifulSoup(text, "html.parser")
    ids = [str(part["id"]) for part in page.find_all(id=True)]
    wrong = [f"id {name} twice" for name in set(ids) if ids.count(name) > 1]
    named = [part.get(name) or "" for part in page.find_all(True) for name in REFERRING]
    wanted = {one for names in named for one in (names if isinstance(names, str) else " ".join(names)).split()}
    wanted |= {str(a["href"])[1:] for a in page.find_all(["a", "use"], href=re.compile("^#."))}
    wrong += [f"#{name} is nowhere" for name in wanted - set(ids)]
    wrong += [f"not one {name}" for name in ("head > title", "h1", "body") if len(page.select(name)) != 1]
    for name in CLOSED:
        opened = len(re.findall(rf"<{name}(?=[\s>])(?![^>]*/>)", text))
        if opened != text.count(f"</{name}>"):
            wrong.append(f"{opened} {name} opened, {text.count(f'</{name}>')} {name} closed")
    return wrong


def test_linked_data_says_what_the_page_says(client: Client) -> None:
    row = Commitment.objects.get(slug="compute-20x")
    page = BeautifulSoup(client.get("/c/compute-20x/").content, "html.parser")
    blocks = [json.loads(part.string) for part in page.find_all("script", type="application/ld+json")]
    assert blocks
    for block in blocks:
        assert block["@context"] in ("https://schema.org", "https://schema.org/")
        assert "@type" in block or "@graph" in block
    said = json.dumps(blocks, ensure_ascii=False)
    assert row.title in said
    assert f"/c/{row.slug}/" in said


def test_the_sitemap_names_every_promise_once(client: Client) -> None:
    found = ElementTree.fromstring(client.get("/sitemap.xml").content)
    addresses = [part.text or "" for part in found.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert len(addresses) == len(set(addresses))
    own = {urlsplit(address).path for address in addresses}
    assert {f"/c/{slug}/" for slug in Commitment.objects.published().values_list("slug", flat=True)} <= own
    assert {client.get(path).status_code for path in own} == {200}
    pages = {f"/{entry.pattern}" for entry in urls.urlpatterns if re.fullmatch(r"([a-z]+/)?", str(entry.pattern))}
    assert pages <= own, "a page without a name in its address is in the map"


def test_the_api_description_is_sound(client: Client) -> None:
    described = describing.openapi(site="Test", site_url="http://127.0.0.1:8000")
    openapi_spec_validator.validate(described)
    for unsound in ({"info": {"title": "No version"}}, {"paths": {"without-a-slash": {}}}, {"openapi": "9"}):
        with pytest.raises((jsonschema.ValidationError, OpenAPIError)):
            openapi_spec_validator.validate({**described, **unsound})
    for schema in described["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)
    operations = [operation for path in described["paths"].values() for operation in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    known = {f"#/components/{kind}/{name}" for kind, parts in described["components"].items() for name in parts}
    assert set(re.findall(r'"\$ref": "([^"]+)"', json.dumps(described))) <= known


def test_an_empty_feed_is_still_one(client: Client) -> None:
    body = client.get("/index.atom?q=nothing-has-this").content
    assert not feedparser.parse(body).bozo
    assert datetime.fromisoformat(ElementTree.fromstring(body).findtext(f"{ATOM}updated") or "") <= datetime.now(UTC)
