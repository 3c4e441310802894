"""Find versions of households by the place they name: lists as of a past day."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX household_versions_area ON people_householdevent (division_code, number)",
            "DROP INDEX household_versions_area",
        ),
        migrations.RunSQL(
            "CREATE INDEX membership_versions_household ON people_membershipevent (household_id)",
            "DROP INDEX membership_versions_household",
        ),
    ]
