"""Good behaviour, row 23: a hub hastens the next poll, polling stays as the net, signature and lease are kept."""

import hmac
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from time_machine import travel

from monitoring import announcing, pushing
from monitoring.fetching import Fetched, Outcome
from monitoring.models import HubSubscription, Source
from tests.watch.loopback import Answer, Loopback, Request, item, rss
from tests.watch.world import DAY, HOUR, NOW, manners, poll, read_again, watch

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
ATOM = 'xmlns="http://www.w3.org/2005/Atom"'


@pytest.fixture(autouse=True)
def can_be_called(settings) -> None:
    settings.SITE_URL = "https://tracker.example"


@pytest.fixture
def source(server: Loopback) -> Source:
    """A feed that names a hub, read once."""
    head = f'<link {ATOM} rel="hub" href="{server.base}/hub"/><link {ATOM} rel="self" href="{server.base}/feed"/>'
    server.set("/hub", Answer(status=202))
    source = watch(server.set("/feed", rss(item(1), head=head), etag='"1"'))
    poll()
    return source


def ask(now=NOW) -> int:
    return pushing.ask_hubs(manners(), now)


def form_of(request: Request) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(request.body.decode()).items()}


def place_of(server: Loopback) -> str:
    return urlsplit(form_of(server.asked("/hub")[-1])["hub.callback"]).path


def confirm(client: Client, server: Loopback, **changed: str):
    topic = form_of(server.asked("/hub")[-1])["hub.topic"]
    asked = {"hub.mode": "subscribe", "hub.topic": topic, "hub.challenge": "x7", "hub.lease_seconds": "864000"}
    asked |= {name.replace("_", "."): value for name, value in changed.items()}
    return client.get(place_of(server), asked)


def push(client: Client, server: Loopback, *, secret: str = "", kind: str = "sha256", body: bytes = b"<rss/>"):
    secret = secret or form_of(server.asked("/hub")[-1])["hub.secret"]
    signature = f"{kind}={hmac.new(secret.encode(), body, kind).hexdigest()}"
    headers = {"X-Hub-Signature": signature}
    return client.post(place_of(server), body, content_type="application/rss+xml", headers=headers)


def subscribed(client: Client, server: Loopback) -> None:
    ask()
    with travel(NOW, tick=False):
        assert confirm(client, server).content == b"x7"


def test_23_the_hub_a_feed_names_is_asked_once_with_a_secret_of_its_own(server: Loopback, source: Source) -> None:
    assert (ask(), ask(NOW + HOUR)) == (1, 0)
    (request,) = server.asked("/hub")
    form = form_of(request)
    assert (form["hub.mode"], form["hub.topic"]) == ("subscribe", source.address)
    assert form["hub.callback"].startswith("https://tracker.example/monitoring/push/")
    assert len(form["hub.secret"]) > 30
    assert form["hub.secret"] not in form["hub.callback"]


def announced(base: str) -> str:
    return f'<{base}/hub>; rel="hub", </by-header>; rel="self"'


def test_23_a_hub_announced_by_headers_is_asked_for_the_topic_they_name(server: Loopback) -> None:
    server.set("/hub", Answer(status=202))
    elsewhere = f'<link {ATOM} rel="hub" href="{server.base}/other"/>'
    watch(server.set("/feed", rss(item(1), head=elsewhere), link=announced(server.base)))
    poll()
    assert ask() == 1
    (request,) = server.asked("/hub")
    assert form_of(request)["hub.topic"] == f"{server.base}/by-header"


def test_23_a_hub_announced_with_a_304_is_learnt_and_silence_forgets_none(server: Loopback) -> None:
    source = watch(server.set("/feed", rss(item(1)), etag='"1"'))
    poll()
    assert read_again(source).hub == ""
    for answer in (Answer(status=304, headers={"Link": announced(server.base)}), Answer(status=304)):
        server.set("/feed", answer)
        poll(read_again(source).next_check_at)
        assert read_again(source).hub == f"{server.base}/hub"


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("<https://hub.example/>; rel=hub", {"hub": "https://hub.example/"}),
        ('<h>; title="a, b"; REL="Hub self"', {"hub": "https://feed.example/h", "topic": "https://feed.example/h"}),
        ('<https://a.example/>;rel="hub",<https://b.example/>;rel="hub"', {"hub": "https://a.example/"}),
        ('<https://feed.example/>; rel="self"', {}),
        ('<javascript:x>; rel="hub", <>; rel=hub, <https://hub.example/', {}),
        (", <" * 9_000 + '<https://hub.example/>; rel="hub"', {}),
    ],
)
def test_23_link_headers(header: str, found: dict[str, str]) -> None:
    fetched = Fetched("x", Outcome.OK, final="https://feed.example/rss", headers={"link": header})
    assert announcing.hub_and_topic(fetched) == found


def test_23_a_signed_push_makes_the_source_due_and_the_poll_asks_the_publisher(
    client: Client, server: Loopback, source: Source
) -> None:
    subscribed(client, server)
    with travel(NOW + HOUR / 4, tick=False):
        assert poll(NOW + HOUR / 4).asked == 0
        assert push(client, server).status_code == 202
    assert "hub says" in read_again(source).next_check_reason
    server.set("/feed", rss(item(1), item(2)), etag='"2"')
    assert poll(NOW + HOUR / 3).new == 1
    assert "if-none-match" in server.asked("/feed")[-1].headers


@pytest.mark.parametrize("kind", ["sha1", "sha512"])
def test_23_every_hash_of_the_protocol_is_understood(
    client: Client, server: Loopback, source: Source, kind: str
) -> None:
    subscribed(client, server)
    with travel(NOW + HOUR / 4, tick=False):
        push(client, server, kind=kind)
    assert "hub says" in read_again(source).next_check_reason


@pytest.mark.parametrize("how", [{"secret": "guessed"}, {"kind": "md5"}])
def test_23_without_the_signature_nothing_happens_and_nothing_is_said(
    client: Client, server: Loopback, source: Source, how: dict[str, str]
) -> None:
    subscribed(client, server)
    with travel(NOW + HOUR / 4, tick=False):
        assert push(client, server, **how).status_code == 202
        assert client.post(place_of(server), b"x", content_type="text/xml").status_code == 202
    assert HubSubscription.objects.get().heard_at is None
    assert poll(NOW + HOUR / 3).asked == 0


def test_23_polling_slows_to_a_day_only_once_the_hub_has_proved_itself(
    client: Client, server: Loopback, source: Source
) -> None:
    subscribed(client, server)
    poll(NOW + 2 * HOUR)
    assert read_again(source).next_check_at < NOW + 4 * HOUR
    with travel(NOW + 5 * HOUR, tick=False):
        push(client, server)
    poll(NOW + 5 * HOUR)
    after = read_again(source)
    assert NOW + 29 * HOUR <= after.next_check_at <= NOW + 32 * HOUR
    assert "only to be sure" in after.next_check_reason
    poll(NOW + 11 * DAY)  # the lease has run out: the old pace again
    assert read_again(source).next_check_at < NOW + 11 * DAY + 2 * HOUR


def test_23_a_lease_is_renewed_before_it_runs_out(client: Client, server: Loopback, source: Source) -> None:
    subscribed(client, server)
    assert ask(NOW + 8 * DAY) == 0
    assert ask(NOW + 9.5 * DAY) == 1
    with travel(NOW + 9.5 * DAY, tick=False):
        confirm(client, server)
    assert HubSubscription.objects.get().lease_until_at == NOW + 19.5 * DAY


def test_23_what_we_did_not_ask_for_is_not_confirmed(client: Client, server: Loopback, source: Source) -> None:
    ask()
    assert confirm(client, server, hub_topic="https://other.example/").status_code == 404
    assert confirm(client, server, hub_mode="unsubscribe").status_code == 404
    assert client.get("/monitoring/push/guessed/", {"hub.mode": "subscribe"}).status_code == 404
    assert client.post("/monitoring/push/guessed/", b"x", content_type="text/xml").status_code == 410
    assert HubSubscription.objects.get().lease_until_at is None
    Source.objects.update(life="paused")
    assert confirm(client, server).status_code == 404
    assert confirm(client, server, hub_mode="unsubscribe").content == b"x7"
    assert push(client, server).status_code == 410


def test_23_a_push_never_breaks_the_rest_the_server_asked_for(client: Client, server: Loopback, source: Source) -> None:
    subscribed(client, server)
    Source.objects.update(hold_until_at=NOW + 3 * HOUR, next_check_at=NOW + 9 * HOUR)
    with travel(NOW + HOUR, tick=False):
        push(client, server)
    assert read_again(source).next_check_at == NOW + 3 * HOUR
    assert poll(NOW + 2 * HOUR).asked == 0


@pytest.mark.parametrize("answer", [Answer(status=404), Answer(status=302, headers={"location": "/feed"})])
def test_23_a_hub_that_refuses_is_left_alone_for_a_day_and_staff_can_see_why(
    admin_client: Client, server: Loopback, source: Source, answer: Answer
) -> None:
    server.set("/hub", answer)
    assert (ask(), ask(NOW + 20 * HOUR), ask(NOW + 25 * HOUR)) == (1, 0, 1)
    assert "The hub did not take it" in HubSubscription.objects.get().said
    page = admin_client.get(f"/admin/monitoring/source/{source.pk}/change/").content.decode()
    assert "does not push. The hub did not take it" in page
    assert len(server.asked("/feed")) == 1


def test_23_a_hub_may_deny(client: Client, server: Loopback, source: Source) -> None:
    subscribed(client, server)
    assert confirm(client, server, hub_mode="denied", hub_reason="too many").status_code == 200
    assert HubSubscription.objects.get().lease_until_at is None
    assert "too many" in HubSubscription.objects.get().said


def test_23_a_tracker_that_nobody_can_call_asks_no_hub(server: Loopback, source: Source, settings) -> None:
    settings.SITE_URL = "http://127.0.0.1:8000"
    assert ask() == 0
    assert not server.asked("/hub")


def test_23_a_hub_inside_our_own_network_is_not_asked(source: Source, server: Loopback) -> None:
    Source.objects.update(hub="http://10.0.0.1/hub")
    assert ask() == 1
    assert "private" in HubSubscription.objects.get().said
