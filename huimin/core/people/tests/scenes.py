"""How each action of people is called validly: `tests/conformance/test_killed.py` calls it and kills the database."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from huimin.core.people import api as people
from huimin.core.people.models import Household, Membership, Pair
from huimin.kit import clock

Scene = tuple[Any, dict[str, Any]]
BORN, DAY = date(1990, 4, 2), date(2024, 3, 1)


def load_demo(world: Any) -> Scene:
    return world.system, {"n": 60, "seed": 7, "area": world.county}


def register_person(world: Any) -> Scene:
    return world.system, {
        "name": "马桂花", "sex": "female", "birth_date": BORN, "division_code": world.village, "group_no": 1,
        "id_number": world.id_number(BORN), "phone": "13900000000",
    }  # fmt: skip


def correct_person(world: Any) -> Scene:
    head = Household.objects.get(id=world.household()).head_id
    return world.system, {"person": head, "changes": {"name": "王秀兰花"}, "reason": "户口簿登记有误"}


def register_household(world: Any) -> Scene:
    return world.system, {"head": world.person(), "division_code": world.village, "group_no": 1, "on": DAY}


def add_member(world: Any) -> Scene:
    new = {"name": "王小宝", "sex": "male", "birth_date": DAY}
    return world.system, {
        "household": world.household(),
        "relation": "son",
        "on": DAY,
        "reason": "birth",
        "new": new,
    }


def end_membership(world: Any) -> Scene:
    member = Membership.objects.get(household_id=world.household(members=2), relation="head")
    return world.system, {"membership": member.id, "on": DAY, "reason": "death"}


def change_head(world: Any) -> Scene:
    home = world.household(members=2)
    son = Membership.objects.get(household_id=home, relation="son").person_id
    head = Household.objects.get(id=home).head_id
    return world.system, {"household": home, "head": son, "relations": {str(head): "mother"}}


def move_household(world: Any) -> Scene:
    return world.system, {
        "household": world.household(members=2),
        "division_code": world.next_village(),
        "on": DAY,
    }


def close_household(world: Any) -> Scene:
    return world.system, {"household": world.household(members=2), "on": DAY, "reason": "全户迁往外省"}


def register_organisation(world: Any) -> Scene:
    return world.system, {
        "name": "榆中县养牛专业合作社", "uscc": "93620123MA0000000G", "kind": "cooperative", "division_code": world.village,
    }  # fmt: skip


def propose_change(world: Any) -> Scene:
    return world.system, {"person": world.person(), "changes": {"phone": "13900000001"}, "source": "公安局"}


def settle_change(world: Any) -> Scene:
    head = Household.objects.get(id=world.household(members=2)).head_id
    made = people.propose_change(
        world.system, person=head, changes={"name": "王秀英", "died_on": DAY}, source="民政局"
    )
    return world.system, {"proposal": made["proposal"], "accept": True}


def merge(world: Any) -> Scene:
    away = Household.objects.get(id=world.household()).head_id
    keep = Household.objects.get(id=world.household(members=2)).head_id
    return world.system, {"keep": keep, "other": away, "reason": "核对了身份证", "values": {"phone": "other"}}


def unmerge(world: Any) -> Scene:
    actor, arguments = merge(world)
    return actor, {"merge": UUID(people.merge(actor, **arguments)["merge"]), "reason": "是两个人"}


def keep_apart(world: Any) -> Scene:
    first, second = sorted((world.person(), world.person()))
    row = Pair(
        first_id=first, second_id=second, division_code=world.village, probability=0.9, reasons=[], stamp=b"",
        found_at=clock.now(),
    )  # fmt: skip
    row.save()
    return world.system, {"pair": row.id, "reason": "是两个人"}


def find_duplicates(world: Any) -> Scene:
    return world.system, {"area": world.next_village()}


def start_duplicates(world: Any) -> Scene:
    return world.system, {"run": UUID(people.find_duplicates(world.system, area=world.next_village())["run"])}


def fail_duplicates(world: Any) -> Scene:
    return world.system, {**start_duplicates(world)[1], "error": "no room"}


def record_duplicates(world: Any) -> Scene:
    area = world.next_village()
    return world.system, {"area": area, "run": UUID(people.find_duplicates(world.system, area=area)["run"])}


def plant_duplicates(world: Any) -> Scene:
    area = world.next_village()
    for name in ("王桂兰", "李秀英", "张玉梅"):
        world.household(area, name=name, id_number=world.id_number())
    return world.system, {"area": area, "seed": 1}


def import_people(world: Any) -> Scene:
    from huimin.core.intake.tests.scenes import checked, chunk_of

    return world.system, chunk_of(world, checked(world))


def import_households(world: Any) -> Scene:
    from huimin.core.intake.tests.scenes import checked, chunk_of

    number = world.id_number()
    world.person(id_number=number)
    text = f"户编号,村代码,户主身份证号\n{world.village}88001,{world.village},{number}\n"
    return world.system, chunk_of(world, checked(world, target="households", text=text))
