"""The desk in a real browser: nothing that axe finds, nothing that the strict policy blocks, light and dark."""

import os
from datetime import date

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

from commitments.models import Agreement, Measurement, Organisation, Sector, Series, SourceDocument
from commitments.sheets import cells
from commitments.sheets import evidence as evidence_sheet
from tests.record.builders import commitment, evidence
from tests.support import axe
from tests.support.browsers import listen

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright runs a loop in this thread
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def addresses(chief):
    """Every page of the desk that this room owns, with something on it."""
    office = commitment()
    proof = evidence(office)
    series = Series.objects.create(ref="staff", commitment=office, title="Staff", unit="people")
    Measurement.objects.create(series=series, on=date(2026, 4, 13), value=200, evidence=proof)
    SourceDocument.objects.create(ref="doc", kind="coverage", title="Gazette", published_on=date(2025, 7, 21))
    Sector.objects.create(slug="jobs", name="Jobs")
    details = {"reason": "The lease was signed.", "evidence": [proof], "by": chief}
    proposal = office.propose_status("met", effective_on=date(2025, 8, 1), now=office.published_at, **details)
    change = commitment().change_status(
        "not_yet_rated", reason="New.", by=chief, effective_on=date(2025, 8, 1), now=office.published_at
    )
    named = {
        "commitments_commitment_change": office.pk,
        "commitments_commitment_status": office.pk,
        "commitments_commitment_publish": office.pk,
        "commitments_commitment_withdraw": office.pk,
        "commitments_commitment_history": office.pk,
        "commitments_commitment_delete": commitment(life="draft", published_at=None).pk,
        "commitments_proposal_decide": proposal.pk,
        "commitments_evidence_change": proof.pk,
        "commitments_series_change": series.pk,
        "commitments_statuschange_change": change.pk,
        "commitments_organisation_change": Organisation.objects.get().pk,
        "commitments_agreement_change": Agreement.objects.get().pk,
    }
    plain = [
        "index",
        "password_change",
        "commitments_commitment_add",
        "commitments_evidence_add",
        "commitments_series_add",
    ]
    plain += [
        "commitments_evidence_import",
        "commitments_measurements_import",
        "auth_user_changelist",
        "auth_group_changelist",
    ]
    plain += [f"commitments_{name}_changelist" for name in MODELS]
    return [
        *(reverse(f"admin:{name}") for name in plain),
        *(reverse(f"admin:{name}", args=[pk]) for name, pk in named.items()),
    ]


MODELS = [
    "commitment",
    "evidence",
    "series",
    "statuschange",
    "proposal",
    "revision",
    "organisation",
    "sector",
    "agreement",
    "sourcedocument",
    "conflict",
    "claim",
]


@pytest.fixture
def chief():
    user = User.objects.create_superuser("carol", password="a long enough phrase")
    user.groups.add(Group.objects.get_or_create(name="Chief editor")[0])
    return user


def test_axe_finds_nothing_and_the_policy_blocks_nothing(addresses, chief, client, browser, live_server):
    client.force_login(chief)
    context = browser.new_context()
    session = client.cookies["session"]
    context.add_cookies([{"name": "session", "value": session.value, "url": live_server.url}])
    page = context.new_page()
    complaints = listen(page)
    faults, blocked = {}, []
    for address in addresses:
        answer = page.goto(live_server.url + address)
        assert answer.status == 200, address
        blocked += [f"{address}: {text}" for text in complaints if "favicon" not in text]
        if found := axe.violations(page):
            faults[address] = found
        complaints.clear()  # axe fetches style sheets by itself
        page.emulate_media(color_scheme="light")
    context.close()
    assert not faults, "\n".join(f"{address}: {rules}" for address, rules in faults.items())
    assert blocked == []


def test_a_refusal_and_a_dry_run_have_no_fault_either(chief, client, browser, live_server):
    office = commitment()
    known = evidence(office)
    client.force_login(chief)
    context = browser.new_context()
    context.add_cookies([{"name": "session", "value": client.cookies["session"].value, "url": live_server.url}])
    page = context.new_page()
    complaints = listen(page)

    page.goto(live_server.url + reverse("admin:commitments_commitment_status", args=[office.pk]))
    page.select_option("select[name=status]", "met")
    page.fill("textarea[name=reason]", "It is said to be done.")
    page.locator("#content input[type=submit], #content button[type=submit]").last.click()
    page.wait_for_load_state()
    assert page.locator(".errornote, .errorlist").count(), "closing without evidence is refused"
    blocked = list(complaints)  # before axe, which puts a style into the page itself
    found = {"refusal": axe.violations(page)}

    sheet = "".join(cells.lines(evidence_sheet.COLUMNS, evidence_sheet.rows())).replace(known.title, "Lease sealed")
    complaints.clear()
    page.goto(live_server.url + reverse("admin:commitments_evidence_import"))
    upload = {"name": "evidence.csv", "mimeType": "text/csv", "buffer": sheet.encode()}
    page.set_input_files("input[type=file]", upload)
    page.locator("#content input[type=submit], #content button[type=submit]").last.click()
    page.wait_for_load_state()
    assert "Lease sealed" in page.inner_text("#content")
    blocked += complaints
    found["dry run"] = axe.violations(page)
    context.close()
    assert {name: faults for name, faults in found.items() if faults} == {}
    assert blocked == []
