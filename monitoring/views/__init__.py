"""Pages of the watch for staff."""
