"""The read-only API, asked every way its description allows and many that it does not.

    python bench/calling.py [--examples N] [--seed N]

Starts the shipped record on a server of its own. Nothing may answer 5xx, leave its own description, or refuse
otherwise than in the one error shape. The tests ask a few hundred questions of this kind, `make fuzz` 10,000.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.serving import serving
from tracker import servers

ROOT = Path(__file__).resolve().parent.parent

EXAMPLES = 10_000


def ask(base: str, description: dict[str, Any], *, examples: int, seed: int) -> Counter[int]:
    """Share the examples out over the operations, check each answer; how often each status came."""
    import hypothesis
    import schemathesis
    from schemathesis.generation import GenerationMode
    from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

    operations = [found.ok() for found in schemathesis.openapi.from_dict(description).get_all_operations()]
    modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    # A cursor or a day may be well formed and still be none of ours; an empty parameter counts as absent, as in forms.
    too_strict = [positive_data_acceptance, negative_data_rejection]
    seen: Counter[int] = Counter()
    for operation in operations:
        for mode in modes:
            if mode is GenerationMode.NEGATIVE and not list(operation.iter_parameters()):
                continue  # nothing to ask wrongly
            strategy = operation.as_strategy(generation_mode=mode)

            @hypothesis.seed(seed)
            @hypothesis.settings(
                max_examples=max(1, examples // (len(operations) * len(modes))),
                deadline=None,
                database=None,
                suppress_health_check=list(hypothesis.HealthCheck),
            )
            @hypothesis.given(case=strategy)
            def one(case: Any) -> None:
                answer = case.call(base_url=base)
                seen[answer.status_code] += 1
                case.validate_response(answer, excluded_checks=too_strict)

            one()
    return seen


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=EXAMPLES)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        port = servers.free_port()
        env = {**os.environ, "DATABASE_URL": f"sqlite:///{folder}/fuzz.sqlite3", "VAR_DIR": folder, "PORT": str(port)}
        env |= {"DJANGO_SETTINGS_MODULE": "tracker.settings", "SECRET_KEY": "only-for-this-fuzz-0123456789" * 2}
        env |= {"LOG_LEVEL": "ERROR"}  # thousands of refusals are asked for on purpose
        for command in ("migrate", "seed"):
            subprocess.run([sys.executable, ROOT / "manage.py", command, "-v0"], env=env, check=True, cwd=ROOT)
        with serving(env, port):
            base = f"http://127.0.0.1:{port}/api/v1"
            with urllib.request.urlopen(f"{base}/openapi.json", timeout=60) as answer:
                description = json.load(answer)
            seen = ask(base, description, examples=options.examples, seed=options.seed)
    told = ", ".join(f"{count:,} × {status}" for status, count in sorted(seen.items()))
    print(f"{seen.total():,} questions to the API, none answered otherwise than described: {told}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
