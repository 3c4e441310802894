"""Background work of exports: write files, delete those whose days are over."""

from procrastinate.contrib.django import app

from huimin.core.exports.actions import clear, work_off


@app.task(name="exports.write")
def write(run: str) -> str:
    """Write the file of a run."""
    return work_off(run)


@app.periodic(cron="17 * * * *")
@app.task(name="exports.clear", queueing_lock="exports.clear", pass_context=True)
def clear_up(context: object, timestamp: int) -> int:
    """Each hour: delete the files whose days are over."""
    return clear()
