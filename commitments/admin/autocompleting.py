"""Autocomplete boxes of Django's admin look up whatever was sent back to them; what can be no key is not asked for.

A form that is shown again with such a value would otherwise end in an error of the server, not in one beside the field.
"""

from typing import Any

from django.contrib.admin.widgets import AutocompleteMixin
from django.core.exceptions import ValidationError

_ask_for_all = AutocompleteMixin.optgroups


def _is_key(widget: Any, value: object) -> bool:
    relation = widget.field.remote_field
    key = relation.model._meta.get_field(getattr(relation, "field_name", relation.model._meta.pk.name))
    try:
        key.clean(value, None)
    except ValidationError:
        return False
    return True


def optgroups(self: Any, name: str, value: Any, attr: Any = None) -> Any:
    return _ask_for_all(self, name, [one for one in value if _is_key(self, one)], attr)


AutocompleteMixin.optgroups = optgroups
