"""OPML in and out: nested, doubled, broken, large."""

from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from monitoring import importing, outlines, sampling
from monitoring.models import Source
from tests.watch.world import NOW

NS = outlines.NAMESPACE
RECORDS = Path(settings.BASE_DIR) / "commitments" / "records"
OPML = """<?xml version="1.0"?><opml version="1.0"><head/><body>{}</body></opml>"""


def opml(*entries: str) -> bytes:
    return OPML.format("".join(entries)).encode()


def test_folders_of_any_depth_are_read() -> None:
    entry = '<outline text="Deep" xmlUrl="https://a.example/feed"/>'
    for number in range(200):
        entry = f'<outline text="{number}">{entry}</outline>'
    (found,) = outlines.read(opml(entry)).outlines
    assert found.title == "Deep"
    assert found.folder.startswith("199 / 198")


def test_a_refused_entry_is_named_and_costs_no_other() -> None:
    reading = outlines.read(
        opml(
            '<outline text="Good" xmlUrl="https://a.example/1"/>',
            '<outline text="Twice" xmlUrl="https://a.example/1"/>',
            '<outline text="Mail" xmlUrl="mailto:x@example.com"/>',
            '<outline text="Script" xmlUrl="javascript:alert(1)"/>',
            '<outline text="Empty"/>',
            f'<outline text="Tier" xmlUrl="https://a.example/2" xmlns:t="{NS}" t:tier="T9"/>',
            f'<outline text="Day" xmlUrl="https://a.example/3" xmlns:t="{NS}" t:notBefore="x"/>',
            '<outline text="Also good" xmlUrl="https://a.example/4"/>',
        )
    )
    assert [one.title for one in reading.outlines] == ["Good", "Also good"]
    assert len(reading.refused) == 6
    assert [line.split("”")[0] for line in reading.refused] == ["“Twice", "“Mail", "“Script", "“Empty", "“Tier", "“Day"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"<opml><body>", "not well-formed"),
        (b"", "not well-formed"),
        (b"<html><body/></html>", "no OPML"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><opml/>', "document type"),
        (b"x" * 5_000_001, "larger than"),
    ],
)
def test_a_broken_file_is_refused_whole(text: bytes, why: str) -> None:
    with pytest.raises(outlines.NotOpml, match=why):
        outlines.read(text)


@pytest.mark.django_db
def test_five_hundred_feeds_are_imported_and_again_nothing_happens() -> None:
    many = opml(*(f'<outline text="Feed {n}" xmlUrl="https://host{n}.example/feed"/>' for n in range(500)))
    assert len(importing.import_opml(many, NOW).added) == 500
    again = importing.import_opml(many, NOW)
    assert (len(again.added), again.known) == (0, 500)


@pytest.mark.django_db
def test_what_could_never_be_asked_and_twins_in_another_spelling_are_refused_each_with_a_line() -> None:
    importing.import_opml(opml('<outline text="Old" xmlUrl="http://www.old.example/feed/"/>'), NOW)
    imported = importing.import_opml(
        opml(
            '<outline text="Good" xmlUrl="https://a.example/feed?id=1"/>',
            '<outline text="Twin" xmlUrl="http://www.a.example/feed?id=1#top"/>',
            '<outline text="Other" xmlUrl="https://a.example/feed?id=2"/>',
            '<outline text="Again" xmlUrl="https://old.example/feed"/>',
            '<outline text="Cloud" xmlUrl="http://169.254.169.254/latest"/>',
            '<outline text="Odd" xmlUrl="http://0x7f.1/"/>',
            '<outline text="Login" xmlUrl="https://me:secret@b.example/"/>',
            '<outline text="Port" xmlUrl="https://8.8.8.8:22/"/>',
        ),
        NOW,
    )
    assert [source.title for source in imported.added] == ["Good", "Other"]
    said = {line.split("”")[0][1:]: line for line in imported.refused}
    assert list(said) == ["Twin", "Again", "Cloud", "Odd", "Login", "Port"]
    assert "is https://a.example/feed?id=1 in another spelling" in said["Twin"]
    assert "cloud metadata" in said["Cloud"]
    assert "only 80 and 443" in said["Port"]


@pytest.mark.django_db
def test_what_is_exported_can_be_imported_again_with_everything() -> None:
    call_command("import_sources", str(RECORDS / "uk-openai" / "sources.opml"), stdout=StringIO())
    exported = importing.export_opml("Sources & more").encode()
    before = {one.address: one for one in outlines.read(exported).outlines}
    Source.objects.all().delete()
    importing.import_opml(exported, NOW)
    after = {one.address: one for one in outlines.read(importing.export_opml("x").encode()).outlines}
    assert before == after
    assert len(after) == 14


@pytest.mark.django_db
def test_the_command_says_what_it_refused(tmp_path: Path) -> None:
    file = tmp_path / "list.opml"
    file.write_bytes(opml('<outline text="Bad" xmlUrl="nope"/>', '<outline text="Good" xmlUrl="https://a.example/"/>'))
    out, err = StringIO(), StringIO()
    call_command("import_sources", str(file), stdout=out, stderr=err)
    assert "Refused: “Bad”: nope is no address" in err.getvalue()
    assert out.getvalue() == "1 sources added, 0 were there already, 1 refused.\n"
    file.write_bytes(b"<opml>")
    with pytest.raises(CommandError, match="not well-formed"):
        call_command("import_sources", str(file))


def test_the_shipped_list_names_publisher_and_tier_of_each_source() -> None:
    reading = outlines.read((RECORDS / "uk-openai" / "sources.opml").read_bytes())
    assert not reading.refused
    assert all(one.publisher and one.tier for one in reading.outlines)


@pytest.mark.django_db
def test_the_sample_wire_is_labelled_and_moves_with_its_port() -> None:
    assert sampling.load("http://127.0.0.1:9001/", NOW) == 5
    assert sampling.load("http://127.0.0.1:9002/", NOW) == 0
    sources = list(Source.objects.samples())
    assert all(s.title.startswith("Sample wire") and s.publisher.startswith("Sample wire") for s in sources)
    assert {s.host.name for s in sources} == {"127.0.0.1:9002"}
    assert "Sample wire" not in importing.export_opml("x")


@pytest.mark.django_db
def test_a_configured_installation_refuses_invented_news(settings) -> None:
    settings.EMBEDDED = False
    with pytest.raises(CommandError, match="no place"):
        call_command("load_sample_wire", "http://127.0.0.1:9/")
