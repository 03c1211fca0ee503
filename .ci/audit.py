"""Known vulnerabilities of what requirements.txt pins.

Ends with 1 on a finding, with 0 when every package was looked up and is clean. Where the advisory service could not be
asked, that is said in capitals, and the end is 0 so that a machine without a network can build; with AUDIT=strict it is
3, for a release and for a scheduled run where somebody looks.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

COMMAND = ["-r", "requirements.txt", "--no-deps", "--disable-pip", "--progress-spinner", "off", "-f", "json"]
CLEAN, FOUND, NOT_ASKED = 0, 1, 3


@dataclass(frozen=True)
class Answer:
    """Findings as (package, advisory), how many packages the service knew, which it did not; or why it is silent."""

    findings: list[tuple[str, str]] = field(default_factory=list)
    known: int = 0
    unknown: list[str] = field(default_factory=list)
    silence: str = ""


def read(output: str, complaint: str) -> Answer:
    """pip-audit's standard output and error as an answer; a service that knew none of the packages was not reached."""
    try:
        packages: list[dict[str, Any]] = json.loads(output)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return Answer(silence=(complaint.strip() or "no output").splitlines()[-1])
    unknown = [package["name"] for package in packages if "skip_reason" in package]
    findings = [(package["name"], flaw["id"]) for package in packages for flaw in package.get("vulns", [])]
    if len(unknown) == len(packages):
        return Answer(unknown=unknown, silence="it answered for none of the packages")
    return Answer(findings, len(packages) - len(unknown), unknown)


def tell(answer: Answer) -> list[str]:
    if answer.silence:
        return [
            "pip-audit: NOT ASKED. Nothing is known about vulnerabilities: the advisory service could not be reached",
            f"pip-audit: the reason given: {answer.silence[:300]}",
            "pip-audit: this is no clean result; run `AUDIT=strict make audit` where the service can be reached",
        ]
    lines = [f"pip-audit: {name} has the known vulnerability {flaw}" for name, flaw in answer.findings]
    if answer.unknown:
        lines.append(f"pip-audit: NOT ASKED about {', '.join(answer.unknown)}: the service did not answer for them")
    return [*lines, f"pip-audit: {answer.known} packages looked up, {len(answer.findings)} findings"]


def verdict(answer: Answer, *, strict: bool) -> int:
    if answer.findings:
        return FOUND
    return NOT_ASKED if strict and (answer.silence or answer.unknown) else CLEAN


def main() -> int:
    root = Path(__file__).resolve().parent.parent
    done = subprocess.run([sys.executable, "-m", "pip_audit", *COMMAND], capture_output=True, text=True, cwd=root)
    answer = read(done.stdout, done.stderr)
    print("\n".join(tell(answer)))
    return verdict(answer, strict=os.environ.get("AUDIT") == "strict")


if __name__ == "__main__":
    sys.exit(main())
