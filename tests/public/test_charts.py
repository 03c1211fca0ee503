"""Charts: right numbers, nothing inline that a strict policy would refuse, no label on top of another."""

from datetime import date
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commitments.public import charts
from commitments.public.charts.activity import months
from commitments.public.charts.drawing import keep_apart
from commitments.public.charts.stacked import counts, month_ends
from commitments.public.measuring import Course, Line, Point
from commitments.public.shapes import Due, Party, Row, Step

TODAY = date(2026, 11, 21)


def row(pk: int, made_on: date = date(2025, 7, 21), **fields: object) -> Row:
    values = {
        "pk": pk, "ref": f"T-{pk}", "slug": f"t-{pk}", "title": "A <promise>", "statement": "", "owners": (),
        "agreement": Party("a", "A"), "sectors": (), "firmness": "intended", "hedge": "", "binding": False,
        "made_on": made_on, "due": Due(None), "status": "in_progress", "since": None, "reason": "", "confirmation": "",
        "changed_on": None, "last_evidence_on": None,
    }  # fmt: skip
    return Row(**{**values, **fields})  # type: ignore[arg-type]


def compute(points: tuple[Point, ...] = ()) -> Line:
    return Line(
        "s", "Compute & more", "exaFLOPS", Decimal(21), date(2025, 7, 17), Decimal(420), date(2030, 12, 31), "", points
    )


def test_the_line_needed_by_now_is_straight() -> None:
    course = Course(date(2025, 1, 1), Decimal(0), date(2025, 1, 11), Decimal(100))
    assert course.needed(date(2025, 1, 4)) == 30
    assert course.needed(date(2020, 1, 1)) == 0
    assert course.needed(date(2030, 1, 1)) == 100


def test_a_line_without_a_goal_is_tabled_not_drawn() -> None:
    figure = charts.trajectory(Line("s", "Jobs", "jobs", None, None, None, None, "", ()), TODAY)
    assert figure.svg == ""


def test_words_about_today_stand_where_there_is_room_for_them() -> None:
    """Beside a value reported the same week they would lie on its own; before the course begins nothing is needed."""
    line = compute((Point(date(2025, 7, 17), Decimal(21), "reported"),))
    assert "needed by now" in charts.trajectory(line, TODAY).svg
    fresh = charts.trajectory(line, date(2025, 8, 1), present=False).svg
    assert "needed by now" not in fresh
    assert ">1 Aug 2025<" in fresh, "a day in the past is not called today"
    assert "c-now" not in charts.trajectory(line, date(2024, 1, 1), present=False).svg


def test_planned_points_are_not_joined_to_reported_ones() -> None:
    points = (
        Point(date(2025, 7, 17), Decimal(21), "reported"),
        Point(date(2026, 3, 25), Decimal(27), "planned"),
        Point(date(2026, 4, 1), None, "not_found"),
    )
    drawing = charts.trajectory(compute(points), TODAY).svg
    assert "c-planned" in drawing
    assert "c-line" not in drawing


def test_stacked_counts_begin_when_a_promise_was_made_and_add_up() -> None:
    rows = [row(1), row(2, made_on=date(2025, 9, 10))]
    steps = {1: (Step("not_started", date(2025, 7, 21), date(2025, 8, 15)), Step("met", date(2025, 8, 15), TODAY))}
    table = counts(rows, steps, [date(2025, 7, 31), date(2025, 8, 31), date(2025, 9, 30)])
    assert [sum(line.values()) for line in table] == [1, 1, 2]
    assert [line["met"] for line in table] == [0, 1, 1]
    assert table[2]["not_yet_rated"] == 1


@pytest.mark.parametrize("last", [date(2025, 7, 21), date(2025, 12, 31), date(2026, 2, 28)])
def test_month_ends_rise_and_end_today(last: date) -> None:
    days = month_ends(date(2025, 7, 21), last)
    assert days == sorted(set(days))
    assert days[-1] == last


def test_months_cross_the_year() -> None:
    assert months(date(2025, 11, 30), date(2026, 2, 1)) == [
        date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1),
    ]  # fmt: skip


@given(st.lists(st.floats(0, 200), max_size=11).map(sorted))
def test_labels_never_touch_while_there_is_room(wanted: list[float]) -> None:
    placed = keep_apart(wanted, gap=16, lowest=238)
    assert all(b - a >= 16 - 1e-6 for a, b in zip(placed, placed[1:], strict=False))
    assert all(y <= 238 for y in placed)


def test_every_drawing_is_well_formed_and_has_no_style_of_its_own() -> None:
    steps = (Step("not_started", date(2025, 7, 21), date(2026, 1, 1)), Step("met", date(2026, 1, 1), TODAY))
    figures = [
        charts.trajectory(compute((Point(date(2025, 7, 17), Decimal(21), "reported"),)), TODAY),
        charts.status_over_time([row(1)], {1: steps}, TODAY),
        charts.time_in_status(steps, date(2025, 7, 21), TODAY),
        charts.activity([(date(2026, 1, 5), "action", 3)], date(2025, 7, 21), TODAY),
    ]
    for figure in figures:
        assert figure is not None
        drawing = ElementTree.fromstring(figure.svg)
        assert drawing.get("role") == "img"
        assert drawing.get("aria-label") == figure.alt
        assert not [e for e in drawing.iter() if "style" in e.attrib or e.tag in ("style", "script")]
        assert figure.rows
        assert all(len(line) == len(figure.header) for line in figure.rows)
