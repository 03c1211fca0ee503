"""Scripts in every text that a table can hold, written past all forms: what shows them must make words of them."""

from typing import Any

from django.apps import apps
from django.db import connection, models

from commitments import triggers

# Classes after the OWASP cheat sheet on filter evasion: elements, attributes, closed contexts, addresses, entities.
PAYLOADS = (
    "<img src=x onerror=hit()>",
    "\"'><img src=x onerror=hit()><script>hit()</script>",
    "</title></textarea></style></script></select><svg onload=hit()>",
    "x\" autofocus onfocus=hit() onmouseover=hit() y='",
    "--><iframe srcdoc='<script>parent.hit()</script>'></iframe>",
    "]]></summary><script xmlns='http://www.w3.org/1999/xhtml'>parent.hit()</script>",
    "&lt;img src=x onerror=hit()&gt;&#60;script&#62;hit()&#60;/script&#62;",
    "<details open ontoggle=hit()><a href=javascript:hit()>x</a>",
    "${hit()}{{hit()}}<math><mtext><img src=x onerror=hit()>",
)
ADDRESS = 'https://x.example/"><img src=x onerror=hit()>'
# Names, keys and seals that programs compare; an address of a person has a form that the column's users rely on.
LEFT_ALONE = (models.SlugField, models.EmailField)
KEYS = {
    "uid",
    "key",
    "kind",
    "state",
    "life",
    "hub",
    "topic",
    "token",
    "secret",
    "claim",
    "codename",
    "model",
    "app_label",
}
KEYS |= {
    "weekly_scope",
    "alert_scope",
    "scope",
    "password",
    "username",
    "session_key",
    "code",
    "lease_by",
    "watch_query",
    "etag",
    "origin",
    "message_id",
}
LONG_ENOUGH = 60  # shorter columns hold codes


def poison(payload: str) -> int:
    """Write the payload into every free text of every row of our rooms; how many texts were written."""
    triggers.remove(connection)  # the ledger would refuse it
    written = 0
    for model in apps.get_models():
        if model._meta.app_label in ("commitments", "public", "digests", "monitoring"):
            fields = [field for field in model._meta.concrete_fields if _is_text(field)]
            for row in model._base_manager.all():
                model._base_manager.filter(pk=row.pk).update(**{f.name: _said(f, row, payload) for f in fields})
                written += len(fields)
    return written


def _is_text(field: Any) -> bool:
    if not isinstance(field, (models.CharField, models.TextField)) or isinstance(field, LEFT_ALONE) or field.choices:
        return False
    holds_code = field.name in KEYS or field.name.endswith(("hash", "sha256", "_key", "_id", "status"))
    return not holds_code and (field.max_length or 10_000) >= LONG_ENOUGH


def _said(field: Any, row: models.Model, payload: str) -> str:
    mark = f" {row.pk}" if field.unique else ""
    if field.name in ("url", "link", "address", "source_url", "permanent_address"):
        return f"{ADDRESS}{row.pk}"
    return f"{payload[: (field.max_length or 10_000) - len(mark)]}{mark}"
