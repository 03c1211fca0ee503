"""Field shapes that several models share."""

from django.core.exceptions import ValidationError
from django.db import models

from commitments import rules

URL_LENGTH = 2048


def validate_safe_url(value: str) -> None:
    """Accept only absolute http(s) addresses; everything else would be a link we must not print."""
    refusal = rules.url_refusal(value)
    if refusal:
        raise ValidationError(refusal.message, code=refusal.rule)


class SafeURLField(models.CharField):
    """An absolute http(s) address, or empty when `blank`."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.setdefault("max_length", URL_LENGTH)
        super().__init__(*args, **kwargs)
        self.validators = [*self.validators, validate_safe_url]

    def deconstruct(self) -> tuple[str, str, list[object], dict[str, object]]:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("validators", None)
        return name, path, args, kwargs
