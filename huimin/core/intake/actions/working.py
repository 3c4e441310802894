"""The worker of files: it checks and stores, in chunks, and can be killed at any moment.

A chunk is one action under a key made of the file, the columns' meaning, the chunk and its rows, so that a chunk that is
in is not stored again. What became known to the register since the check is noticed while storing: then the file is
checked again and goes on. A file taken as a whole is one action.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from huimin.core.access.api import Viewer, beyond, viewer_of_id, within
from huimin.core.intake import checking
from huimin.core.intake.models import ImportRun
from huimin.core.intake.targets import TARGETS
from huimin.core.intake.types import Mode, Progress, State
from huimin.core.intake.work import Work, connect, folder_of, quoted
from huimin.core.journal.api import ACTIONS, Act, analyse
from huimin.kit import clock
from huimin.kit.area import NATION, AreaCode
from huimin.kit.ref import Ref
from huimin.kit.refusal import NotAllowed, Refused

AGAIN = 3  # so many times a file is checked anew while it is being stored
KEPT = timedelta(days=14)
Ahead = Callable[[int], "Future[Any]"]
_running: ContextVar[tuple[Work, Callable[[], bool], Ahead]] = ContextVar("the file being stored")


class Moved(Exception):
    """The register knows by now what it did not know when the file was checked."""


class Halted(Exception):
    """Somebody pressed stop."""


def store_chunk(
    act: Act, *, target: str, file: str, rows: str, count: int, chunk: int | None = None, source: str = ""
) -> dict[str, Any]:
    """Store one chunk of the file at hand, or (without a chunk) all of it; made an action of each target's part.

    `file` and `rows` are digests, for the journal; raise Moved where the check no longer holds.
    """
    import pyarrow.parquet as pq

    work, halted, ahead = _running.get()
    if act.name != work.target.action or target != work.target.name:
        raise NotAllowed(_("您没有这一步的权限。"), code="no_right")
    done = 0
    stored: dict[str, int] = {}
    chunks = _chunks(work)
    for index, (number, size) in enumerate(chunks):
        if chunk is not None and number != chunk:
            continue
        if chunk is None and halted():
            raise Halted
        _reach(act, pq.read_table(work.plan, columns=["division_code"], filters=[("chunk", "==", number)]))
        ready = ahead(number).result()
        if index + 1 < len(chunks):
            ahead(chunks[index + 1][0])
        for what, more in work.target.store(act, work, ready).items():
            stored[what] = stored.get(what, 0) + more
        work.ready.pop(number, None)
        done += size
        if index == 0:
            analyse(work.target.models)
        if chunk is None:
            work.tell("import", done, count)
    return {"rows": done, "stored": stored}


def _reach(act: Act, plan: Any) -> None:
    """Ask the right in every village of a chunk; the entry is about the smallest division that holds them all."""
    codes = plan["division_code"].unique().to_pylist()
    spans = act.actor.reach(act.name) if isinstance(act.actor, Viewer) and act.actor.held else None
    if spans is not None and not all(within(spans, code) for code in codes):
        raise NotAllowed(_("这不在您的管辖范围内，请核对所属行政区划。"), code="outside_area")
    low, high = AreaCode(min(codes)), AreaCode(max(codes))
    area = low
    while not area.covers(high):
        area = area.parent or NATION
    act.on(
        Ref.of("division", str(area)),
        area=str(area) if act.actor.covers(act.name, str(area), ()) else codes[0],
    )


def read_chunk(work: Work, number: int) -> Any:
    """One chunk of the plan as an Arrow table."""
    import pyarrow.parquet as pq

    return pq.read_table(work.plan, filters=[("chunk", "==", number)])


def _chunks(work: Work) -> list[tuple[int, int]]:
    import pyarrow.parquet as pq

    counts = pq.read_table(work.plan, columns=["chunk"]).group_by("chunk").aggregate([("chunk", "count")])
    return sorted(zip(counts["chunk"].to_pylist(), counts["chunk_count"].to_pylist(), strict=True))


def _digests(work: Work) -> dict[int, str]:
    """What tells the rows of each chunk from those of another check of the same file."""
    db = connect(None, work.folder / "spill")
    try:
        found = db.execute(
            f'SELECT chunk, md5(string_agg("row" || op, \',\' ORDER BY "row")) FROM {quoted(work.plan)} '
            "GROUP BY chunk ORDER BY chunk"
        ).fetchall()
    finally:
        db.close()
    return dict(found)


@contextmanager
def alone(run: UUID | str) -> Iterator[bool]:
    """Whether nobody else works on this run; the lock goes with the connection, however that ends."""
    number = int.from_bytes(hashlib.sha256(f"intake/{run}".encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
        (got,) = cursor.fetchone()
    try:
        yield bool(got)
    finally:
        if got:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [number])


def _row(run: UUID | str) -> ImportRun | None:
    with beyond("take in a file"):
        return ImportRun.objects.filter(id=run).first()


def _change(run: UUID | str, **values: Any) -> ImportRun:
    """Write down how far a run is; a press on stop meanwhile is kept."""
    with beyond("take in a file"), transaction.atomic():
        row = ImportRun.objects.select_for_update().get(id=run)
        was = row.state
        for name, value in values.items():
            setattr(row, name, value)
        if was in (State.STOPPED, State.DROPPED) and row.state in (
            State.CHECKING,
            State.IMPORTING,
            State.CHECKED,
        ):
            row.state = was
        row.beat = clock.now()
        row.save()
        return row


def work_off(run: UUID | str, viewer: Viewer | None = None, listen: Progress | None = None) -> str:
    """Carry a run to the end of its stage, as the one who started it; return its state.

    `viewer` is given where the starter has no account (the command line).
    """
    with alone(run) as mine:
        row = _row(run)
        if row is None:
            return "gone"
        if not mine or row.state not in (State.CHECKING, State.IMPORTING):
            return str(row.state)
        viewer = viewer or viewer_of_id(row.actor)
        target = TARGETS.get(row.target)
        if viewer is None or target is None or not viewer.may(target.action):
            return str(_change(run, state=State.FAILED, error=_("账号已停用，或者不再有导入的权限。")).state)
        with viewer.acting(), override(row.language):
            work = work_of(row, viewer, listen)
            try:
                return _stage(row, work)
            except Refused as refusal:
                return str(_change(run, state=State.FAILED, error=str(refusal)[:500]).state)
            except Exception:
                if connection.connection is not None and not connection.connection.closed:
                    text = _("程序出错，没有做完。可以继续；再次出错请找系统管理员。")
                    _change(run, state=State.FAILED, error=text)
                raise


def work_of(row: ImportRun, viewer: Viewer, listen: Progress | None = None) -> Work:
    """The file of a run, to be worked on."""
    used = {heading: name for heading, name in row.mapping.items() if name}
    said = f"{row.digest}/{row.target}/{row.mode}/{row.differ}/{sorted(used.items())}"
    return Work(
        folder=folder_of(row.id),
        target=TARGETS[row.target],
        viewer=viewer,
        headings=row.headings,
        mapping=used,
        differ=row.differ,
        source=row.source,
        print_=hashlib.sha256(said.encode()).hexdigest(),
        listen=listen,
    )


def _stage(row: ImportRun, work: Work) -> str:
    if not work.rows.exists():
        raise Refused(_("文件已经清理，请重新上传。"), code="gone")
    if row.state == State.CHECKING:
        checked = checking.check(work, row.format)
        return str(
            _change(
                row.id,
                state=State.CHECKED,
                stage="",
                total=checked.total,
                good=checked.good,
                bad=checked.bad,
                unchanged=checked.unchanged,
                reasons=checked.reasons,
            ).state
        )
    for _attempt in range(AGAIN):
        try:
            if not work.plan.exists():
                row = _check_again(row, work)
            if row.mode == Mode.WHOLE and row.bad:
                return str(_change(row.id, state=State.CHECKED, stage="").state)
            return _load(row, work)
        except Moved:
            work.plan.unlink(missing_ok=True)
        except Halted:
            return str(_change(row.id).state)
    raise Refused(_("登记库正在被别人改动，没有做完。请稍后继续。"), code="moved")


def _check_again(row: ImportRun, work: Work) -> ImportRun:
    row = _row(row.id) or row
    before = {"done": row.done, "stored": row.stored}
    checked = checking.check(work, row.format)
    good = checked.good + row.done
    return _change(
        row.id,
        before=before,
        good=good,
        bad=checked.bad,
        unchanged=checked.total - checked.bad - good,
        reasons=checked.reasons,
    )


def _load(row: ImportRun, work: Work) -> str:
    chunks, digests = _chunks(work), _digests(work)
    total = row.before.get("done", 0) + sum(size for _chunk, size in chunks)
    done, stored = int(row.before.get("done", 0)), dict(row.before.get("stored", {}))

    def halted() -> bool:
        now = _row(row.id)
        return now is None or now.state != State.IMPORTING

    run = ACTIONS[work.target.action]
    asked = {"target": work.target.name, "file": row.digest, "source": row.source}
    parts: list[tuple[int | None, str, int]] = [(number, digests[number], size) for number, size in chunks]
    if row.mode == Mode.WHOLE and chunks:
        parts = [(None, hashlib.sha256("".join(digests.values()).encode()).hexdigest(), total)]
    with ThreadPoolExecutor(1, thread_name_prefix="intake") as pool:
        token = _running.set((work, halted, partial(_ahead, work, pool)))
        try:
            for chunk, digest, size in parts:
                if halted():
                    raise Halted
                key = f"{work.print}/{'whole' if chunk is None else chunk}/{digest}"
                made = run(work.viewer, key=key, rows=digest, count=size, chunk=chunk, **asked)
                if chunk is not None:
                    work.ready.pop(chunk, None)
                done += int(made["rows"])
                for what, more in made["stored"].items():
                    stored[what] = stored.get(what, 0) + more
                _change(row.id, done=done, stored=stored)
                work.tell("import", done, total)
        finally:
            work.ready.clear()
            _running.reset(token)
    if parts:
        analyse(work.target.models)
    _tidy_up(work)
    return str(
        _change(row.id, state=State.DONE, stage="", done=done, stored=stored, closed=clock.now()).state
    )


def _ahead(work: Work, pool: ThreadPoolExecutor, number: int) -> Future[Any]:
    """A chunk made ready (encrypted, hashed) beside the database's work on the one before."""
    if number not in work.ready:
        prepare = work.target.prepare

        def make() -> Any:
            rows = read_chunk(work, number)
            return prepare(work, rows) if prepare else rows

        work.ready[number] = pool.submit(make)
    found: Future[Any] = work.ready[number]
    return found


def _tidy_up(work: Work) -> None:
    """Delete what a run needed; the bad rows stay until they are fetched or old."""
    work.forget()
    for path in (work.rows, work.plan, work.folder / "progress.json"):
        path.unlink(missing_ok=True)


def sweep() -> int:
    """Delete the folders of runs that were over, or left lying, two weeks ago; how many."""
    found = 0
    with beyond("take in a file"):
        old = ImportRun.objects.filter(swept=False, beat__lt=clock.now() - KEPT)
        for row in old.exclude(state__in=[State.IMPORTING, State.CHECKING]):
            shutil.rmtree(folder_of(row.id), ignore_errors=True)
            row.swept = True
            if row.state not in (State.DONE, State.DROPPED):
                row.state, row.closed = State.DROPPED, clock.now()
            row.save(update_fields=["swept", "state", "closed"])
            found += 1
    return found
