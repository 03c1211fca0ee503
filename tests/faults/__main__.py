"""The fault list: a whole fleet under load, struck once by each fault, and counted after it.

    python -m tests.faults [--only NAME …] [--seed N]

PostgreSQL, broker, web, two poll workers, a mail worker, a worker for the rest and beat are processes, looked after as
`make fleet` does. Meanwhile feeds bring news, a person decides every two seconds, letters go out about it, and a reader
asks for the front page. After each fault: nothing lost, nothing doubled (letters counted at a mail server that honours
the idempotency key; what a plain one would have got twice must stand in the ledger), `verify_ledger` holds, and all of
it goes on within 120 seconds of the service's return. Prints a line a fault; ends with 1 where one of them fails.
"""

import argparse
import os
import random
import sys
import tempfile
import time
from pathlib import Path

import django

from tests.faults import house as houses
from tests.rehearsal import clock
from tests.support import mailing

FEEDS, ITEMS, READERS = 40, 10, 150
SLOWEST_LETTER_SECONDS = 0.05


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    pace = random.Random(options.seed)
    with (
        tempfile.TemporaryDirectory(prefix="faults-", ignore_cleanup_errors=True) as folder,
        mailing.Sink(delay=lambda: pace.uniform(0, SLOWEST_LETTER_SECONDS), honours_key=True) as sink,
    ):
        os.chmod(folder, 0o755)  # PostgreSQL runs as `nobody` where root starts it
        with houses.raised(Path(folder), FEEDS, ITEMS, sink) as house:
            os.environ.update(house.fleet.environment)
            django.setup()
            clock.wind()
            return strike_all(house, options)


def strike_all(house: houses.House, options: argparse.Namespace) -> int:
    from tests.faults import strikes, trial  # they need the settings of the fleet

    wanted = options.only or [name for name in strikes.FAULTS if house.is_volume or name != "disk-full"]
    if not house.is_volume:
        print(houses.NO_VOLUME)
    bench = trial.Trial(house, random.Random(options.seed), FEEDS, ITEMS, READERS)
    with houses.running(house):
        bench.begin()
        print(trial.HEAD, flush=True)
        outcomes = []
        for name in wanted:
            outcomes.append(bench.strike(name))
            print(outcomes[-1].line(), flush=True)
        bench.wait_for_letters_in_doubt(outcomes)
    return int(not all(outcome.is_good for outcome in outcomes))


if __name__ == "__main__":
    began = time.monotonic()
    code = main()
    print(f"{time.monotonic() - began:.0f} s in all")
    sys.exit(code)
