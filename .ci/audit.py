"""Known vulnerabilities of what requirements.txt pins. Fails on a finding; says what no answer was had for."""

import json
import subprocess
import sys
from pathlib import Path

COMMAND = ["-r", "requirements.txt", "--no-deps", "--disable-pip", "--progress-spinner", "off", "-f", "json"]


def main() -> int:
    root = Path(__file__).resolve().parent.parent
    done = subprocess.run([sys.executable, "-m", "pip_audit", *COMMAND], capture_output=True, text=True, cwd=root)
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        print(
            f"pip-audit: no answer from the advisory service ({(done.stderr.strip() or 'no output').splitlines()[-1]})"
        )
        return 0
    unknown = [package["name"] for package in packages if "skip_reason" in package]
    bad = [(package["name"], flaw["id"]) for package in packages for flaw in package.get("vulns", [])]
    for name, flaw in bad:
        print(f"pip-audit: {name} has the known vulnerability {flaw}")
    asked = len(packages) - len(unknown)
    print(f"pip-audit: {asked} packages looked up, {len(bad)} findings, {len(unknown)} the service did not answer for")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
