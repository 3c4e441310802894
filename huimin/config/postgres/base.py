"""The backend that Django loads: it starts the embedded cluster before the first connection."""

from typing import Any

from django.db.backends.postgresql import base

from huimin.config.postgres.cluster import Cluster


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL as Django knows it; `EMBEDDED` in its settings names a cluster's folder to start."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        home = self.settings_dict.get("EMBEDDED")
        if home:
            Cluster.at(home).ensure()
        return super().get_new_connection(conn_params)
