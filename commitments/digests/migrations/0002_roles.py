from django.db import migrations

from commitments import roles

_OURS = ("digestrun", "letter", "delivery", "suppression")

GRANTS = {
    roles.VIEWER: ["view_digestrun", "view_letter"],
    roles.CHIEF: ["release_run"],
    roles.OPERATOR: [*(f"view_{name}" for name in _OURS), "view_subscriber", "release_run"],
}


class Migration(migrations.Migration):
    dependencies = [
        ("digests", "0001_initial"),
        ("commitments", "0002_roles"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(roles.grant("digests", GRANTS), migrations.RunPython.noop)]
