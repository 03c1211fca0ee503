#!/usr/bin/env python3
"""Django's command-line utility for administrative tasks."""

import os
import runpy
import sys


def main() -> None:
    """Run administrative tasks."""
    here = os.path.dirname(os.path.abspath(__file__))
    bootstrap = runpy.run_path(os.path.join(here, "tracker", "_bootstrap.py"))
    bootstrap["prepare"](sys.argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import OperationalError, ProgrammingError

    from tracker import complaining

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as wrong:
        sys.exit(f"{wrong}")
    except (OperationalError, ProgrammingError) as fault:
        sys.exit(complaining.about_the_database(fault))


if __name__ == "__main__":
    main()
