from typing import Any

from django.db import migrations, models


def mark_judged(apps: Any, _editor: Any) -> None:
    """Whatever has a story has been judged."""
    items = apps.get_model("monitoring", "Item").objects
    items.filter(place__isnull=False).update(judged_at=models.F("first_seen_at"))


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0004_source_roles")]

    operations = [
        migrations.AddField(
            model_name="item",
            name="judged_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.RunPython(mark_judged, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="item",
            index=models.Index(condition=models.Q(("judged_at__isnull", True)), fields=["id"], name="item_unjudged"),
        ),
    ]
