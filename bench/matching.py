"""What matching costs, on one core: the shipped record, growth with the number of commitments, and two rivals.

    python bench/matching.py [--items N]

Rivals in the same run: one compiled regular expression a commitment, and PostgreSQL's full-text search where a
server starts. Texts are made up, 45 words an item, words drawn as unevenly as in real news.
"""

import argparse
import os
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import yaml

from monitoring.evaluating import folders, refitting
from monitoring.matching import Matcher, collector_resting
from monitoring.reading import CommitmentText, ItemText
from tracker import servers

RECORD = Path(__file__).resolve().parent.parent / "commitments" / "records" / "uk-openai"
WORDS = 20_000
WORDS_OF_AN_ITEM = 45
GROWTH = (100, 1_000, 10_000)


def vocabulary(chance: random.Random) -> tuple[list[str], list[float]]:
    syllables = ["ba", "ce", "dor", "fi", "gan", "hu", "jol", "ka", "lem", "mi", "nor", "pu", "ra", "sel", "tu", "vo"]
    words = {"".join(chance.choices(syllables, k=chance.choice((2, 3, 4)))) for _ in range(WORDS * 2)}
    kept = sorted(words)[:WORDS]
    chance.shuffle(kept)
    return kept, [1 / (rank + 10) for rank in range(len(kept))]


def made_up(amount: int, items: int) -> tuple[list[CommitmentText], list[ItemText]]:
    chance = random.Random(7)
    words, weights = vocabulary(chance)
    rarer = words[200:]
    commitments = [
        CommitmentText(
            str(n), " ".join(chance.sample(rarer, 6)), " ".join(chance.sample(rarer, 10)), (f"Body {n % 97}",)
        )
        for n in range(amount)
    ]
    drawn = [chance.choices(words, weights, k=WORDS_OF_AN_ITEM) for _ in range(items)]
    return commitments, [ItemText(str(n), " ".join(row[:9]), " ".join(row[9:])) for n, row in enumerate(drawn)]


def timed(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def the_record() -> list[CommitmentText]:
    """The commitments of the shipped record, as the watch reads them."""
    promises = yaml.safe_load((RECORD / "commitments.yaml").read_text("utf-8"))["commitments"]
    parties = yaml.safe_load((RECORD / "parties.yaml").read_text("utf-8"))["organisations"]
    names = {party["slug"]: party["name"] for party in parties}
    return [
        CommitmentText(
            promise["ref"],
            promise["title"],
            promise["statement"],
            tuple(names[owner] for owner in promise.get("owners", ())),
            ", ".join(promise.get("sectors", ())),
            promise.get("watch_query", ""),
        )
        for promise in promises
    ]


def shipped_record() -> None:
    commitments = the_record()
    items = [item.text for folder in (refitting.SHIPPED, refitting.NEWS) for item in folders.items(folder)]
    matcher = Matcher(commitments, items)
    with collector_resting():
        spent = timed(lambda: [matcher.find_matches(item) for item in items])
    each = 1000 * spent / len(items)
    print(f"the shipped record, {len(commitments)} commitments, {len(items)} items: {each:.2f} ms CPU an item")


def growth(items: int) -> None:
    for amount in GROWTH:
        commitments, texts = made_up(amount, items)
        build, spent = _cost(commitments, texts)
        print(
            f"{amount:>6,} commitments × {items:,} items with ranking: {spent:.2f} s, "
            f"{1000 * spent / items:.3f} ms an item (built in {build:.2f} s)"
        )


def _cost(commitments: Sequence[CommitmentText], texts: Sequence[ItemText]) -> tuple[float, float]:
    """Seconds to build the matcher, and to match all texts."""
    began = time.process_time()
    matcher = Matcher(commitments, texts[:500])
    built = time.process_time()
    with collector_resting():
        for text in texts:
            matcher.find_matches(text)
    return built - began, time.process_time() - built


def naive_expressions(items: int) -> None:
    """Every commitment's words as one alternation, asked of every item."""
    commitments, texts = made_up(GROWTH[-1], items)
    patterns = [re.compile(rf"\b(?:{'|'.join(c.title.split())})\b") for c in commitments]
    sample = [f"{text.title} {text.summary}" for text in texts[:20]]
    each = timed(lambda: [[p for p in patterns if p.search(text)] for text in sample]) / len(sample)
    whole = f"{each * items:.0f} s for {items:,} (reckoned)"
    print(f"one regular expression a commitment: {1000 * each:.1f} ms an item, {whole}")


def full_text_search(items: int) -> None:
    """PostgreSQL: a tsvector of every new item against a stored tsquery of every commitment, through GIN."""
    commitments, texts = made_up(GROWTH[-1], items)
    with tempfile.TemporaryDirectory() as folder:
        server = servers.Postgres(Path(folder))
        try:
            server.start()
        except servers.Missing as missing:
            print(f"PostgreSQL full-text search: left out, {missing}")
            return
        try:
            print(_ask_postgres(server, commitments, texts[:1_000]))
        finally:
            server.stop()


def _ask_postgres(server: servers.Postgres, commitments: Sequence[CommitmentText], texts: Sequence[ItemText]) -> str:
    import psycopg

    with psycopg.connect(server.create("bench"), autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE item (id int, words tsvector)")
        cursor.execute("CREATE TABLE wanted (id int, query tsquery)")
        rows = [(n, f"{t.title} {t.summary}") for n, t in enumerate(texts)]
        cursor.executemany("INSERT INTO item VALUES (%s, to_tsvector('simple', %s))", rows)
        queries = [(n, " | ".join(c.title.split())) for n, c in enumerate(commitments)]
        cursor.executemany("INSERT INTO wanted VALUES (%s, to_tsquery('simple', %s))", queries)
        cursor.execute("CREATE INDEX ON item USING gin (words)")
        cursor.execute("ANALYZE")
        began = time.perf_counter()
        cursor.execute("SELECT count(*) FROM wanted JOIN item ON item.words @@ wanted.query")
        spent = time.perf_counter() - began
    return f"PostgreSQL full-text search, no ranking: {1000 * spent / len(texts):.2f} ms an item ({len(texts):,} items)"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=10_000)
    items = parser.parse_args().items
    shipped_record()
    growth(items)
    naive_expressions(items)
    full_text_search(items)


if __name__ == "__main__":
    main()
