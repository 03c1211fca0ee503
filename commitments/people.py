"""How the people of this installation are named in public rows."""

from django.contrib.auth.models import User

NAME_LENGTH = 150


def display_name(user: User | None) -> str:
    """Full name, else the user name; empty for nobody."""
    return ((user.get_full_name() or user.get_username()) if user else "")[:NAME_LENGTH]
