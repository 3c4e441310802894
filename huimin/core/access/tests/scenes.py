"""How each action of access is called validly: `tests/conformance/test_killed.py` calls it and kills the database."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from huimin.core.access import actions, demo

Scene = tuple[Any, dict[str, Any]]
START, DAY = date(2020, 1, 1), date(2026, 3, 1)
PAPER = "榆政发〔2026〕3号"


def _office(world: Any) -> UUID:
    made = actions.open_office(world.system, name=f"办公室{world.number()}", area=world.village)
    return UUID(made["office"])


def _post(world: Any) -> dict[str, Any]:
    return actions.appoint(
        world.system, office=_office(world), username=f"scene{world.number()}", name="李干部", start=START
    )


def _granted(world: Any) -> tuple[UUID, UUID]:
    """An officer and his role."""
    officer = UUID(_post(world)["officer"])
    made = actions.grant(world.system, **_role(world, officer))
    return officer, UUID(made["grant"])


def _role(world: Any, officer: UUID) -> dict[str, Any]:
    return {"officer": officer, "service": "*", "role": "auditor", "area": world.county, "start": START}


def load_demo(world: Any) -> Scene:
    demo._plan.set(([world.village], [world.village]))
    return world.system, {"area": world.province, "villages": 1}


def _client(world: Any) -> UUID:
    return UUID(actions.open_client(world.system, **open_client(world)[1])["client"])


def open_client(world: Any) -> Scene:
    return world.system, {
        "name": f"医保局{world.number()}", "area": world.county, "scopes": ("people:read",), "purpose": "check",
        "secret_hash": "0" * 64,
    }  # fmt: skip


def renew_client(world: Any) -> Scene:
    return world.system, {"client": _client(world), "secret_hash": "1" * 64}


def close_client(world: Any) -> Scene:
    return world.system, {"client": _client(world), "reason": "数据共享到期"}


def open_office(world: Any) -> Scene:
    return world.system, {"name": f"办公室{world.number()}", "area": world.village, "phone": "0931-0000001"}


def appoint(world: Any) -> Scene:
    return world.system, {
        "office": _office(world), "username": f"scene{world.number()}", "name": "李干部", "password": "一句长口令2026",
        "start": START,
    }  # fmt: skip


def open_post(world: Any) -> Scene:
    return world.system, {
        "area": world.village, "office": f"办公室{world.number()}", "username": f"scene{world.number()}", "name": "李干部",
        "service": "*", "role": "auditor",
    }  # fmt: skip


def grant(world: Any) -> Scene:
    return world.system, _role(world, UUID(_post(world)["officer"]))


def end_grant(world: Any) -> Scene:
    return world.system, {"grant": _granted(world)[1], "reason": "岗位调整"}


def end_post(world: Any) -> Scene:
    return world.system, {"officer": _granted(world)[0], "reason": "岗位调整"}


def open_account(world: Any) -> Scene:
    return world.system, {"username": f"scene{world.number()}", "name": "王秀兰", "person": world.person()}


def open_admin(world: Any) -> Scene:
    return world.system, {
        "username": f"scene{world.number()}", "name": "系统管理员", "password": "一句长口令2026",
        "office": f"办公室{world.number()}", "area": world.province,
    }  # fmt: skip


def set_password(world: Any) -> Scene:
    return world.system, {"account": _post(world)["account"], "password": "另一句长口令2026"}


def close_account(world: Any) -> Scene:
    return world.system, {"account": _post(world)["account"], "reason": "已经退休"}


def unmask(world: Any) -> Scene:
    return world.system, {
        "subject": f"person:{world.person()}", "area": world.village, "what": "id_number", "purpose": "check",
        "reason": "核对证件号码",
    }  # fmt: skip


def merge_villages(world: Any) -> Scene:
    codes = (world.next_village(), world.next_village())
    return world.system, {"codes": codes[:1], "into": codes[1], "on": DAY, "document": PAPER}


def split_village(world: Any) -> Scene:
    code = world.next_village()
    return world.system, {
        "code": code, "into": code[:9] + "398", "name": "新设村", "groups": (3, 4), "on": DAY, "document": PAPER,
    }  # fmt: skip


def rename_division(world: Any) -> Scene:
    return world.system, {"code": world.next_village(), "name": "新名村", "on": DAY, "document": PAPER}
