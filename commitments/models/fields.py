"""Field shapes that several models share."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from commitments import rules

URL_LENGTH = 2048


def validate_safe_url(value: str) -> None:
    """Accept only absolute http(s) addresses; everything else would be a link we must not print."""
    refusal = rules.url_refusal(value)
    if refusal:
        raise ValidationError(refusal.message, code=refusal.rule)


class SafeURLField(models.CharField):  # type: ignore[type-arg]
    """An absolute http(s) address, or empty when `blank`."""

    default_validators = [*models.CharField.default_validators, validate_safe_url]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_length": URL_LENGTH, **kwargs})
