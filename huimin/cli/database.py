"""`huimin migrate`: the database made where it is missing, and its tables brought up to date."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from huimin.cli.frame import console, django, put
from huimin.cli.words import say


def make_database() -> bool:
    """Make the database of the settings where the server does not have it; whether it was made."""
    from django.db import connection
    from django.db.utils import OperationalError

    try:
        connection.ensure_connection()
        return False
    except OperationalError as error:
        if "does not exist" not in str(error):
            raise
    name = connection.settings_dict["NAME"]
    with connection._nodb_cursor() as cursor:  # Django's own way to a server without it
        cursor.execute(
            f"CREATE DATABASE {connection.ops.quote_name(name)} ENCODING 'UTF8' TEMPLATE template0"
        )
    return True


def bring_up_to_date() -> int:
    """Make the database and apply every migration that is due; how many were."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    make_database()
    executor = MigrationExecutor(connection)
    due = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if due:
        call_command("migrate", interactive=False, verbosity=0)
    return len(due)


def migrate(
    json: Annotated[bool, typer.Option("--json", help=say("输出一行 JSON", "print one JSON line"))] = False,
) -> None:
    """建立数据库并更新表结构。"""
    started = time.monotonic()
    with django("migrate"):
        applied = bring_up_to_date()
    seconds = round(time.monotonic() - started, 1)
    if json:
        put({"applied": applied, "seconds": seconds})
    else:
        console.print(
            say(f"应用了 {applied} 个迁移，用时 {seconds} 秒", f"{applied} migrations applied in {seconds} s")
        )
