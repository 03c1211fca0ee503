from django.db import migrations

from commitments import roles


class Migration(migrations.Migration):
    dependencies = [
        ("commitments", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="commitment",
            options={
                "ordering": ["ref"],
                "permissions": [
                    ("propose_status", "Can propose a status change"),
                    ("approve_status", "Can approve the proposal of another person"),
                    ("override_review", "Can publish without a second person, giving a public reason"),
                    ("publish_commitment", "Can publish and withdraw commitments"),
                ],
            },
        ),
        migrations.RunPython(roles.grant("commitments", roles.RECORD_GRANTS), migrations.RunPython.noop),
        migrations.RunPython(roles.grant("auth", roles.PEOPLE_GRANTS), migrations.RunPython.noop),
    ]
