"""Links are made from the site's key and kept as fingerprints; the readers' secrets, stored in clear, go.

Unsubscribe links that are out keep working: their fingerprints are written down first.
"""

import hashlib
import hmac
from typing import Any

from django.db import migrations, models

BATCH = 500


def keep_old_links(apps: Any, schema_editor: Any) -> None:
    readers = apps.get_model("digests", "Subscriber").objects.using(schema_editor.connection.alias)
    last = 0
    while rows := list(readers.filter(pk__gt=last).order_by("pk")[:BATCH]):
        for row in rows:
            old = row.key + hmac.digest(row.secret.encode(), b"unsubscribe", "sha256").hex()[:32]
            row.links = [hashlib.sha256(old.encode()).hexdigest()[:32]]
        readers.bulk_update(rows, ["links"])
        last = rows[-1].pk


class Migration(migrations.Migration):
    dependencies = [("digests", "0002_roles")]

    operations = [
        migrations.AddField(
            model_name="subscriber",
            name="links",
            field=models.JSONField(
                default=list, editable=False, help_text="Fingerprints of the unsubscribe links sent."
            ),
        ),
        migrations.AddField(
            model_name="subscriber",
            name="links_key",
            field=models.CharField(
                blank=True, default="", editable=False, help_text="Key of the newest of them.", max_length=8
            ),
            preserve_default=False,
        ),
        migrations.RunPython(keep_old_links, migrations.RunPython.noop),
        migrations.RemoveField(model_name="subscriber", name="secret"),
        migrations.AddIndex(model_name="subscriber", index=models.Index(fields=["links_key"], name="subscriber_links")),
    ]
