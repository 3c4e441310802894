from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    name = "huimin.core.programmes"
    label = "programmes"

    def ready(self) -> None:
        """Have the population snapshot hold who is in which programme, and what was done."""
        from huimin.core.facts.api import register_snapshot_table
        from huimin.core.programmes.population import TABLES

        for table in TABLES:
            register_snapshot_table(table)
