"""Passwords that anybody who knows this site would try first (ASVS 6.1.2 and 6.2.11)."""

import re
from functools import cached_property
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError

SHORTEST_WORD = 4
"""Shorter pieces of a name ("the", "uk") would take away letters of honest words."""
ENOUGH_LEFT = 8
"""Letters and figures that must remain when the own words are taken out: what ASVS 6.2.1 asks of a whole password."""
PRODUCT = ("commitment", "commitments", "tracker", "promise", "digest", "triage", "ledger", "openai", "memorandum")
"""The words of the product itself; a site adds its own by SITE_NAME, SITE_URL and CONTACT_EMAIL."""
_PIECE = re.compile(r"[^\W\d_]+")


class OwnWordsValidator:
    """Refuses a password that is little more than this site's own words."""

    @cached_property
    def words(self) -> list[str]:
        """Longest first, so that a word inside another one does not spoil it."""
        host = urlsplit(settings.SITE_URL).hostname or ""
        said = " ".join([settings.SITE_NAME, host, settings.CONTACT_EMAIL, *PRODUCT]).lower()
        found = {piece for piece in _PIECE.findall(said) if len(piece) >= SHORTEST_WORD}
        return sorted(found, key=lambda word: (-len(word), word))

    def validate(self, password: str, user: object = None) -> None:
        left = password.lower()
        for word in self.words:
            left = left.replace(word, "")
        taken_out = len(left) < len(password)
        if taken_out and sum(map(str.isalnum, left)) < ENOUGH_LEFT:
            raise ValidationError(
                "This password is little more than words of this site; whoever guesses tries those first.",
                code="password_of_own_words",
            )

    def get_help_text(self) -> str:
        return "Your password should not be made of words of this site, such as its name."
