"""Background work of programmes: one step for many households."""

from procrastinate.contrib.django import app

from huimin.core.programmes.actions.bulk import work_off


@app.task(name="programmes.bulk")
def bulk(run: str) -> str:
    """Do the rest of a bulk run."""
    return work_off(run)
