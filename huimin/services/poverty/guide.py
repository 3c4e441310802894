"""How each field of the survey is to be filled: the rule's words, their version, the office that answers for them (T8)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, kw_only=True)
class Guidance:
    """What a field means: `basis` is the document, `version` the edition of this wording, `office` who issued it."""

    title: object
    text: object
    basis: object = _("防返贫监测入户调查填写说明")
    version: str = "2026-01"
    office: object = _("省农业农村厅帮扶处（演示）")


GUIDE: dict[str, Guidance] = {
    "members": Guidance(
        title=_("家庭人口"),
        text=_("户口簿上的人，加上常年同吃同住、收支在一起的人；已分户、出嫁、死亡的不算。"),
    ),
    "wages": Guidance(
        title=_("工资性收入"),
        text=_("上一年全家务工、公益岗位的到手工资；外出务工按实际带回或寄回和本人积蓄计算。"),
    ),
    "business": Guidance(
        title=_("生产经营收入"),
        text=_("种植、养殖、运输、商店等的毛收入；自家吃用的粮食和肉按当地收购价折算。"),
    ),
    "property": Guidance(title=_("财产性收入"), text=_("土地流转、房屋出租、入股分红、利息。")),
    "transfers": Guidance(
        title=_("转移性收入"),
        text=_("养老金、低保、粮食直补、子女给的赡养费等；一次性捐款和医疗报销不算。"),
    ),
    "excluded": Guidance(
        title=_("不计入收入的抚恤优待"), text=_("抚恤金、定期生活补助等单独填在这里，不加进收入。"),
        basis=_("《军人抚恤优待条例》第四条"), version="2024-10-01", office=_("国务院、中央军事委员会"),
    ),
    "cost": Guidance(title=_("生产经营支出"), text=_("种子、化肥、饲料、雇工、燃油、租地；生活开支不算。")),
    "food": Guidance(title=_("不愁吃"), text=_("一年四季有主食，每周吃得上肉、蛋、奶或豆制品。")),
    "clothing": Guidance(title=_("不愁穿"), text=_("有换季的衣服和鞋，有过冬的被褥。")),
    "schooling": Guidance(title=_("义务教育有保障"), text=_("适龄孩子都在校读书，没有因为家庭困难辍学；送教上门的算有保障。")),
    "medical": Guidance(title=_("基本医疗有保障"), text=_("全家都参加了基本医疗保险，常见病在村里、乡镇看得上。")),
    "housing": Guidance(title=_("住房安全有保障"), text=_("房屋鉴定为 A、B 级，或者改造后达标；住在安全的亲属家也算。")),
    "water": Guidance(title=_("饮水安全有保障"), text=_("水量够、水质合格，取水来回不超过二十分钟，一年中缺水不超过三十天。")),
}  # fmt: skip
