"""A house with somebody in every room: one row of nearly everything, so that every page has something to show."""

from datetime import date, timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from commitments.digests import building
from commitments.digests.models import DigestRun, Subscriber
from commitments.models import (
    Claim,
    Commitment,
    Conflict,
    Criterion,
    Measurement,
    Milestone,
    OrganisationName,
    Reading,
    ReplyRequest,
    SearchRecord,
    Sector,
    Series,
    SourceDocument,
    Succession,
    Target,
    Wording,
)
from commitments.public.models import Challenge
from monitoring.models import HubSubscription, Story, StoryItem, Suggestion
from tests.digests.builders import TUESDAY, news, reader
from tests.judgement.conftest import item
from tests.record.builders import MADE_ON, commitment, evidence, organisation

SLUG = "london-office-expansion"  # the promise that addresses of the URL walk name
READER = "rosa@example.org"
LETTERS_AT = timedelta(days=35)
REASON = {"sentence": "Names “office”. Against: nothing.", "hits": [], "shares": {"subject": 1.2}}


def populate(*, letters: bool = True) -> User:
    """Everybody moves in; answers the superuser who may open every door. Letters are written last, or by the caller."""
    root = User.objects.create_superuser("root", email="root@tracker.example", password="a long pass phrase")
    promise = commitment(title="A bigger office", slug=SLUG, ref="T-OFFICE", watch_query='"office" AND London')
    news(promise)
    proof = evidence(promise, title="Desks counted", published_on=date(2025, 9, 1), now=TUESDAY)
    _what_was_said(promise)
    _what_is_counted(promise)
    _who_owes_it(promise)
    promise.propose_status(
        "stalled", reason="Paused.", evidence=[proof], by=root, effective_on=date(2025, 9, 2), now=TUESDAY
    )
    commitment(title="Not yet out", slug="draft", life="draft", published_at=None)
    Challenge.objects.create(commitment=promise, text="It has 500 seats.", sent_at=TUESDAY).reply(
        "So it has.", now=TUESDAY, public=True
    )
    _what_is_watched(promise)
    reader(READER).add_choice("alert", "commitment", promise.pk)
    if letters:
        write_letters()
    return root


def write_letters() -> None:
    assert building.build_weekly(timezone.now() - LETTERS_AT)


def _what_was_said(promise: Commitment) -> None:
    document = SourceDocument.objects.create(
        ref="doc-1", kind=SourceDocument.Kind.values[0], title="Speech", published_on=MADE_ON
    )
    other = SourceDocument.objects.create(
        ref="doc-2", kind=SourceDocument.Kind.values[0], title="Interview", published_on=MADE_ON
    )
    Wording.objects.create(commitment=promise, document=document, paraphrase="They will move.", firmness="committed")
    conflict = Conflict.objects.create(
        commitment=promise, point="Seats", subject=Conflict.Subject.values[0], detail="500 or 544."
    )
    for where, value in ((document, "500"), (other, "544")):
        Reading.objects.create(conflict=conflict, document=where, value=value)
    claim = Claim.objects.create(
        ref="claim-1", agreement=promise.agreement, statement="Thousands of jobs.", claimant="The minister"
    )
    claim.documents.add(document)
    Criterion.objects.create(commitment=promise, kind=Criterion.Kind.values[0], text="The doors are open.")
    SearchRecord.objects.create(
        commitment=promise, searched_on=MADE_ON, sources="Register", terms="office", result="Nothing."
    )
    ReplyRequest.objects.create(
        commitment=promise, organisation=organisation(), asked_on=MADE_ON, question="When?", answer="Soon."
    )


def _what_is_counted(promise: Commitment) -> None:
    target = Target.objects.create(commitment=promise, unit="seats", value=500, due_on=date(2027, 1, 1))
    series = Series.objects.create(ref="seats", commitment=promise, target=target, title="Seats", unit="seats")
    for month, value in ((9, 100), (10, 200), (11, 250)):
        Measurement.objects.create(series=series, on=date(2025, month, 1), value=value, note="Counted.")
    Milestone.objects.create(commitment=promise, title="Lease", due_on=date(2026, 1, 1))


def _who_owes_it(promise: Commitment) -> None:
    promise.sectors.add(Sector.objects.create(slug="housing", name="Housing"))
    promise.agreement.parties.add(organisation())
    OrganisationName.objects.create(organisation=organisation(), name="Open AI")
    Succession.objects.create(organisation=organisation(), work="Offices", successor="Another body")


def _what_is_watched(promise: Commitment) -> None:
    now = timezone.now() - timedelta(days=2)
    row = item("Office news", "Desks and floors.", at=now)
    story = Story.objects.create(title=row.title, first_at=now, last_at=now, made_at=now)
    StoryItem.objects.create(story=story, item=row, joined_at=now)
    Suggestion.objects.create(
        story=story, item=row, commitment=promise, score=0.9, band="likely", reason=REASON, found_at=now
    )
    row.source.hub = "https://hub.example/"
    row.source.save()
    HubSubscription.objects.create(
        source=row.source, hub=row.source.hub, topic=row.source.address, token="known-to-one-hub", asked_at=now
    )


def addresses() -> list[str]:
    """Where those live whom the URL walk cannot guess: parties, charts, links of letters, a hub's own address."""
    rosa = Subscriber.objects.get(email=READER)
    now = timezone.now()
    run = DigestRun.objects.get()
    return [
        *("/agreements/memorandum/", "/owners/openai/", "/sectors/housing/", "/owners/openai.atom", "/index.csv"),
        *("/charts/activity.csv", "/charts/trajectory.csv?series=seats", f"/charts/time-in-status.csv?slug={SLUG}"),
        *(f"/digest/unsubscribe/{rosa.unsubscribe_token}/", f"/digest/manage/{rosa.manage_token(now)}/"),
        *(f"/digest/archive/{run.pk}/", "/monitoring/push/known-to-one-hub/", f"/c/{SLUG}.atom", f"/c/{SLUG}.ics"),
    ]
