# ruff: noqa: E501, SIM905 (tables of names)
"""Names of demo people: surnames by how common they are in Gansu, given names by sex and decade, ethnicities by place."""

from __future__ import annotations

from random import Random

# Surname and weight.
HAN = (
    "王 90 张 86 李 84 刘 46 杨 38 陈 30 赵 30 马 26 高 20 何 18 郭 17 魏 17 孙 16 朱 14 周 14 徐 13 宋 13 罗 12 梁 11 "
    "胡 11 黄 11 吴 11 郑 9 田 11 石 9 董 10 蒋 7 曹 10 邓 6 韩 9 冯 9 苏 8 任 9 贾 8 雷 7 汪 8 史 6 姚 7 潘 6 牛 7 "
    "包 6 景 4 柴 5 尚 4 安 5 康 6 毛 4 段 5 侯 5 范 5 邵 3 师 3 岳 4 孟 4 武 4 祁 5 焦 3 辛 3 火 1 水 1 颉 1 逯 1 "
    "令 1 陶 3 温 3 裴 3 甘 2 金 3 陆 3 窦 3 达 1 薛 4 党 2 唐 5 谢 5 许 4 秦 3 白 7 吕 4 丁 4 谭 1 漆 1 巩 2 慕 1 芦 2 豆 1"
)
HUI = "马 60 王 5 李 5 张 4 杨 4 韩 4 拜 3 丁 3 冶 3 苏 3 妥 2 喇 2 米 2 穆 3 海 3 金 2 周 2 唐 2 麻 2 虎 2 铁 2 白 3 沙 2 鲜 1 祁 2"
DONGXIANG = "马 62 汪 6 妥 4 唐 4 张 5 杨 4 周 3 王 3 高 3 祁 2 赵 2 江 1 牟 1"
BAOAN = "马 70 妥 10 张 6 韩 6 赵 4 杨 4"
SALAR = "韩 70 马 20 何 4 沈 3 兰 3"
YUGUR = "安 20 郭 14 白 10 贺 9 兰 8 杜 7 钟 7 索 6 妥 5 常 5 顾 4 杨 3 高 2"
TU = "李 25 祁 14 乔 12 王 12 张 10 马 8 董 5 保 4 文 3"
SURNAMES = {
    "汉族": HAN, "回族": HUI, "东乡族": DONGXIANG, "保安族": BAOAN, "撒拉族": SALAR, "裕固族": YUGUR, "土族": TU, "满族": HAN,
}  # fmt: skip

MALE = {
    1900: "福 禄 德 生 贵 财 有 海 长 世 永 万 登 进 俊 绍 殿 维 兴 发|才 明 仁 义 禄 福 贵 生 成 元 发 林 堂 昌 山 清 德 祥",
    1950: "建 国 永 志 保 卫 文 天 克 学 正 兴 尚 玉 宗 彦 孝 自 友 世|国 军 平 明 华 忠 强 义 林 祥 福 仁 成 荣 清 贵 东 文",
    1970: "建 小 志 国 海 文 永 晓 彦 宏 红 俊 玉 成 世 占 维 新 亚 东|军 平 强 勇 斌 龙 林 伟 明 刚 杰 东 峰 兵 忠 荣 武 胜",
    1985: "鹏 伟 浩 磊 涛 凯 旭 晓 亚 文 海 建 宏 少 向 小 俊 立 志 振|飞 东 龙 强 杰 鹏 波 辉 峰 林 斌 伟 军 超 亮 宁 平 成",
    2000: "子 浩 宇 博 嘉 俊 天 文 志 佳 鹏 旭 泽 家 思 明 金 少 小 国|豪 然 航 文 杰 轩 宇 龙 辉 涛 鑫 浩 阳 博 强 乐 成 源",
    2012: "浩 子 梓 沐 一 宇 奕 泽 俊 铭 睿 皓 嘉 晨 昊 景 宸 承 星 书|宇 轩 豪 辰 诺 泽 涵 熙 霖 然 阳 航 哲 睿 博 安 恩 尧",
}
FEMALE = {
    1900: "桂 秀 玉 淑 翠 凤 菊 月 兰 彩 巧 爱 银 梅 素 贵 金 香 生 引|英 兰 珍 花 芳 莲 梅 香 娥 琴 霞 叶 弟 秀 连 女",
    1950: "桂 玉 秀 春 红 爱 淑 彩 凤 菊 改 月 粉 秋 翠 素 银 雪 转 惠|芳 梅 珍 花 英 兰 琴 霞 萍 莲 香 玲 娥 叶 琳 芬",
    1970: "红 小 晓 海 玉 亚 丽 秀 慧 雪 春 彩 建 艳 金 爱 粉 桂 俊 永|霞 燕 梅 芳 丽 娟 红 琴 萍 玲 英 花 兰 艳 莉 香",
    1985: "婷 丽 晓 雪 海 小 佳 亚 玉 文 倩 娟 艳 彩 雅 静 慧 燕 红 莹|婷 静 娜 燕 霞 倩 丽 娟 莉 玲 艳 芳 琴 红 萍 蓉",
    2000: "欣 雨 佳 梦 思 嘉 子 雅 静 文 晓 慧 婷 紫 心 小 诗 若 玉 馨|怡 欣 瑶 雨 涵 琪 彤 婷 佳 蕊 洁 悦 萱 妍 颖 月",
    2012: "梓 一 诗 若 语 欣 沐 雨 依 思 可 芷 苡 书 艺 安 锦 乐 念 心|涵 诺 桐 曦 萱 妍 彤 晨 瑶 琪 汐 宁 伊 心 雅 然",
}
MUSLIM_MALE = (
    "尕西木 哈三 胡赛 木沙 努海 伊布拉 一卜拉 哈麦 穆罕 艾布 尔力 尔萨 达吾 玉奴 者麦 素来 麦苏 "
    "哈比 索力 主麻 国忠 成林 福祥 建国 文明 占海 玉龙 海龙 忠明 学义 正清 光辉 志明 晓龙 小龙 俊 "
    "伟 明 海 林"
).split()
MUSLIM_FEMALE = (
    "法图麦 阿西娅 麦燕 哈力买 索菲亚 则乃白 阿米乃 海里麦 赫蒂彻 努力 舍目 乃比 色力买 热比娅 "
    "阿伊舍 祖白 秀兰 海燕 玉花 玉兰 小花 晓燕 玉梅 秀花 学英 桂花 丽 婷 娟 燕"
).split()
TIBETAN_MALE = (
    "扎西 才让 道吉 贡保 索南 旦知 尕藏 加措 丹增 桑杰 才旦 南杰 完玛 九麦 次仁 多吉 旦增 仁青 "
    "东智 拉加 昂杰 格日 尼玛"
).split()
TIBETAN_FEMALE = (
    "卓玛 拉毛 央金 才毛 德吉 旺姆 桑吉 杨毛 拉姆 白玛 达娃 仁藏 尕藏 完么 道吉 才让 扎西 旦知 贡保"
).split()
TIBETAN_FEMALE_END = "卓玛 拉毛 草 措 吉 毛 才毛 拉姆 杨措".split()
MONGOL_MALE = ("巴图 孟克 那仁 格日勒图 乌力吉 苏和 朝鲁 布和 达布西拉图 青格勒 阿拉腾 宝音").split()
MONGOL_FEMALE = ("乌兰 其其格 萨仁 娜仁 格日勒 斯琴 乌云 高娃 阿拉腾其其格 娜布其 哈斯").split()
KAZAKH_MALE = ("叶尔兰 努尔江 哈那提 巴合提 沙肯 叶尔肯 加尔肯 赛力克 木拉提 别尔德别克").split()
KAZAKH_FEMALE = ("古丽 阿依古丽 努尔古丽 玛依拉 哈丽旦 加娜尔 叶尔克 古丽娜尔 沙拉").split()

# Ethnicities by the beginning of the division code, the longest that fits; weights.
PEOPLES = {
    "": "汉族 985 回族 10 满族 2 藏族 2 东乡族 1",
    "620525": "回族 70 汉族 30", "620623": "汉族 60 藏族 32 土族 6 回族 2", "620721": "汉族 44 裕固族 29 藏族 26 土族 1",
    "620802": "汉族 70 回族 30", "620923": "汉族 58 蒙古族 40 回族 2", "620924": "汉族 56 哈萨克族 42 回族 2",
    "620105": "汉族 95 回族 4 藏族 1", "620102": "汉族 90 回族 8 藏族 1 满族 1",
    "6229": "回族 40 汉族 35 东乡族 25", "622901": "回族 50 汉族 44 东乡族 6", "622921": "汉族 59 回族 35 东乡族 6",
    "622922": "回族 56 汉族 40 东乡族 4", "622923": "汉族 87 回族 10 东乡族 3", "622924": "回族 60 东乡族 37 汉族 3",
    "622925": "汉族 41 回族 32 东乡族 27", "622926": "东乡族 87 汉族 8 回族 5",
    "622927": "汉族 45 回族 35 东乡族 10 保安族 7 撒拉族 3",
    "6230": "藏族 56 汉族 37 回族 7", "623001": "藏族 52 汉族 38 回族 10", "623021": "汉族 72 回族 16 藏族 12",
    "623022": "藏族 64 汉族 34 回族 2", "623023": "汉族 62 藏族 38", "623024": "藏族 80 汉族 20",
    "623025": "藏族 92 汉族 6 回族 2", "623026": "藏族 91 汉族 7 回族 2", "623027": "藏族 86 汉族 9 回族 5",
}  # fmt: skip


class Weighted:
    """Things drawn by weight from text such as `王 90 张 86`."""

    def __init__(self, text: str) -> None:
        parts = text.split()
        self.things = parts[::2]
        total = 0
        self.sums = [total := total + int(weight) for weight in parts[1::2]]

    def draw(self, random: Random) -> str:
        """One of the things."""
        return random.choices(self.things, cum_weights=self.sums)[0]


_SURNAMES = {people: Weighted(text) for people, text in SURNAMES.items()}
_PEOPLES = {prefix: Weighted(text) for prefix, text in PEOPLES.items()}
_GIVEN = {
    sex: {year: tuple(half.split() for half in text.split("|")) for year, text in pools.items()}
    for sex, pools in (("male", MALE), ("female", FEMALE))
}
MUSLIMS = {"回族", "东乡族", "保安族", "撒拉族"}


def ethnicity(random: Random, code: str) -> str:
    """An ethnicity as it is found in a place."""
    for digits in (6, 4, 0):
        found = _PEOPLES.get(code[:digits])
        if found is not None:
            return found.draw(random)
    raise AssertionError("the empty prefix fits every code")


def surname(random: Random, people: str) -> str:
    """A surname, or nothing where the people has none."""
    return _SURNAMES[people].draw(random) if people in _SURNAMES else ""


def given(random: Random, people: str, sex: str, year: int) -> str:
    """A given name of somebody born in a year (a whole name for peoples without surnames)."""
    male = sex == "male"
    if people == "藏族":
        if male:
            first, second = random.sample(TIBETAN_MALE, 2)
            return first + second
        first, end = random.choice(TIBETAN_FEMALE), random.choice(TIBETAN_FEMALE_END)
        return first + end if first[-1] != end[-1] and first[:1] != end[:1] else first
    if people == "蒙古族":
        return random.choice(MONGOL_MALE if male else MONGOL_FEMALE)
    if people == "哈萨克族":
        return (
            random.choice(KAZAKH_MALE) + "·" + random.choice(KAZAKH_MALE)
            if male
            else random.choice(KAZAKH_FEMALE)
        )
    if people in MUSLIMS and random.random() < 0.6:
        return random.choice(MUSLIM_MALE if male else MUSLIM_FEMALE)
    pools = _GIVEN[sex]
    firsts, seconds = pools[max(start for start in pools if start <= year)]
    chance = 0.06 if year < 1970 or year >= 2005 else 0.2
    if random.random() < chance:
        return random.choice(seconds)
    first, second = random.choice(firsts), random.choice(seconds)
    return first + second if first != second or year >= 1985 else first
