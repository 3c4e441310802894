"""Believable data for the style page. The people are invented."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.templatetags.static import static
from django.utils.safestring import mark_safe

from huimin.ui.parts import (
    Action,
    Chart,
    Column,
    Event,
    Fact,
    Filter,
    Income,
    Letter,
    Link,
    Mark,
    Notice,
    Pager,
    Part,
    Progress,
    Row,
    Stat,
    State,
    Step,
    Table,
    Tile,
    Waiting,
)

TODAY = dt.date(2026, 11, 22)
NAMES = [
    "王桂兰",
    "马哈麦·阿卜杜拉",
    "李强",
    "尕藏卓玛",
    "欧阳建国",
    "张秀英",
    "杨永红",
    "妥海龙",
    "才让东珠",
    "赵玉梅",
    "司马玉芬",
    "何俊",
]
STATES = [
    State("待入户核实", "waiting"),
    State("村级评议中", "info"),
    State("公示中", "info"),
    State("已纳入", "done"),
    State("退回补正", "refused"),
    State("已退出", "plain"),
]


def table(rows: str) -> Table:
    count = {"0": 0, "1": 1}.get(rows, 60)
    lines = [
        Row(
            [
                NAMES[i % 12],
                f"6229{i:06d}",
                2 + i % 5,
                6120 + i * 137.5,
                STATES[i % 6],
                f"刘集乡{'城关村' if i % 2 else '高李村'}",
                TODAY + dt.timedelta(days=i % 15),
                "李建军" if i % 3 else "",
            ],
            url="#",
            panel_url="/panel/",
            key=str(i),
            tone="waiting" if i in (0, 6) else "",
        )
        for i in range(count)
    ]
    return Table(
        "监测户",
        [
            Column("户主", "masked", sort="name"),
            Column("户编号", phone=False),
            Column("人口", "number", phone=False),
            Column("人均年收入", "money", sort="income", unit="元"),
            Column("状态"),
            Column("地点", phone=False),
            Column("到期", "date", sort="due", phone=False),
            Column("帮扶责任人", phone=False),
        ],
        lines,
        Pager(
            after="k2" if count > 1 else "",
            total=count and (5000 if count > 1 else 1),
            total_as_of=dt.datetime(2026, 11, 22, 8, 0),
        ),
        bulk=[
            Action("提交审核", icon="send", kind="primary", name="do", value="submit"),
            Action("换责任人", name="do", value="assign"),
        ],
        exports=[Link("Excel", "#"), Link("CSV", "#"), Link("Parquet", "#")],
        empty="没有符合条件的监测户",
        empty_hint="去掉一些筛选条件再看，或从线索新建一户。",
        empty_action=Action("新建线索", "#", "plus"),
    )


def progress(state: str = "running") -> Progress:
    return Progress(
        "在 2,318,402 人上试算规则",
        846_120,
        2_318_402,
        state,
        "人",
        "/progress/",
        "/progress/",
        note="还要约 40 秒",
    )


def letter() -> Letter:
    return Letter(
        "您家已纳入防返贫监测，可享受三项帮扶",
        "done",
        [
            Fact("家庭人均年收入", "7,426.00", "元", "入户核实", TODAY),
            Fact("监测线", "8,100.00", "元", "甘肃省 2026 年标准", "2026-01-01"),
            Fact("近一年自付医药费", "18,340.00", "元", "医保结算", "2026-10-31"),
            Fact("住房安全", "B 级，安全", source="住建鉴定", date="2025-06-18"),
        ],
        [
            Link("《甘肃省防止返贫致贫监测帮扶办法》第九条第二款", "#"),
            Link("《关于健全防止返贫动态监测和帮扶机制的指导意见》三(四)", "#"),
        ],
        "家庭人均年收入连续两个季度超过 8,100 元（还差 674 元），"
        "并且自付医药费降到收入的三成以下，就会转为风险消除。",
        "这是按现在的事实算的，不是建议。",
        Action("不同意，提出申诉", "#", "message-circle"),
        dt.date(2027, 1, 21),
        "PM-2026-622927-004812",
        TODAY,
        "积石山县乡村振兴局",
        Action("存证副本", "#", "file-certificate", "quiet"),
    )


def charts() -> dict[str, Chart]:
    counties = ["积石山县", "东乡县", "临夏县", "和政县", "康乐县", "永靖县", "广河县", "临夏市"]
    return {
        "trend": Chart(
            "监测户人均年收入",
            "line",
            ["2020", "2021", "2022", "2023", "2024", "2025"],
            {
                "监测户": [5820, 6410, 7105, 7890, 8640, 9355],
                "全县农村": [9210, 9880, 10640, 11520, 12470, 13410],
            },
            "元",
            "2020–2025 年",
            TODAY,
            "入户核实汇总",
            True,
            target=8100,
        ),
        "rank": Chart(
            "按期完成入户核实",
            "rank",
            counties,
            {"完成率": [98.2, 96.4, 95.1, 93.0, 90.7, 88.9, 84.3, 79.6]},
            "%",
            "2026 年第三季度",
            TODAY,
            demo=True,
            target=90,
        ),
        "map": Chart(
            "监测户占农村人口",
            "map",
            counties,
            {"占比": [4.1, 5.2, 3.3, None, 2.7, 1.9, 3.0, 0.8]},
            "%",
            "2026 年第三季度",
            TODAY,
            demo=True,
            geojson_url=static("huimin/gallery-map.json"),
            urls={"东乡县": "#"},
        ),
        "flow": Chart(
            "试算：规则改动后谁进谁出",
            "sankey",
            unit="户",
            period="按 2026-11-01 快照",
            as_of=TODAY,
            demo=True,
            links=[
                ("原：监测", "新：监测", 18240),
                ("原：监测", "新：风险消除", 1312),
                ("原：未监测", "新：监测", 2047),
            ],
        ),
    }


def components() -> dict[str, Any]:
    """Everything but the table, by the name the gallery uses."""
    year = "2026 年 1–10 月"
    return {
        "filters_": [
            Filter("state", "状态", [("due", "待入户核实"), ("review", "村级评议中"), ("in", "已纳入")]),
            Filter(
                "kind",
                "类型",
                [("unstable", "脱贫不稳定户"), ("marginal", "边缘易致贫户"), ("hard", "突发严重困难户")],
            ),
            Filter("mine", "只看我负责的"),
        ],
        "saved": [Link("本周到期", "#"), Link("医药费超三成", "#")],
        "actions": [Action("导入名单", "#", "upload"), Action("新建线索", "#", "plus", "primary")],
        "states": STATES,
        "steps": [
            Step("申请", "done", "王*兰", "2026-11-02"),
            Step("入户核实", "done", "李建军", "2026-11-06"),
            Step("村级评议", "done", "城关村", "2026-11-10", note="31 人到会，28 票同意"),
            Step("公示", "current", "群众", due=dt.date(2026, 11, 25), note="还没有异议"),
            Step("乡镇审核", "next", "刘集乡", due="2026-11-30"),
            Step("县级确认", "next", "积石山县"),
        ],
        "marks": [
            Mark("收入", "unmet", "coin-yuan", TODAY, "低于监测线"),
            Mark("义务教育", "met", "school", "2026-09-01"),
            Mark("基本医疗", "met", "stethoscope", "2026-10-31"),
            Mark("住房安全", "met", "home-check", "2025-06-18"),
            Mark("饮水安全", "unknown", "droplet", None),
        ],
        "facts": letter().why,
        "letter": letter(),
        "events": [
            Event(
                dt.datetime(2026, 11, 22, 9, 12),
                "张贴公示",
                "城关村",
                "监测户名单，11 月 22 日至 25 日",
                "speakerphone",
                "info",
                "#",
            ),
            Event(
                dt.datetime(2026, 11, 10, 15, 40),
                "村级评议通过",
                "城关村",
                "31 人到会，28 票同意，2 票反对，1 票弃权",
                "users-group",
                "done",
            ),
            Event(
                dt.datetime(2026, 11, 6, 10, 5), "入户核实", "李建军", "核实收入四项，拍照两张", "home-check"
            ),
            Event("2026-11-02", "本人申请", "王*兰"),
        ],
        "income": Income(
            [Part("务工", 3120), Part("种养", 1846), Part("转移收入", 1980), Part("财产", 480)],
            8100,
            "监测线",
            period="2025 年 11 月–2026 年 10 月",
            as_of=TODAY,
            source="入户核实",
            demo=True,
        ),
        "stats": [
            Stat("监测户", 21_599, "户", year, TODAY, "比上月 −214", demo=True, url="#"),
            Stat("到户帮扶资金", "1.86", "亿元", year, TODAY, source="财政一卡通", demo=True),
            Stat("风险消除比例", "72.4", "%", year, TODAY, demo=True),
            Stat("没有数据的村", None, "个", year, TODAY),
        ],
        "tiles": [
            Tile("健康码", "#", "qrcode"),
            Tile("申请帮扶", "#", "heart-handshake"),
            Tile("问专家", "#", "plant-2", count=1),
            Tile("查政策", "#", "books"),
            Tile("提诉求", "#", "message-circle"),
            Tile("做公益", "#", "gift"),
        ],
        "waiting": [
            Waiting("李干部入户核实收入，请备好务工合同", "#", "明天 10:00", "waiting", "home-check"),
            Waiting("监测户名单公示，您家在名单里", "#", "还有 3 天", "info", "speakerphone"),
        ],
        "progress": progress(),
        "stopped": progress("stopped"),
        "charts": charts(),
        "notice": notice(),
    }


def notice() -> Notice:
    rows = [
        [i + 1, f"{NAMES[i][0]}*{NAMES[i][-1]}", 2 + i % 4, "城关村" + "一二三"[i % 3] + "社", "边缘易致贫户"]
        for i in range(9)
    ]
    path = '<path d="M0 0h7v7H0zM14 0h7v7h-7zM0 14h7v7H0zM9 9h4v4H9z"/>'
    square = f'<svg viewBox="0 0 21 21" aria-hidden="true">{path}</svg>'
    return Notice(
        "关于拟纳入防返贫监测对象的公示",
        "积乡振公示〔2026〕17 号",
        "经农户申请、入户核实和村级民主评议，拟将下列 9 户纳入防返贫监测。现予公示，接受监督。",
        ["序号", "户主", "人口", "住址", "类型"],
        rows,
        ["《甘肃省防止返贫致贫监测帮扶办法》第九条、第十四条"],
        TODAY,
        TODAY + dt.timedelta(days=3),
        "城关村村务公开栏",
        "公示期内可到城关村村委会书面或当面提出，也可扫码在本页提出。",
        "积石山县刘集乡人民政府",
        TODAY,
        "0930-7721000",
        mark_safe(square),
        "#",
    )
