from django.db import migrations

from commitments import roles

_OURS = ("story", "storyitem", "suggestion", "decision", "learnedweights")

GRANTS = {
    roles.VIEWER: [f"view_{name}" for name in _OURS],
    roles.EDITOR: ["triage_suggestion", "change_suggestion"],
    roles.OPERATOR: [f"view_{name}" for name in _OURS],
}


class Migration(migrations.Migration):
    dependencies = [
        ("monitoring", "0002_stories_and_suggestions"),
        ("commitments", "0002_roles"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(roles.grant("monitoring", GRANTS), migrations.RunPython.noop)]
