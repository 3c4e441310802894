from django.apps import AppConfig


class RulesConfig(AppConfig):
    name = "huimin.core.rules"
    label = "rules"

    def ready(self) -> None:
        """Have the population snapshot hold what was decided."""
        from huimin.core.facts.api import register_snapshot_table
        from huimin.core.facts.types import SnapshotTable

        register_snapshot_table(
            SnapshotTable(
                name="rules_decisionrow",
                columns={
                    "id": "uuid", "version_id": "uuid", "rule": "string", "subject_kind": "string", "subject_id": "string",
                    "division_code": "string", "as_of": "date", "at": "timestamp('UTC', 6)", "outcome": "string",
                },
                appended="serial",
            )
        )  # fmt: skip
