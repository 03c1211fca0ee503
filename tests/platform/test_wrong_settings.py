"""What each reader of a setting refuses, in its own words; that the start then ends in one line stands in test_up."""

import pytest

from tracker import environment as env

KEY = "k" * 25 + "0123456789abcdefghijklmnop"


@pytest.mark.parametrize(
    ("reader", "value", "said"),
    [
        (
            (env.mail, "outbox"),
            "smtp://desk:hidden@mail:notaport",
            "='smtp://desk:…@mail:notaport' cannot be used: write smtp",
        ),
        ((env.mail, "outbox"), "file:///proc/nothing", "give a folder that can be written"),
        ((env.broker, ""), "redis://127.0.0.1:abc/0", "write redis://host:6379/0"),
        ((env.broker, ""), "redis://127.0.0.1:6379/mine", "write redis://host:6379/0"),
        ((env.database, "x"), "postgresql://u:hidden@db:abc/x", "='postgresql://u:…@db:abc/x' cannot be used: write"),
        ((env.database, "x"), "postgresql://[db/x", "write postgresql://"),
        ((env.web_address, ""), "https://tracker.example:abc", "write the public address without a path"),
        ((env.web_address, ""), "https://our tracker", "write the public address without a path"),
        ((env.mailbox, ""), "nobody", "write one address such as desk@tracker.example"),
        ((env.mailbox, ""), "a@b.example, c@d.example", "write one address such as desk@tracker.example"),
        (
            (env.hosts, ()),
            "tracker.example,https://tracker.example",
            "='https://tracker.example' cannot be used: write host",
        ),
        ((env.hosts, ()), "tracker.example:443", "without https:// or port"),
        ((env.former_keys,), f"{KEY},x", "='…' cannot be used: give whole former keys"),
        ((env.asked_address,), "ping.example/secret", "='…' cannot be used: write an address such as https://"),
    ],
)
def test_a_value_that_cannot_work_is_refused_with_what_to_write(monkeypatch, reader, value, said):
    monkeypatch.setenv("GIVEN", value)
    function, *default = reader
    with pytest.raises(env.WrongSetting) as refusal:
        function("GIVEN", *default)
    assert said in str(refusal.value)
    assert "hidden" not in str(refusal.value)


@pytest.mark.parametrize(
    ("reader", "value"),
    [
        ((env.broker, ""), "rediss://:secret@cache.example:6380/2"),
        ((env.broker, ""), "redis+socket:///run/broker.sock"),
        ((env.web_address, ""), "https://[::1]:8443"),
        ((env.mailbox, ""), "tracker@localhost"),
        ((env.asked_address,), "https://ping.example/secret?x=1"),
    ],
)
def test_a_value_that_works_is_taken_as_it_is(monkeypatch, reader, value):
    monkeypatch.setenv("GIVEN", value)
    function, *default = reader
    assert function("GIVEN", *default) == value


def test_lists_are_split_at_commas(monkeypatch):
    monkeypatch.setenv("GIVEN", " .tracker.example, [::1] ,10.0.0.1,*,inner_host")
    assert env.hosts("GIVEN", ()) == [".tracker.example", "[::1]", "10.0.0.1", "*", "inner_host"]
    monkeypatch.setenv("GIVEN", f"{KEY}, {KEY[::-1]}")
    assert env.former_keys("GIVEN") == [KEY, KEY[::-1]]


def test_a_secret_file_that_holds_no_text_is_refused(monkeypatch, tmp_path):
    (tmp_path / "key").write_bytes(b"\xff\xfe\x00")
    monkeypatch.setenv("GIVEN_FILE", str(tmp_path / "key"))
    with pytest.raises(env.WrongSetting, match="holds no text in UTF-8"):
        env.text("GIVEN")
