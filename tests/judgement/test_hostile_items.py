"""Items as the world sends them: each is judged, or waits with a word in the log; none stalls or breaks the others."""

from __future__ import annotations

import time

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from commitments.models import Commitment
from monitoring import judging
from monitoring.models import Item, Story, Suggestion
from tests.judgement.conftest import NOW, commitment, item

pytestmark = pytest.mark.django_db
SOUP = "<p><b>OpenAI &lt;London <script>alert(1)</script> office</p" * 40
WORST = {
    "no title": ("", "OpenAI takes a bigger London office."),
    "nothing at all": ("", ""),
    "a title of a megabyte": ("OpenAI London office " * 50_000, ""),
    "one word of a megabyte": ("a" * 1_000_000, "a" * 1_000_000),
    "right to left": ("OpenAI תפתח משרד בלונדון", "الشركة تستأجر مكتبا أكبر في لندن " * 50),
    "Chinese": ("OpenAI 扩大伦敦办公室", "该公司将在伦敦租用更大的办公室。" * 50),
    "emoji": ("🚀 OpenAI 🇬🇧 London office 🏢" * 20, "👩🏽‍💻" * 2_000),
    "soup": (SOUP, SOUP),
}


@pytest.mark.parametrize("name", WORST)
def test_an_item_as_bad_as_can_be_is_judged_within_a_second(office: Commitment, desk: Client, name: str) -> None:
    title, text = WORST[name]
    row = item(title, text)
    judging.judge([item("Warm-up", "")], NOW)
    began = time.process_time()
    judging.judge([row], NOW)
    assert time.process_time() - began < 1
    assert Item.objects.unjudged().count() == 0
    assert desk.get("/staff/triage/").status_code == 200


def test_a_commitment_in_chinese_is_matched_by_chinese_news() -> None:
    commitment("Z-01", "伦敦办公室扩大", "该公司将在伦敦租用更大的办公室。", "甲公司")
    judging.judge([item("甲公司扩大伦敦办公室", "更大的办公室。"), item("天气晴朗", "明天有雨。")], NOW)
    assert [row.item.title for row in Suggestion.objects.select_related("item")] == ["甲公司扩大伦敦办公室"]


def test_a_flood_of_copies_is_one_story(office: Commitment) -> None:
    """Words that every item of the batch has tell nothing apart, and yet the copies belong together."""
    judging.judge([item("OpenAI takes a bigger London office", "Five floors.") for _ in range(120)], NOW)
    assert Story.objects.count() == 1
    assert Suggestion.objects.count() == 1


def test_a_feed_of_fifty_thousand_costs_the_database_a_fixed_number_of_questions_a_batch(office: Commitment) -> None:
    """Two batches, one five times the other: what grows is the words, not the questions."""
    asked = []
    for amount in (30, 150):
        rows = [item(f"Word{n * amount} news of OpenAI number{n}", f"Matter{n * amount}") for n in range(amount)]
        with CaptureQueriesContext(connection) as questions:
            judging.judge(rows, NOW)
        asked.append(len([q for q in questions if not q["sql"].startswith('INSERT INTO "monitoring_story"')]))
    assert asked[1] <= asked[0] + 5
