"""The read-only API, asked every way its description allows and many that it does not.

    python bench/calling.py [--examples N] [--seed N]

Asks the application in this process, with the shipped record. Nothing may answer 5xx, leave its own description, or
refuse otherwise than in the one error shape. The tests ask a few hundred questions of this kind of a server, `make
fuzz` 10,000.
"""

from __future__ import annotations

import argparse
import io
import logging
import math
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

EXAMPLES = 10_000


def ask(call: Callable[[Any], Any], description: dict[str, Any], *, examples: int, seed: int) -> Counter[int]:
    """Share the examples out over the operations, check each answer; how often each status came."""
    import schemathesis

    operations = [found.ok() for found in schemathesis.openapi.from_dict(description).get_all_operations()]
    asking = [modes for operation in operations if len(modes := _modes(operation)) > 1]
    most = math.ceil(examples / sum(len(modes) for modes in asking))  # without parameters there is one question only
    seen: Counter[int] = Counter()
    for operation in operations:
        for mode in _modes(operation):
            _ask_one(operation, mode, call, seen, settings={"max_examples": most}, seed=seed)
    return seen


def _modes(operation: Any) -> list[Any]:
    """Rightly, and wrongly where there is anything to ask wrongly."""
    from schemathesis.generation import GenerationMode

    return [GenerationMode.POSITIVE, *([GenerationMode.NEGATIVE] if list(operation.iter_parameters()) else [])]


def _ask_one(
    operation: Any, mode: Any, call: Callable[[Any], Any], seen: Counter[int], *, settings: dict[str, Any], seed: int
) -> None:
    import hypothesis
    from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

    # A cursor or a day may be well formed and still be none of ours; an empty parameter counts as absent, as in forms.
    too_strict = [positive_data_acceptance, negative_data_rejection]
    every = list(hypothesis.HealthCheck)

    @hypothesis.seed(seed)
    @hypothesis.settings(deadline=None, database=None, suppress_health_check=every, **settings)
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    def one(case: Any) -> None:
        answer = call(case)
        seen[answer.status_code] += 1
        case.validate_response(answer, excluded_checks=too_strict)

    one()


def over_the_wire(base: str) -> Callable[[Any], Any]:
    """Questions to a server, over connections that are kept."""
    import requests

    session = requests.Session()
    return lambda case: case.call(base_url=base, session=session)


def in_this_process() -> Callable[[Any], Any]:
    """Questions to the application itself, every middleware included: no socket, no second process to wait for."""
    from tracker.wsgi import application

    # What the application's own test client cannot unpack it must not be sent packed.
    headers = {"Host": "127.0.0.1", "Accept-Encoding": "identity"}
    return lambda case: case.call(app=application, base_url="http://127.0.0.1/api/v1", headers=headers)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=EXAMPLES)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        os.environ |= {"DATABASE_URL": f"sqlite:///{folder}/fuzz.sqlite3", "VAR_DIR": folder}
        os.environ |= {"DJANGO_SETTINGS_MODULE": "tracker.settings", "SECRET_KEY": "only-for-this-fuzz-0123456789" * 2}
        seen = _on_the_shipped_record(options.examples, options.seed)
    told = ", ".join(f"{count:,} × {status}" for status, count in sorted(seen.items()))
    print(f"{seen.total():,} questions to the API, none answered otherwise than described: {told}")
    return 0


def _on_the_shipped_record(examples: int, seed: int) -> Counter[int]:
    import django

    django.setup()
    from django.core.management import call_command

    from commitments.public import describing

    logging.disable(logging.ERROR)  # thousands of refusals are asked for on purpose
    for command in ("migrate", "seed"):
        call_command(command, verbosity=0, stdout=io.StringIO())
    description = describing.openapi(site="Fuzz", site_url="http://127.0.0.1")
    return ask(in_this_process(), description, examples=examples, seed=seed)


if __name__ == "__main__":
    sys.exit(main())
