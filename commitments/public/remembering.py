"""Readings of the whole record, kept in memory for as long as the record does not move.

Every list, filter and download begins with the same thousands of rows; between two changes they are read once. Only
inside `at` is anything kept: who does not say which version the record is at reads anew.
"""

import functools
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import Any, TypeVar

from commitments.public.shapes import Moment

# The present and a few past days; 5,000 rows take some ten megabytes.
MOST_READINGS = 8
# As long as a kept page: what was written past every watch on the record shows by then.
KEEP_SECONDS = 300
Read = TypeVar("Read")

_page: ContextVar[dict[tuple[str, Moment], Any] | None] = ContextVar("readings of this page", default=None)
_version: ContextVar[str] = ContextVar("version of the record", default="")
_kept: OrderedDict[tuple[str, Moment], tuple[str, float, Any]] = OrderedDict()
_lock = Lock()


@contextmanager
def at(version: str) -> Iterator[None]:
    """While a page of this version is made. Ask for the version before anything that the page prints."""
    token, page = _version.set(version), _page.set({})
    try:
        yield
    finally:
        _version.reset(token)
        _page.reset(page)


def whole_record(read: Callable[[Moment], Read]) -> Callable[[Moment], Read]:
    """A reading that is made once a version; its values are shared, so nobody may change them."""

    @functools.wraps(read)
    def remembered(moment: Moment) -> Read:
        version, key = _version.get(), _key(read, moment)
        if not version:
            return read(moment)
        found = _find(key, version)
        return _keep(key, version, read(moment)) if found is None else found[0]

    return remembered


def within_a_page(read: Callable[[Moment], Read]) -> Callable[[Moment], Read]:
    """A reading that several parts of one page begin with; made once for it and let go with it."""

    @functools.wraps(read)
    def shared(moment: Moment) -> Read:
        page, key = _page.get(), _key(read, moment)
        if page is None:
            return read(moment)
        if key not in page:
            page[key] = read(moment)
        found: Read = page[key]
        return found

    return shared


def is_read(read: Callable[[Moment], Any], moment: Moment) -> bool:
    """Whether a reading `within_a_page` was made for this one already."""
    return _key(read, moment) in (_page.get() or {})


def _key(read: Callable[[Moment], Any], moment: Moment) -> tuple[str, Moment]:
    return f"{read.__module__}.{read.__qualname__}", moment


def _find(key: tuple[str, Moment], version: str) -> tuple[Any] | None:
    with _lock:
        of_version, made_at, value = _kept.get(key, ("", 0.0, None))
        if of_version != version or time.monotonic() - made_at > KEEP_SECONDS:
            return None
        _kept.move_to_end(key)
        return (value,)


def _keep(key: tuple[str, Moment], version: str, value: Read) -> Read:
    with _lock:
        _kept[key] = (version, time.monotonic(), value)
        _kept.move_to_end(key)
        while len(_kept) > MOST_READINGS:
            _kept.popitem(last=False)
    return value


def forget() -> None:
    """For tests and benchmarks: as after a start."""
    with _lock:
        _kept.clear()
