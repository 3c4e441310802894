"""Who sits at which door of the style page, and the forms they fill in."""

from __future__ import annotations

from typing import Any

from django import forms

from huimin.ui.parts import Link, NavItem

LANGUAGES = [("zh-hans", "简体中文"), ("zh-hant", "繁體中文"), ("en", "English")]
PLACES = [
    Link("甘肃省", "#"),
    Link("临夏回族自治州", "#"),
    Link("积石山保安族东乡族撒拉族自治县", "#"),
    Link("刘集乡", "#"),
    Link("城关村"),
]


class Viewer:
    def __init__(self, label: str, area_label: str) -> None:
        self.label, self.area_label, self.is_authenticated = label, area_label, bool(label)


def _base(door: str, viewer: Viewer, nav: list[NavItem]) -> dict[str, Any]:
    urls = dict.fromkeys(("search_url", "areas_url", "account_url", "help_url", "logout_url"), "#")
    return {
        "door": door,
        "viewer": viewer,
        "nav": nav,
        "demo": True,
        "languages": LANGUAGES,
        "places": PLACES,
    } | urls


def desk() -> dict[str, Any]:
    nav = [
        NavItem("待办", "#", "inbox", 37, True),
        NavItem("防返贫监测", "#", "home-heart", 21, group="我的服务"),
        NavItem("诉求与申诉", "#", "message-circle", 9, group="我的服务"),
        NavItem("核酸检测", "#", "test-pipe", 0, group="我的服务"),
        NavItem("高原供氧", "#", "lungs", 3, group="我的服务"),
        NavItem("退役军人服务", "#", "medal", 4, group="我的服务"),
        NavItem("社会帮扶", "#", "heart-handshake", group="我的服务"),
        NavItem("人和户", "#", "users", group="登记"),
        NavItem("规则", "#", "scale", group="登记"),
        NavItem("报表与考核", "#", "chart-bar", group="登记"),
    ]
    return _base("desk", Viewer("李建军", "刘集乡"), nav)


def citizen() -> dict[str, Any]:
    nav = [
        NavItem("首页", "#", "home", current=True),
        NavItem("我的办件", "#", "file-text", 2),
        NavItem("健康码", "#", "qrcode"),
        NavItem("我的", "#", "user"),
    ]
    return _base("citizen", Viewer("王*兰", "城关村"), nav)


def door(shell: str) -> dict[str, Any]:
    if shell in ("desk", "dossier"):
        return desk()
    if shell in ("citizen", "letter", "form"):
        return citizen()
    nav = [
        NavItem("公示公告", "#", current=True),
        NavItem("资金账户", "#"),
        NavItem("指标", "#"),
        NavItem("验证", "#"),
    ]
    return _base("open", Viewer("", ""), nav) | {"login_url": "#"}


class ApplyForm(forms.Form):
    reason = forms.ChoiceField(
        label="遇到了什么困难",
        choices=[("ill", "生病花费大"), ("work", "没了收入"), ("disaster", "遭灾")],
        widget=forms.RadioSelect,
    )
    members = forms.IntegerField(label="家里几口人", min_value=1)
    income = forms.DecimalField(label="去年全家收入", help_text="把务工、种养、补贴都算上，大概数就可以。")
    bank = forms.ChoiceField(label="发放银行卡", choices=[("", "请选择"), ("1", "甘肃农信 尾号 4021")])
    note = forms.CharField(label="还想说明的", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    agree = forms.BooleanField(label="同意工作人员核对我家的收入和财产")
    units = {"members": "人", "income": "元"}
    sources = {"members": "户籍登记 2026-10-12"}


class SignInForm(forms.Form):
    login = forms.CharField(label="手机号")
    password = forms.CharField(label="密码", widget=forms.PasswordInput)


def form(shell: str, wrong: bool) -> forms.Form:
    if shell == "auth":
        return SignInForm({"login": ""} if wrong else None)
    return ApplyForm({"members": "0", "income": "三万"} if wrong else None, initial={"members": 4})
