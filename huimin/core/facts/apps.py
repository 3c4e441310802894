from django.apps import AppConfig


class FactsConfig(AppConfig):
    name = "huimin.core.facts"
    label = "facts"

    def ready(self) -> None:
        """Have the snapshot hold who lives where: people are below facts and cannot say so themselves."""
        from huimin.core.facts.api import register_snapshot_table
        from huimin.core.facts.people import TABLES

        for table in TABLES:
            register_snapshot_table(table)
