import pytest

from huimin.core.people import masking, reading


@pytest.mark.parametrize(
    ("name", "shown"), [("王桂兰", "王*兰"), ("王兰", "王*"), ("扎西卓玛", "扎**玛"), ("王", "*"), ("", "")]
)
def test_a_name_keeps_its_first_and_last_sign(name, shown):
    assert masking.name(name) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [("13812345678", "138****5678"), ("09315551234", "093******34"), ("110", "***"), ("", "")],
)
def test_a_phone_number_keeps_its_beginning_and_end(number, shown):
    assert masking.phone(number) == shown


def test_an_address_keeps_the_group_and_hides_the_house():
    assert masking.address("3组12号") == "3组**号"
    assert masking.address("6号楼2单元501室") == "**号楼**单元**室"


@pytest.mark.parametrize(
    ("name", "pinyin", "initials"),
    [
        ("王桂兰", "wangguilan", "wgl"),
        ("单国强", "shanguoqiang", "sgq"),
        ("尉迟敬德", "yuchijingde", "ycjd"),
        ("曾小红", "zengxiaohong", "zxh"),
        ("叶尔兰·努尔江", "yeerlannuerjiang", "yelnej"),
        ("扎西卓玛", "zhaxizhuoma", "zxzm"),
    ],
)
def test_surnames_are_read_as_surnames(name, pinyin, initials):
    assert reading.read(name) == (pinyin, initials)
