"""The households of a bulk run become rows: a run of 100,000 no longer rewrites its list at every step."""

import django.db.models.deletion
from django.db import migrations, models

ITEMS = """
    INSERT INTO programmes_bulkitem (run_id, position, procedure_id, name, reason)
    SELECT r.id, p.place - 1, p.id::uuid, coalesce(f.one->>'name', ''), coalesce(f.one->>'reason', '')
      FROM programmes_bulkrun r
     CROSS JOIN LATERAL jsonb_array_elements_text(r.procedures) WITH ORDINALITY AS p(id, place)
      LEFT JOIN LATERAL jsonb_array_elements(r.failed) AS f(one) ON f.one->>'procedure' = p.id
"""
COUNTS = """
    UPDATE programmes_bulkrun r SET failed = c.n
      FROM (SELECT run_id, count(*) n FROM programmes_bulkitem WHERE reason <> '' GROUP BY run_id) c WHERE c.run_id = r.id
"""


class Migration(migrations.Migration):
    dependencies = [("programmes", "0002_bulk_runs")]

    operations = [
        migrations.CreateModel(
            name="BulkItem",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("position", models.PositiveIntegerField()),
                ("procedure_id", models.UUIDField()),
                ("name", models.CharField(blank=True, db_default="", default="", max_length=80)),
                ("reason", models.TextField(blank=True, db_default="", default="")),
                (
                    "run",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="programmes.bulkrun",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("reason", ""), _negated=True),
                        fields=["run", "position"],
                        name="bulk_item_failed",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("run", "position"), name="bulk_item_place")
                ],
            },
        ),
        migrations.RunSQL(ITEMS, migrations.RunSQL.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RemoveField(model_name="bulkrun", name="procedures"),
        migrations.RemoveField(model_name="bulkrun", name="failed"),
        migrations.AddField(
            model_name="bulkrun", name="failed", field=models.PositiveIntegerField(default=0)
        ),
        migrations.RunSQL(COUNTS, migrations.RunSQL.noop),
    ]
