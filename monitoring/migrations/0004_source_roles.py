from django.db import migrations

from commitments import roles

_WATCHED = ("source", "hoststate", "item", "itemrevision", "fetch")
_KEEPS = ("add_source", "change_source", "change_hoststate")

GRANTS = {
    roles.VIEWER: [f"view_{name}" for name in _WATCHED],
    roles.EDITOR: list(_KEEPS),
    roles.OPERATOR: [*(f"view_{name}" for name in _WATCHED), *_KEEPS, "delete_source"],
}


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0003_triage_roles")]

    operations = [migrations.RunPython(roles.grant("monitoring", GRANTS), migrations.RunPython.noop)]
