"""What goes in and out: typed, described in the interface's words, nothing unknown taken."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Generic, Literal, TypeVar
from uuid import UUID

from django.utils.translation import gettext_noop
from ninja import Schema
from pydantic import ConfigDict, Field

T = TypeVar("T")
TEXT = r"^[^\x00]*$"
Code = Annotated[str, Field(pattern=r"^[0-9]{12}$", description=gettext_noop("十二位行政区划代码"))]
Sex = Literal["male", "female"]
Education = Literal["", "none", "primary", "junior", "senior", "vocational", "college", "bachelor"]


class Given(Schema):
    """What a program sends: a field that is not known is refused."""

    model_config = ConfigDict(extra="forbid")


class FieldError(Schema):
    """One field that is wrong."""

    location: str = Field(description=gettext_noop("在哪里：query、path、header 或 body"))
    field: str = Field(description=gettext_noop("字段名"))
    message: str = Field(description=gettext_noop("哪里不对，怎样改"))


class Problem(Schema):
    """A problem document (RFC 9457)."""

    type: str = Field(description=gettext_noop("问题类别的标识"))
    title: str = Field(description=gettext_noop("一句话说明"))
    status: int = Field(description=gettext_noop("HTTP 状态码"))
    detail: str = Field(description=gettext_noop("这一次是怎么回事，按 Accept-Language 的语言"))
    code: str = Field(description=gettext_noop("供程序判断的代码，不会改变"))
    errors: list[FieldError] = Field(description=gettext_noop("逐个字段的错误"))


class Page(Schema, Generic[T]):
    """A page of a list."""

    items: list[T]
    next: str | None = Field(None, description=gettext_noop("下一页的游标，没有下一页时为 null"))


class Me(Schema):
    """Who is asking."""

    kind: Literal["client", "officer"]
    name: str = Field(description=gettext_noop("程序或工作人员的名称"))
    area: str = Field(description=gettext_noop("十二位行政区划代码"))
    area_name: str
    scopes: list[str] = Field(description=gettext_noop("令牌的范围；工作人员为空，按他的角色"))
    calls_per_minute: int | None = Field(None, description=gettext_noop("每分钟最多调用次数"))


class Person(Schema):
    """A person, with number and phone masked."""

    id: UUID
    name: str = Field(description=gettext_noop("姓名"))
    sex: Sex
    birth_date: date
    age: int
    ethnicity: str
    id_number: str = Field(description=gettext_noop("证件号码，遮盖"))
    phone: str = Field(description=gettext_noop("联系电话，遮盖"))
    division_code: str = Field(description=gettext_noop("登记所在村的代码；村合并后不变"))
    group: int | None = Field(description=gettext_noop("村民小组"))
    education: str
    died_on: date | None
    left_on: date | None


class PersonWithHome(Person):
    """A person with the household he is in today."""

    household: UUID | None = Field(description=gettext_noop("现在所在的户"))


class Member(Schema):
    """Somebody in a household."""

    person: Person
    relation: str = Field(description=gettext_noop("与户主关系"))
    start: date
    joined_by: str


class Household(Schema):
    """A household, with its address masked."""

    id: UUID
    number: str = Field(description=gettext_noop("户编号"))
    division_code: str = Field(description=gettext_noop("登记所在村的代码；村合并后不变"))
    group: int | None = Field(description=gettext_noop("村民小组"))
    head: UUID | None = Field(description=gettext_noop("户主"))
    head_name: str
    address: str = Field(description=gettext_noop("住址，遮盖"))
    size: int = Field(description=gettext_noop("人口"))
    opened_on: date
    located_since: date
    closed_on: date | None


class HouseholdWithMembers(Household):
    """A household with those who are in it on the day asked for."""

    members: list[Member]


class FactType(Schema):
    """An entry of the catalogue of facts."""

    name: str = Field(description=gettext_noop("全名，例如 poverty.income_per_head"))
    title: str
    type: Literal["boolean", "number", "string", "date"]
    unit: str
    subject: str = Field(description=gettext_noop("关于什么：household 或 person"))
    source: str = Field(description=gettext_noop("来源"))
    article: str


class Fact(Schema):
    """A fact of one subject."""

    name: str
    title: str
    type: Literal["boolean", "number", "string", "date"]
    value: bool | str | None = Field(description=gettext_noop("值；数字写成文字以保持精确，null 表示不知道"))
    unit: str
    source: str = Field(description=gettext_noop("来源"))
    at: date | None = Field(description=gettext_noop("哪天的"))


class Facts(Schema):
    """What is known of a subject on a day."""

    subject: str
    on: date
    facts: list[Fact]


class UsedFact(Schema):
    """A fact as a decision used it."""

    name: str
    title: str
    value: bool | str | None
    unit: str
    source: str
    at: date | None


class Hit(Schema):
    """A row of a rule's table that matched."""

    decision: str
    row: int
    annotations: dict[str, str]


class Condition(Schema):
    """What a fact would have to be."""

    title: str
    operator: Literal["=", ">=", "<"]
    bound: bool | str | None
    unit: str


class Change(Schema):
    """The smallest change that would give another outcome."""

    outcome: Any
    conditions: list[Condition]


class Decision(Schema):
    """A decision with everything that explains it."""

    id: UUID
    rule: str
    version: str = Field(description=gettext_noop("规则文本的 SHA-256"))
    subject: str
    area: str
    outcome: Any = Field(description=gettext_noop("结果"))
    as_of: date
    at: datetime
    articles: list[str] = Field(description=gettext_noop("依据的条款"))
    hits: list[Hit] = Field(description=gettext_noop("命中的规则行"))
    facts: list[UsedFact] = Field(description=gettext_noop("用到的数据项"))
    changes: list[Change] = Field(description=gettext_noop("怎样会改变结果"))


class Step(Schema):
    """A step of a programme's way."""

    code: str
    kind: str
    title: str
    level: int = Field(description=gettext_noop("办理的层级：5 村、4 乡镇、3 县、2 市州、1 省"))
    days: int = Field(description=gettext_noop("公示天数"))


class Named(Schema):
    """A code with its title."""

    code: str
    title: str


class Programme(Schema):
    """A programme as it is declared."""

    code: str
    title: str
    article: str
    kinds: list[Named]
    entry: list[Step]
    exit: list[Step]


class Enrolment(Schema):
    """A household in a programme."""

    id: UUID
    programme: str
    household: UUID
    name: str
    division_code: str
    group: int | None
    kind: str
    state: Literal["active", "suspended", "exited"]
    entered: date
    exited: date | None
    next_visit: date | None


class Procedure(Schema):
    """Where a household stands on its way in or out."""

    id: UUID
    programme: str
    household: UUID
    name: str
    division_code: str
    direction: Literal["entry", "exit"]
    route: str
    state: Literal["open", "done", "refused", "withdrawn"]
    step: str
    step_title: str
    level: int
    kind: str
    opened: datetime
    since: datetime
    closed: datetime | None


class Mark(Schema):
    """A step of one household's way."""

    code: str
    title: str
    level: int
    state: str
    at: datetime | None


class ProcedureWithSteps(Procedure):
    """A procedure with each step of its way."""

    steps: list[Mark]


class Division(Schema):
    """A division."""

    code: str
    name: str
    level: int
    parent: str | None
    valid_from: date | None
    valid_to: date | None


class DivisionWithPath(Division):
    """A division with the names above it."""

    path: list[str]


class NewPerson(Given):
    """A person to register."""

    name: str = Field(max_length=60, pattern=TEXT, description=gettext_noop("姓名"))
    sex: Sex
    birth_date: date
    division_code: Code
    group: int = Field(0, ge=0, le=999, description=gettext_noop("村民小组，没有填 0"))
    ethnicity: str = Field("", max_length=10, pattern=TEXT, description=gettext_noop("民族，不填为汉族"))
    id_number: str = Field("", max_length=30, pattern=TEXT, description=gettext_noop("证件号码"))
    phone: str = Field("", max_length=30, pattern=TEXT, description=gettext_noop("联系电话"))
    education: Education = ""


class Proposed(Given):
    """What a department says of a person; at least one field, the others stay."""

    name: str | None = Field(None, max_length=60, pattern=TEXT)
    sex: Sex | None = None
    birth_date: date | None = None
    ethnicity: str | None = Field(None, max_length=10, pattern=TEXT)
    id_number: str | None = Field(None, max_length=30, pattern=TEXT)
    phone: str | None = Field(None, max_length=30, pattern=TEXT)
    education: Education | None = None
    died_on: date | None = None


class Proposal(Given):
    """A change to propose."""

    changes: Proposed
    document: str = Field("", max_length=200, pattern=TEXT, description=gettext_noop("依据的文件或文号"))


class Registered(Schema):
    """What was registered."""

    person: UUID
    url: str


class Kept(Schema):
    """What became of a proposal."""

    proposal: UUID | None = Field(description=gettext_noop("待核实的变更；null 表示与登记的内容相同"))
    fields: list[str] = Field(description=gettext_noop("与登记的内容不同的字段"))


class Done(Schema):
    """What an action of a service did."""

    result: dict[str, Any]


def number(value: Any) -> Any:
    """A value as JSON keeps it exactly: numbers as texts, days as 2026-11-02."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, bool) else str(value)
