"""CSV: an import of an export changes nothing, the difference is shown first, and no spreadsheet runs our text."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from commitments import seeding
from commitments.models import Evidence, Measurement, Series
from commitments.sheets import cells, evidence, measurements
from tests.record.builders import commitment, person
from tests.record.builders import evidence as piece

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
SHIPPED = Path(seeding.__file__).parents[1] / "records" / "uk-openai"


def exported(sheet):
    return "".join(cells.lines(sheet.COLUMNS, sheet.rows()))


def evidence_plan(text):
    return evidence.Planner(by=person("erin"), now=NOW).plan(text)


@pytest.mark.django_db
def test_an_import_of_the_export_of_the_shipped_record_changes_nothing():
    seeding.seed([SHIPPED], now=NOW)
    plan = evidence_plan(exported(evidence))
    assert (plan.changing, plan.faulty, plan.unchanged) == ([], [], 353)
    plan = measurements.Planner().plan(exported(measurements))
    assert (plan.changing, plan.faulty, plan.unchanged) == ([], [], 57)


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00")))
def test_any_text_survives_the_round_trip_and_starts_no_formula(text):
    [line] = list(cells.lines(["a", "b"], [{"a": text, "b": "x"}]))[1:]
    [(_, row)] = cells.read("a,b\r\n" + line, ["a", "b"])
    assert row["a"] == text
    assert not cells.escape(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.django_db
def test_the_difference_is_shown_and_then_made():
    office = commitment()
    known = piece(office)
    text = exported(evidence).replace(known.title, "Lease signed and sealed")
    text += (
        ","
        + ",".join(
            ["Planning notice", "https://council.example/7", "Council", "2025-08-02", "day", "T1", "", "", "", ""]
        )
        + f",{office.ref},supports,action,no,\r\n"
    )

    plan = evidence_plan(text)
    assert [(step.is_new, [d.column for d in step.differences]) for step in plan.changing] == [
        (False, ["title"]),
        (True, []),
    ]
    assert Evidence.objects.count() == 1
    plan.apply(reason="Counted anew.", by=person("erin"), now=NOW)

    assert {item.title for item in office.evidence.all()} == {"Lease signed and sealed", "Planning notice"}
    assert evidence_plan(exported(evidence)).changing == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [
        ("tier", "T9", "tier: “T9” is not known"),
        ("published_on", "9999-01-01", "outside 1900–2199"),
        ("published_on", "yesterday", "is not a day"),
        ("url", "javascript:alert(1)", "url:"),
        ("commitment", "NO-99", "there is no NO-99"),
        ("repeats_promise", "perhaps", "must be yes or no"),
        ("title", "", "title:"),
    ],
)
def test_a_fault_is_named_by_line_and_column_and_stops_the_import(column, value, problem):
    piece(commitment())
    [row] = evidence.rows()
    plan = evidence_plan("".join(cells.lines(evidence.COLUMNS, [row | {column: value}])))
    [step] = plan.faulty
    assert step.line == 2
    assert any(problem in fault for fault in step.faults), step.faults
    with pytest.raises(ValueError, match="nothing was written"):
        plan.apply(reason="Counted anew.", by=person("erin"), now=NOW)


@pytest.mark.django_db
def test_an_address_that_is_known_is_not_stored_twice():
    office = commitment()
    known = piece(office)
    [row] = evidence.rows()
    plan = evidence_plan("".join(cells.lines(evidence.COLUMNS, [row | {"ref": "ev-other"}])))
    assert known.ref in plan.faulty[0].faults[0]


@pytest.mark.django_db
def test_a_corrected_figure_changes_the_point_instead_of_adding_one():
    series = Series.objects.create(ref="staff", commitment=commitment(), title="Staff", unit="people")
    Measurement.objects.create(series=series, on=date(2026, 4, 13), value=200)
    plan = measurements.Planner().plan(exported(measurements).replace(",200,", ",210,"))
    [step] = plan.changing
    assert [(d.column, d.before, d.after) for d in step.differences] == [("value", "200", "210")]
    plan.apply(reason="Counted anew.", by=person("erin"), now=NOW)
    assert Measurement.objects.get().value == 210
    assert [edit.before for edit in series.commitment.revisions.all()] == ["value: 200"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a\r\n1\r\n", "missing: b"),
        ("a,b,c\r\n1,2,3\r\n", "unknown: c"),
        ("a,b\r\n1\r\n", "Line 2 has more or fewer cells"),
        ('a,b\r\n"1,2\r\n', "Line"),
        ("", "missing: a, b"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused(text, problem):
    with pytest.raises(cells.Unreadable, match=problem):
        cells.read(text, ["a", "b"])


@pytest.mark.django_db
def test_the_admin_shows_the_difference_first_and_writes_on_the_second_click(client):
    office = commitment()
    known = piece(office)
    editor = User.objects.create(username="erin", is_staff=True)
    editor.groups.add(Group.objects.get(name="Editor"))
    client.force_login(editor)
    export = client.get(reverse("admin:commitments_evidence_export"))
    text = b"".join(export).decode().replace(known.title, "Lease signed and sealed")
    url = reverse("admin:commitments_evidence_import")

    shown = client.post(url, {"file": SimpleUploadedFile("e.csv", text.encode())})
    assert "Lease signed and sealed" in shown.content.decode()
    assert Evidence.objects.get().title == known.title

    hidden = {name: shown.context[name] for name in ("text", "mark")}
    assert "change_reason" in shown.content.decode(), "the file corrects what is public"
    assert "Say under" in client.post(url, {**hidden, "apply": "1"}).content.decode()
    assert Evidence.objects.get().title == known.title
    assert client.post(url, {**hidden, "apply": "1", "change_reason": "It has a seal."}).status_code == 302
    assert Evidence.objects.get().title == "Lease signed and sealed"
    revision = office.revisions.get()
    assert (revision.before, revision.reason, revision.by_name) == (f"title: {known.title}", "It has a seal.", "erin")


@pytest.mark.django_db
def test_a_difference_that_is_out_of_date_is_not_written(client):
    office = commitment()
    known = piece(office)
    client.force_login(User.objects.create_superuser("root"))
    text = exported(evidence).replace(known.title, "Lease signed and sealed")
    url = reverse("admin:commitments_evidence_import")
    shown = client.post(url, {"file": SimpleUploadedFile("e.csv", text.encode())})
    hidden = {name: shown.context[name] for name in ("text", "mark")}
    Evidence.objects.update(publisher="Somebody else")
    page = client.post(url, {**hidden, "apply": "1"})
    assert "changed since you looked" in page.content.decode()
    assert Evidence.objects.get().title == known.title
