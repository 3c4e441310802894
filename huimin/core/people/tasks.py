"""Background work of people: searching for duplicates, asked for or every night."""

from procrastinate.contrib.django import app

from huimin.core.access.api import acting_as, system
from huimin.core.people.matching import actions
from huimin.core.places import api as places
from huimin.kit.area import Level
from huimin.kit.refusal import Refused


@app.task(name="people.match")
def match(run: str) -> dict[str, object]:
    """Do a search for duplicates."""
    return actions.work_off(run)


@app.periodic(cron="30 17 * * *")  # half past one in the morning in Beijing: the queue's clock is UTC
@app.task(name="people.match_nightly", queueing_lock="people.match_nightly", pass_context=True)
def nightly(context: object, timestamp: int) -> None:
    """Every night: search each province; a repeat of the same night is harmless."""
    viewer = system("nightly search for duplicates")
    with acting_as(viewer):
        for province in places.at_level(Level.PROVINCE):
            try:
                actions.find_duplicates(viewer, key=f"{province.code}/{timestamp}", area=province.code)
            except Refused:
                continue  # one is under way there already
