"""Page through the versions of a whole province's households by number."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("people", "0002_versions_by_area")]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX household_versions_number ON people_householdevent (number)",
            "DROP INDEX household_versions_number",
        ),
    ]
