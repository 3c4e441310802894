from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    name = "huimin.core.programmes"
    label = "programmes"

    def ready(self) -> None:
        """Have the snapshot hold who is in which programme; keep a household in one from being closed by a merge."""
        from huimin.core.facts.api import register_snapshot_table
        from huimin.core.people.api import holds_household
        from huimin.core.programmes.population import TABLES
        from huimin.core.programmes.queries import held_by

        for table in TABLES:
            register_snapshot_table(table)
        holds_household(held_by)
