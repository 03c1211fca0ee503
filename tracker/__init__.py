"""The frame: settings, addresses and the timetable. It names the rooms as strings and imports none of them."""

from tracker.celery import app as celery_app

__all__ = ["celery_app"]
