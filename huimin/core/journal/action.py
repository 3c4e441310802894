"""`@action`: the only way to write. One function, one transaction, one entry, harmless when repeated."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import update_wrapper
from typing import Any, Concatenate, Generic, ParamSpec
from uuid import UUID, uuid4

import pghistory
from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from psycopg.errors import DeadlockDetected

from huimin.core.journal import chain, outbox
from huimin.core.journal.models import Entry, Outgoing
from huimin.core.journal.types import Actor
from huimin.kit import clock
from huimin.kit.ref import Ref
from huimin.kit.refusal import NotAllowed, Refused
from huimin.kit.registry import Registry

P = ParamSpec("P")
Result = dict[str, Any]
ACTIONS: Registry[Action[...]] = Registry("action")
DEADLOCKS = 2


@dataclass(kw_only=True)
class Act:
    """One action while it runs: who, when, about what, where."""

    actor: Actor
    name: str
    key: str
    now: datetime
    today: date
    entry: UUID = field(default_factory=uuid4)
    area: str = ""
    subjects: list[Ref] = field(default_factory=list)
    _named: set[Ref] = field(default_factory=set)
    _covered: set[str] = field(default_factory=set)
    details: dict[str, Any] = field(default_factory=dict)
    outgoing: list[Outgoing] = field(default_factory=list)

    def check_right(self, *subjects: Ref, area: str) -> None:
        """Raise NotAllowed where the actor may not do this to these subjects there; nothing is named yet."""
        if area in self._covered:
            return
        if self.actor.covers(self.name, area, ()):  # whatever it is about: not asked again for this place
            self._covered.add(area)
        elif not self.actor.covers(self.name, area, subjects):
            raise NotAllowed(_("这不在您的管辖范围内，请核对所属行政区划。"), code="outside_area")

    def on(self, *subjects: Ref, area: str) -> None:
        """Name what this is about and where; raise NotAllowed where the actor has no right there."""
        self.check_right(*subjects, area=area)
        self.area = self.area or area
        self.subjects.extend(s for s in subjects if s not in self._named)
        self._named.update(subjects)

    def note(self, **details: Any) -> None:
        """Keep details with the entry, beside the arguments."""
        self.details.update(details)

    def emit(self, effect: str, *, key: str = "", **payload: Any) -> None:
        """Have an effect run after commit; `key` tells several of one action apart."""
        if effect not in outbox.EFFECTS:
            raise LookupError(f"no effect {effect!r}")
        number = f"{self.entry}/{effect}/{key or len(self.outgoing)}"
        row = Outgoing(
            entry_id=self.entry, effect=effect, key=number, payload=chain.plain(payload), due=self.now
        )
        self.outgoing.append(row)


@dataclass
class Batch:
    """What one transaction will add to the journal when its outermost action ends."""

    entries: list[Entry] = field(default_factory=list)
    outgoing: list[Outgoing] = field(default_factory=list)
    depth: int = 0

    @contextmanager
    def recording(self, act: Act) -> Iterator[None]:
        """Name the outermost action's entry in the history of every row that is written inside it."""
        self.depth += 1
        try:
            if self.depth > 1:
                yield
            else:
                with pghistory.context(entry=str(act.entry), actor=act.actor.id):
                    yield
        finally:
            self.depth -= 1


_batch: ContextVar[Batch | None] = ContextVar("journal batch", default=None)


class Action(Generic[P]):
    """A named change: call it with the actor, a key and its arguments."""

    def __init__(
        self,
        name: str,
        run: Callable[Concatenate[Act, P], Result | None],
        title: object,
        private: tuple[str, ...],
    ) -> None:
        self.name, self.run, self.title, self.private = name, run, title, private
        update_wrapper(self, run)

    def __repr__(self) -> str:
        return f"<action {self.name}>"

    def __call__(self, actor: Actor, /, key: str = "", *args: P.args, **kwargs: P.kwargs) -> Result:
        """Do it, or return what it did when the same key and arguments came before.

        Raise Refused with code `key_reused` where the key came with other arguments, NotAllowed where the
        actor lacks the right or the area. Nothing is kept of an action that raises.
        """
        if args:
            raise TypeError(f"{self.name} takes keyword arguments only")
        if not actor.may(self.name):
            raise NotAllowed(_("您没有“%(what)s”的权限。") % {"what": self.title}, code="no_right")
        key = f"{self.name}:{key or uuid4()}"
        if len(key) > 200:
            key = f"{self.name}:{hashlib.sha256(key.encode()).hexdigest()}"
        asked = chain.canonical({"actor": actor.id, **kwargs})
        fingerprint = hmac.new(settings.LOOKUP_KEY, asked.encode(), hashlib.sha256).hexdigest()
        if _batch.get() is not None:
            return self._once(actor, key, fingerprint, kwargs)
        for attempt in range(DEADLOCKS + 1):
            try:
                return self._once(actor, key, fingerprint, kwargs)
            except OperationalError as error:
                deadlock = isinstance(error.__cause__, DeadlockDetected)
                if not deadlock or attempt == DEADLOCKS or connection.in_atomic_block:
                    raise
        raise AssertionError("unreachable")

    def _once(self, actor: Actor, key: str, fingerprint: str, asked: dict[str, Any]) -> Result:
        """Run within the transaction: whole, or not at all."""
        with joined() as batch:
            before = chain.claim(key) or next((e for e in batch.entries if e.key == key), None)
            if before is not None:
                return self._repeated(before, fingerprint)
            act = Act(
                actor=actor, name=self.name, key=key.partition(":")[2], now=clock.now(), today=clock.today()
            )
            with actor.acting(), batch.recording(act):
                result = chain.plain(self.run(act, **asked) or {})  # type: ignore[call-arg]
            if not act.area:
                raise AssertionError(f"{self.name} did not say what it is about: call act.on(...)")
            batch.entries.append(self._entry(act, asked, fingerprint, result))
            batch.outgoing.extend(act.outgoing)
        return dict(result)

    def _repeated(self, before: Entry, fingerprint: str) -> Result:
        if before.asked != fingerprint:
            raise Refused(_("这次提交与先前的内容不同，请刷新页面后重新提交。"), code="key_reused")
        return dict(json.loads(before.payload)["result"])

    def _entry(self, act: Act, asked: dict[str, Any], fingerprint: str, result: Any) -> Entry:
        arguments = {name: "•" if name in self.private and value else value for name, value in asked.items()}
        return Entry(
            id=act.entry, at=act.now, action=self.name, actor=act.actor.id, actor_label=act.actor.label, area=act.area,
            subjects=[str(s) for s in act.subjects], key=f"{self.name}:{act.key}", asked=fingerprint,
            payload=chain.canonical({"asked": arguments, "details": act.details, "result": result}),
        )  # fmt: skip


@contextmanager
def joined() -> Iterator[Batch]:
    """The running transaction's batch; the outermost block opens the transaction and writes the journal."""
    batch = _batch.get()
    if batch is not None:
        mark = len(batch.entries), len(batch.outgoing)
        try:
            with transaction.atomic():
                yield batch
        except BaseException:
            del batch.entries[mark[0] :], batch.outgoing[mark[1] :]
            raise
        return
    batch = Batch()
    token = _batch.set(batch)
    try:
        with transaction.atomic():
            yield batch
            if batch.entries:
                outbox.put(batch.outgoing)
                chain.append(batch.entries)
    finally:
        _batch.reset(token)


def action(
    name: str, *, title: object = "", private: tuple[str, ...] = ()
) -> Callable[[Callable[Concatenate[Act, P], Result | None]], Action[P]]:
    """Register a function as an action; its name is the right to do it, `private` arguments are not journalled."""

    def register(run: Callable[Concatenate[Act, P], Result | None]) -> Action[P]:
        made = Action(name, run, title or gettext_lazy("变更"), private)
        ACTIONS.add(name, made)
        return made

    return register
