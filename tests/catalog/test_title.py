"""Titles and episode numbers out of file names as they really come."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.title import Name, bare_title, is_doubtful, numeral, read_name, repaired, same_title

NAMES = [
    ("党员先进性教育.mpg", "党员先进性教育", 0),
    ("温棚蔬菜、瓜果、药材种植技术 第1集.wmv", "温棚蔬菜、瓜果、药材种植技术", 1),
    ("温棚蔬菜、瓜果、药材种植技术（第二集）.wmv", "温棚蔬菜、瓜果、药材种植技术", 2),
    ("温棚蔬菜、瓜果、药材种植技术_03.wmv", "温棚蔬菜、瓜果、药材种植技术", 3),
    ("01.鱼病防治技术.mpg", "鱼病防治技术", 0),
    ("003、科学应对禽流感.avi", "科学应对禽流感", 0),
    ("秦腔《三滴血》.rmvb", "秦腔《三滴血》", 0),
    ("秦腔《三滴血》上.mpg", "秦腔《三滴血》", 1),
    ("秦腔《铡美案》中 .mpg", "秦腔《铡美案》", 2),
    ("秦腔《周仁回府》（下集）.mpg", "秦腔《周仁回府》", 3),
    ("三滴血 上集.VOB", "三滴血", 1),
    ("红色娘子军(上).mpg", "红色娘子军", 1),
    ("火焰山上.mpg", "火焰山上", 0),
    ("上海滩.mp4", "上海滩", 0),
    ("天下无贼.mkv", "天下无贼", 0),
    ("[www.xxx.com]营养与健康[高清].mp4", "营养与健康", 0),
    ("【高清】晚年的幸福生活【完整版】.flv", "晚年的幸福生活", 0),
    ("晚年的幸福生活高清版.flv", "晚年的幸福生活", 0),
    ("http://www.abc.com.cn_科普.wmv", "科普", 0),
    ("科学保健1080p.mp4", "科学保健", 0),
    ("科学保健.720P.x264.AAC.mkv", "科学保健", 0),
    ("名著欣赏讲座：红楼梦 第03讲.mp4", "名著欣赏讲座：红楼梦", 3),
    ("百家讲坛-第十二讲-刘心武揭秘红楼梦.mp4", "百家讲坛", 12),
    ("京剧音配像《空城计》.mpg", "京剧音配像《空城计》", 0),
    ("京剧音配像《空城计》(1).mpg", "京剧音配像《空城计》", 1),
    ("《营养与健康》.mpg", "营养与健康", 0),
    ("肉牛、肉羊养殖技术EP03.mp4", "肉牛、肉羊养殖技术", 3),
    ("肉牛肉羊养殖 E02.ts", "肉牛肉羊养殖", 2),
    ("nature s01e05.hdtv.mkv", "nature", 5),
    ("Raising sheep part 2.mpg", "Raising sheep", 2),
    ("《农业科技苑》第15期 苹果树冬季修剪.mpg", "农业科技苑", 15),
    ("《中国京剧音配像》《秦香莲》第1集.avi", "秦香莲", 1),
    ("农广天地_20120801_绒山羊舍饲养殖.mp4", "农广天地 20120801 绒山羊舍饲养殖", 0),
    ("2012年春节社火.mov", "2012年春节社火", 0),
    ("复件 包虫病防治知识.wmv", "包虫病防治知识", 0),
    ("布鲁氏菌病防控知识 - 副本 (2).wmv", "布鲁氏菌病防控知识", 0),
    ("陇剧《枫洛池》[陇东方言].mpg", "陇剧《枫洛池》 陇东方言", 0),
    ("惠农政策问答(粤语).mpg", "惠农政策问答(粤语)", 0),
    ("环县道情皮影选段   .MPG", "环县道情皮影选段", 0),
    ("😀小水滴旅行记(科普动画)🎬.mp4", "小水滴旅行记(科普动画)", 0),
    ("“三农”热线：测土配方施肥.flv", "“三农”热线：测土配方施肥", 0),
    ("战争题材故事片(示例).rm", "战争题材故事片(示例)", 0),
    ("电脑入门(夕阳红培训班)05.wmv", "电脑入门(夕阳红培训班)", 5),
    ("D:\\下载\\土鸡散养.avi", "土鸡散养", 0),
    ("家禽饲养第0３集.wmv", "家禽饲养", 3),
    ("家禽饲养02.wmv", "家禽饲养", 2),
    ("生猪规模养殖 第二十三讲 仔猪护理.wmv", "生猪规模养殖", 23),
    ("水浒传 第108回.mp4", "水浒传", 108),
    ("S823.9 肉牛.mpg", "S823.9 肉牛", 0),
    ("小麦高产12项措施.mpg", "小麦高产12项措施", 0),
    ("3分钟学会刷牙.mp4", "3分钟学会刷牙", 0),
    ("春耕(2).mpg", "春耕", 2),
    ("春耕 (第一部分).mpg", "春耕", 1),
    ("农药安全使用常识", "农药安全使用常识", 0),
    ("好" * 85, "好" * 85, 0),
]
NO_TITLES = [
    "MVI_0001.MOV",
    "00012.MTS",
    "VID_20120801_123456.3gp",
    "AVSEQ01.DAT",
    "12.mpg",
    "第1集.mpg",
    "新建文件夹.avi",
    "untitled.mp4",
    "无标题.wmv",
    "www.abc.com.mp4",
    "....",
    "",
]


@pytest.mark.parametrize(("name", "title", "episode"), NAMES)
def test_titles_and_episodes_of_real_names(name: str, title: str, episode: int) -> None:
    """What a person would read in the name."""
    found = read_name(name)

    assert (found.title, found.episode, found.doubtful) == (title, episode, False)


@pytest.mark.parametrize("name", NO_TITLES)
def test_names_that_are_no_titles(name: str) -> None:
    """Cameras, programs and bare numbers give names that a person must replace."""
    assert read_name(name).doubtful


def test_series_parts_and_names_of_episodes() -> None:
    """Two titles side by side are series and title; what follows the number names the episode."""
    assert read_name("《中国京剧音配像》《秦香莲》上.avi") == Name(
        "秦香莲", 1, "中国京剧音配像", "", "上"
    )
    assert read_name("《农业科技苑》第15期 《苹果树冬季修剪》.mpg").of_title == "苹果树冬季修剪"
    assert read_name("秦腔《三滴血》下集.mpg").part == "下"


@pytest.mark.parametrize("title", ["棉花种植技术", "鱼病防治", "秦腔《三滴血》"])
def test_names_of_gbk_bytes_are_read(title: str) -> None:
    """Bytes that are no UTF-8, as an old drive holds them, are tried as GB18030."""
    name = f"{title}第2集.avi".encode("gb18030").decode("utf-8", "surrogateescape")

    assert (read_name(name).title, read_name(name).episode) == (title, 2)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("3", 3),
        ("03", 3),
        ("〇三", 3),
        ("十", 10),
        ("十五", 15),
        ("三十", 30),
        ("二十三", 23),
        ("一二", 12),
        ("一百零八", 108),
        ("两", 2),
        ("１２", 12),
        ("零", 0),
        ("百", 0),
        ("甲", 0),
        ("", 0),
    ],
)
def test_numerals(text: str, number: int) -> None:
    """Chinese, full-width and plain digits."""
    assert numeral(text) == number


def test_titles_are_compared_by_their_letters() -> None:
    """Signs, brackets, width and case do not make two titles of one."""
    assert same_title("《肉牛、肉羊》养殖 ＡＢ") == same_title("肉牛肉羊养殖ab")
    assert same_title("S823") != same_title("S824")
    assert [bare_title(t) for t in (" 《甲》 ", "甲《乙》", "《甲》《乙》")] == [
        "甲",
        "甲《乙》",
        "《甲》《乙》",
    ]
    assert [is_doubtful(t) for t in ("...", "鱼病", "鱼")] == [True, False, True]


def test_mojibake_of_tags_is_put_right() -> None:
    """GB18030 that was taken for Latin-1 is turned back; French stays French."""
    assert repaired("ÖÐ¹ú") == "中国"
    assert [repaired(t) for t in ("café", "naïve", "中国", "plain")] == [
        "café",
        "naïve",
        "中国",
        "plain",
    ]


@settings(max_examples=200, derandomize=True, deadline=None)
@given(
    st.text(
        alphabet="第一二上下集()（）《》[]【】 ._-0129aEP高清版.mpg中\udce9\n'\"😀", max_size=30
    )
)
def test_any_name_gives_a_name(name: str) -> None:
    """No name makes it crash, and a title never has blanks at its ends."""
    found = read_name(name)

    assert found.title == found.title.strip()
    assert 0 <= found.episode <= 9999
    assert found.title or found.doubtful
