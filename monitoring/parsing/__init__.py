"""The one door to feedparser and bs4: bytes in, frozen data out, in a child process with limits.

Importing this package imports neither; only the child does.
"""

from monitoring.parsing.cleaning import as_html, plain_text, safe_html, storable, web_link
from monitoring.parsing.sandbox import Sandbox, parse
from monitoring.parsing.shapes import Entry, FoundFeed, Job, Kind, Parsed

__all__ = [
    "Entry",
    "FoundFeed",
    "Job",
    "Kind",
    "Parsed",
    "Sandbox",
    "as_html",
    "parse",
    "plain_text",
    "safe_html",
    "storable",
    "web_link",
]
