from django.db import migrations

from commitments import roles


class Migration(migrations.Migration):
    dependencies = [("commitments", "0002_roles"), ("axes", "0010_accessattemptexpiration")]

    operations = [migrations.RunPython(roles.grant("axes", roles.LOCK_GRANTS), migrations.RunPython.noop)]
