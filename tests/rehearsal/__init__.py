"""Twelve weeks of the whole house in a few minutes, on the layout of production: `make rehearsal`."""
