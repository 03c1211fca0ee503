from typing import Any

from django.db import migrations

from monitoring.models.items import WORDS_SQL


def add(_apps: Any, editor: Any) -> None:
    """PostgreSQL finds words by an index; SQLite reads the texts, which a small site can afford."""
    if editor.connection.vendor == "postgresql":
        editor.execute(f"CREATE INDEX item_words ON monitoring_item USING gin ({WORDS_SQL})")


def drop(_apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP INDEX IF EXISTS item_words")


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0005_items_wait_to_be_judged")]

    operations = [migrations.RunPython(add, drop)]
