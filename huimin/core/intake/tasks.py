"""Background work of the intake: carry out runs, and clear away what is old."""

from procrastinate.contrib.django import app

from huimin.core.intake.actions.working import sweep, work_off


@app.task(name="intake.take_in")
def take_in(run: str) -> str:
    """Check or store a file, to the end of the stage."""
    return work_off(run)


@app.periodic(cron="17 3 * * *")
@app.task(name="intake.sweep", queueing_lock="intake.sweep", pass_context=True)
def clear(context: object, timestamp: int) -> int:
    """Once a night: delete the files of runs that were over or forgotten two weeks ago."""
    return sweep()
