"""`make rehearsal`: twelve simulated weeks on the fleet layout, one line a week, the summary in docs/rehearsal.md.

PostgreSQL, broker, web, four Celery workers and beat are real processes; their clock is given. The wire is read over
HTTP on loopback, letters go to an SMTP server, pages are asked like any reader would. A week is: Tuesday the wire
brings news, Wednesday five editors decide, Monday at eight the letters are due.
"""

import argparse
import os
import platform
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import django

from tests.rehearsal import clock
from tests.support import mailing
from tracker import fleet, servers

ROOT = Path(__file__).resolve().parents[2]
PAPER = ROOT / "docs" / "rehearsal.md"
LONDON = ZoneInfo("Europe/London")


def rehearse(options: argparse.Namespace, folder: Path) -> tuple[Any, list[str]]:
    """The rehearsal after its last week, and the line of each week."""
    os.environ[clock.NAME] = str(folder / "clock")
    monday = next_monday()
    clock.put(monday)
    port = servers.free_port()
    with mailing.Sink() as sink:
        known = {"SITE_URL": f"http://127.0.0.1:{port}", "ALLOW_PRIVATE_NETWORKS": "127.0.0.0/8", "EMAIL_URL": sink.url}
        with fleet.raised(ROOT, folder, port, **known) as raised:
            raised.manage("seed")
            os.environ.update(raised.environment)
            django.setup()
            clock.wind()
            return _all_weeks(options, raised, folder, sink, monday)


def _all_weeks(
    options: argparse.Namespace, raised: fleet.Fleet, folder: Path, sink: mailing.Sink, monday: datetime
) -> tuple[Any, list[str]]:
    from tests.rehearsal import house, weeks, wire  # they need the settings of the fleet

    shape = (options.sources, options.items, options.weeks)
    with wire.Wire(*shape, monday) as news, house.House(raised, folder / "log") as running:
        rehearsal = weeks.Rehearsal(running, news, sink, monday)
        rehearsal.begin(options.readers, folder / "wire.opml")
        lines = []
        for number in range(options.weeks):
            lines.append(rehearsal.week(number))
            print(lines[-1], flush=True)
        rehearsal.end()
        return rehearsal, lines


def next_monday() -> datetime:
    """08:00 in London on the Monday after today."""
    today = datetime.now(LONDON).date()
    monday = today + timedelta(days=7 - today.weekday())
    return datetime(monday.year, monday.month, monday.day, 8, tzinfo=LONDON)


def paper(options: argparse.Namespace, rehearsal: Any, lines: list[str], seconds: float) -> str:
    done = "\n".join(f"- {count} {what}" for what, count in rehearsal.desk.done.most_common())
    found = "\n".join(f"- {fault}" for fault in rehearsal.faults) or "Nothing was found wrong."
    weeks = "\n".join(lines)
    steady = min(3, len(lines))
    first, last = rehearsal.memory[steady - 1], rehearsal.memory[-1]
    parts = "\n".join(f"| {name} | {first[name]} MB | {last[name]} MB |" for name in last)
    today = datetime.now(LONDON)
    return f"""# The rehearsal

Written by `make rehearsal` on {today:%-d %B %Y}, Python {platform.python_version()}, in {seconds / 60:.0f} minutes.

{options.weeks} simulated weeks on the fleet layout: PostgreSQL, a broker, web, four Celery workers and beat as
processes of their own, by a clock that the rehearsal sets. {options.sources} feeds with {options.items} items each over
HTTP on loopback, {len(rehearsal.desk.editors)} editors and a reviewer by script, {options.readers:,} confirmed readers
with mixed choices, letters to a real SMTP server. The bell of the post room rings three times a week, and beat rings it
every minute besides.

Held against the record every week: each reader with news in the chosen scope got exactly one letter, nobody else got
any ({rehearsal.letters:,} letters in all); every published item is stored once; `verify_ledger` is content. Held at the
end: each week's page read with `as_of` says what it said then; memory is flat; no error stands in the logs; no process
fell.

```
{weeks}
```

What the desk did:

{done}

## Memory

| part | week {steady} | week {len(lines)} |
|---|---|---|
{parts}
| together | {first.total()} MB | {last.total()} MB |

## Found wrong

{found}

The subscriptions are written into the table as confirmed; signing up is tested elsewhere. Time goes in steps, from one
act of the week to the next, so what happens in the hours between is not rehearsed.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weeks", type=int, default=12)
    parser.add_argument("--sources", type=int, default=200)
    parser.add_argument("--items", type=int, default=100, help="of each source, over all weeks")
    parser.add_argument("--readers", type=int, default=2000)
    parser.add_argument("--no-paper", action="store_true", help="leave docs/rehearsal.md alone")
    options = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="rehearsal-") as folder:
        rehearsal, lines = rehearse(options, Path(folder))
    if not options.no_paper:
        PAPER.write_text(paper(options, rehearsal, lines, time.monotonic() - began), "utf-8")
    print(f"{len(rehearsal.faults)} faults, {rehearsal.letters} letters, {time.monotonic() - began:.0f} s")
    sys.exit(1 if rehearsal.faults else 0)


if __name__ == "__main__":
    main()
