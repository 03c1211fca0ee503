import json
from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from commitments.models import Commitment
from monitoring import covering, drafting
from monitoring.drafting import deadlines, merging, sentences

FIRST = (
    "Granby Motors and the transport ministry met on 3 March 2026. Granby plans to open a battery works at Selwick by "
    "2029. The ministry will pay £40 million towards it. Critics say the works will soon close again. It might employ "
    "900 people."
)
SECOND = "Granby Motors will open its battery works at Selwick by 2030. The weather was fine."


def drafts(text: str, day: date | None = None) -> list[drafting.Draft]:
    return drafting.read_text(text, written_on=day)


def test_a_draft_says_who_what_how_much_and_by_when() -> None:
    works, money = drafts(FIRST, date(2026, 3, 3))
    assert "Granby" in works.who[0]
    assert works.what.startswith("open a battery works")
    assert works.deadline is not None
    assert (works.deadline.text, works.deadline.on, works.deadline.precision) == ("by 2029", date(2029, 12, 31), "year")
    assert works.firmness == "intended"
    assert "ministry" in money.who[0].lower()
    assert money.quantities == ("£40 million",)
    assert money.firmness == "committed"


@pytest.mark.parametrize(
    ("sentence", "who"),
    [
        ("Harbour City Council said today it will plant 5,000 trees by 2028.", "Harbour City Council"),
        ("The transport ministry announced on Monday that it will pay for the bridge.", "transport ministry"),
    ],
)
def test_of_reported_speech_the_speaker_owes_it(sentence: str, who: str) -> None:
    (draft,) = drafts(sentence)
    assert draft.who[0] == who


@pytest.mark.parametrize(
    "sentence",
    [
        "The village will be remembered for its plums.",
        "Those promises were soon forgotten.",
        "Analysts predict that prices will double by 2031.",
        "Ministers should publish the plan, campaigners said.",
        "The bridge might open next year.",
        "“It is a start,” said the harbour master.",
        "The mill was built in 1931.",
        "Bills will rise by a tenth in April.",
    ],
)
def test_what_only_sounds_like_a_promise_is_not_taken(sentence: str) -> None:
    assert drafts(f"Granby Motors met the council. {sentence}") == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Granby’s commitment to open a works at Selwick by 2029 stands.",
        "The council has agreed to keep the library open until 2030.",
        "Granby undertakes to train 300 apprentices before the end of the decade.",
        "The two will explore a joint laboratory in Leeds.",
        "The ministry has set aside £40 million for cables.",
        "Granby Motors is to publish its figures each quarter.",
        "In return the council gives up its claim to the old yard.",
        "First trams on the new line are down for October 2027.",
    ],
)
def test_promises_of_every_make_are_taken(sentence: str) -> None:
    assert len(drafts(f"Granby Motors met the council. {sentence}")) == 1


@pytest.mark.parametrize(
    ("text", "on", "precision"),
    [
        ("by the end of 2027", date(2027, 12, 31), "year"),
        ("by March 2028", date(2028, 3, 31), "month"),
        ("within two years", date(2028, 1, 31), "month"),
        ("before the end of the decade", date(2029, 12, 31), "year"),
        ("next year", date(2027, 12, 31), "year"),
        ("from June", date(2026, 6, 30), "month"),
    ],
)
def test_a_deadline_becomes_a_date_no_more_precise_than_its_words(text: str, on: date, precision: str) -> None:
    found = deadlines.find_deadline(f"The council will open it {text}.", date(2026, 1, 15))
    assert found is not None
    assert (found.on, found.precision) == (on, precision)


def test_a_year_that_is_over_is_no_deadline() -> None:
    assert deadlines.find_deadline("It will enlarge the office, opened in 2023.", None) is None


def test_several_texts_become_one_draft_with_their_disagreements() -> None:
    merged = merging.merge([("first", drafts(FIRST)), ("second", drafts(SECOND))])
    works = next(one for one in merged if len(one.wordings) == 2)
    assert {wording.document for wording in works.wordings} == {"first", "second"}
    assert any(text.startswith("firmness:") for text in works.disagreements)
    assert any(text.startswith("deadline:") for text in works.disagreements)
    assert works.firmness == "intended"


def test_one_sentence_about_several_fields_is_shown_in_parts() -> None:
    sentences = [
        "It will pilot tools in fields such as justice, defense and security.",
        "It covers defence, and roads.",
    ]
    found = merging.parts_of(sentences)
    assert found == ["justice", "defence", "security"]


def test_sentences_keep_abbreviations_together_and_lose_reference_marks() -> None:
    text = "Dr. Holt agreed.[2][11] It costs £1.5bn. “Really?” he said.\n• A list item"
    assert sentences.split(text) == ["Dr. Holt agreed.", "It costs £1.5bn.", "“Really?” he said.", "A list item"]


@pytest.mark.django_db
def test_each_part_of_a_list_is_compared_with_the_record_by_itself(office: Commitment, courts: Commitment) -> None:
    from tests.judgement.conftest import NOW

    text = "The government will pilot OpenAI's tools in departments such as justice, defence and farming."
    result = covering.draft([covering.Document("a", text)], covering.record_matcher(NOW))
    parts = {part: [known.ref for known in knowns] for part, knowns in result.drafts[0].parts.items()}
    assert parts == {"justice": ["T-02"], "defence": [], "farming": []}


@pytest.mark.django_db
def test_a_draft_that_repeats_the_record_says_so(office: Commitment) -> None:
    from tests.judgement.conftest import NOW

    text = covering.Document("a", "OpenAI met ministers. OpenAI plans to expand its London office by 2027.")
    result = covering.draft([text], covering.record_matcher(NOW))
    assert [known.ref for known in result.drafts[0].known] == ["T-01"]


@pytest.mark.django_db
def test_the_command_prints_json_and_the_refused_with_their_vetoes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "first.txt").write_text(FIRST, "utf-8")
    (tmp_path / "second.html").write_text(f"<html><body><p>{SECOND}</p><script>x</script></body></html>", "utf-8")
    call_command("draft", str(tmp_path / "first.txt"), str(tmp_path / "second.html"), "--json")
    found = json.loads(capsys.readouterr().out)
    assert len(found["drafts"]) == 2
    assert found["documents"][0]["written_on"] == "2026-03-03"
    assert any("Critics" in row["sentence"] for row in found["refused"])


@pytest.mark.django_db
def test_what_cannot_be_read_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(b"\x89PNG\x00\x00")
    with pytest.raises(CommandError, match="is not a text"):
        call_command("draft", str(tmp_path / "photo.png"))
    with pytest.raises(CommandError, match="cannot be read as a file"):
        call_command("draft", str(tmp_path / "missing.txt"))


def test_the_page_drafts_from_pasted_text_and_files(desk: Client, office: Commitment) -> None:
    upload = SimpleUploadedFile("second.txt", SECOND.encode())
    page = desk.post("/staff/triage/draft/", {"text": FIRST, "files": upload}).content.decode()
    assert "They differ" in page
    assert "<mark>plans to open</mark>" in page
    assert "is no address" in desk.post("/staff/triage/draft/", {"addresses": "file:///etc/passwd"}).content.decode()
    assert "Nothing was given" in desk.post("/staff/triage/draft/", {}).content.decode()


def test_a_long_text_is_read_in_seconds() -> None:
    import time

    began = time.process_time()
    drafts(FIRST * 200)
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("It will publish response times every year.", "every year"),
        ("A bus is to run before the first camera rolls.", "before the first camera rolls"),
        ("Granby Motors will hire two hundred people in the first year, the letter says.", "in the first year"),
        ("It will report every year until 2030.", "until 2030"),
        ("The ferry will come back from the yard in May.", "in May"),
    ],
)
def test_without_a_date_the_rhythm_or_the_event_is_the_deadline(sentence: str, words: str) -> None:
    (draft,) = drafting.read_sentences([sentence])
    assert draft.deadline is not None
    assert draft.deadline.text == words
