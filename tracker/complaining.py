"""Faults of the surroundings in one line that says what to do, instead of a traceback."""

from django.db import DatabaseError

NO_TABLES = ("no such table", "no such column", "does not exist")
NO_ANSWER = ("connection", "unable to open", "readonly", "authentication", "could not translate")


def about_the_database(fault: DatabaseError) -> str:
    """What is in the way and what to do; a fault of the program's own is raised again."""
    said = " ".join(str(fault).split())
    if any(words in said for words in NO_ANSWER):
        return (
            f"The database cannot be used: {said}\nStart it, or correct DATABASE_URL; `manage.py doctor` looks again."
        )
    if any(words in said for words in NO_TABLES):
        return f"The tables are missing or older than the program: {said}\nRun: python3 manage.py migrate"
    raise fault
