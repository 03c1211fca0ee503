"""One line at the end of a run for every kind of test that could not be run here, and why."""

import os
from collections import Counter
from typing import Any

import pytest

NEEDED = {"no browser": "REQUIRE_BROWSER", "no PostgreSQL": "REQUIRE_SERVICES", "no broker": "REQUIRE_SERVICES"}


def _left_out(reporter: Any) -> Counter[str]:
    reasons = (str(report.longrepr[2]).removeprefix("Skipped: ") for report in reporter.stats.get("skipped", []))
    return Counter(reason for reason in reasons if reason.startswith(tuple(NEEDED)))


def say_what_was_left_out(reporter: Any) -> None:
    for reason, count in _left_out(reporter).items():
        reporter.write_line(f"Left out: {count} {'test' if count == 1 else 'tests'}, {reason}.")


def insist(session: pytest.Session) -> None:
    """Where REQUIRE_BROWSER or REQUIRE_SERVICES is 1, leaving such a test out fails the run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    for reason in _left_out(reporter) if reporter else ():
        variable = next(name for start, name in NEEDED.items() if reason.startswith(start))
        if os.environ.get(variable) == "1" and session.exitstatus == 0:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
