"""The count after a fault finds what it is for: lost, doubled, and doubled without a word."""

from tests.faults import counting


def test_what_is_there_once_is_neither_lost_nor_doubled():
    sent = {"digest.1.a": False, "digest.1.b": True}
    found = counting.letters(sent, taken=["digest.1.a", "digest.1.b"], repeats=["digest.1.b"])
    assert found == {"letters_lost": 0, "letters_doubled": 0, "unexplained": 0}
    assert counting.Tally(**found).is_clean


def test_a_letter_that_the_ledger_calls_sent_and_nobody_got_is_lost():
    assert counting.letters({"digest.1.a": False}, taken=[], repeats=[])["letters_lost"] == 1


def test_a_second_copy_and_a_letter_that_nobody_knows_of_are_too_many():
    found = counting.letters({"digest.1.a": False}, taken=["digest.1.a", "digest.1.a", "digest.9.x"], repeats=[])
    assert found["letters_doubled"] == 2


def test_a_repeat_without_a_word_in_its_row_is_unexplained():
    found = counting.letters({"digest.1.a": False}, taken=["digest.1.a"], repeats=["digest.1.a", "digest.1.a"])
    assert found["unexplained"] == 1
    assert not counting.Tally(**found).is_clean


def test_items_are_counted_by_name():
    assert counting.missing_and_more({"1-1", "1-2"}, ["1-1", "1-1"]) == (1, 1)


def test_the_table_says_what_is_wrong():
    assert str(counting.Tally()) == "nothing"
    assert str(counting.Tally(items_lost=2, untold=1)) == "2 items lost, 1 untold"
