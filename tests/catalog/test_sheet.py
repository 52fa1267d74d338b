"""Sheets of programmes: headers in two languages, and every slip told on its row."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from catalog.programme import Programme, Rights
from catalog.sheet import Sheet, read_sheet

Save = Callable[..., Sheet]


@pytest.fixture
def save(tmp_path: Path) -> Save:
    """Reads a text as a sheet; problems then name it `sheet.csv` or `sheet.yaml`."""

    def reading(text: str, kind: str = "csv") -> Sheet:
        path = tmp_path / f"sheet.{kind}"
        path.write_text(text, "utf-8")
        return read_sheet(path)

    return reading


def told(sheet: Sheet) -> list[str]:
    return [str(problem).partition("sheet.")[2] for problem in sheet.problems]


CHINESE = (
    "题名,主题,分类号,描述,创建者,其他责任者,出版者,版权,语种,日期,类型,格式,标识符,时空覆盖范围,来源,关联,"
    "片长(分钟),适用季节,月份,适用对象,方言,版权到期,关键词,文件,集号,备注,节目编号\n"
    "《鱼病防治技术》,鱼病;LIV.FISH,Ｓ942；s96,讲鱼病,张某,李某,县台,本省,汉语,2012年8月,讲座,mpg,X-1,甘肃,自建,三农,"
    "1小时12分,夏季,5-9,养殖户;群众,普通话,2016/12/31,鱼;病,D:\\视频\\鱼.mpg,第三集,好,HX-P0003\n"
)
ENGLISH = (
    "Title,Subject,Class Number,description,creator,contributor,publisher,rights_scope,language,"
    "date,type,format,identifier,coverage,source,relation,minutes,season,months,audience,dialect,rights_until,keywords,"
    "file,episode,note,programme_id\n"
    "鱼病防治技术,LIV.FISHDIS;LIV.FISH,S942;S96,讲鱼病,张某,李某,县台,province,zh,2012-08,lecture,mpg,X-1,甘肃,自建,三农,"
    "72,summer,5-9,herders;general,普通话,2016-12-31,鱼;病,鱼.mpg,3,好,HX-P0003\n"
)


def test_both_languages_say_the_same(save: Save) -> None:
    """Chinese and English headers and words give one and the same entry."""
    chinese, english = save(CHINESE), save(ENGLISH)

    assert told(chinese) == told(english) == []
    assert chinese.entries == english.entries
    assert chinese.entries[0].programme == Programme(
        "HX-P0003",
        "鱼病防治技术",
        subject=("LIV.FISHDIS", "LIV.FISH"),
        class_numbers=("S942", "S96"),
        type="lecture",
        language="zh",
        dialect="普通话",
        audience=("herders", "general"),
        months=(5, 6, 7, 8, 9),
        keywords=("鱼", "病"),
        description="讲鱼病",
        creator="张某",
        contributor="李某",
        publisher="县台",
        date="2012-08",
        identifier="X-1",
        coverage="甘肃",
        source="自建",
        series="三农",
        minutes=72.0,
        rights=Rights("province", date(2016, 12, 31)),
        note="好",
    )
    assert (chinese.entries[0].files, chinese.entries[0].episode) == (("鱼.mpg",), 3)


def test_every_slip_is_told_on_its_row(save: Save) -> None:
    """Wrong words, numbers, dates and months, each with what to do."""
    sheet = save(
        "题名,分类号,片长,主题,版权范围,版权到期,月份,资源类型\n"
        "甲,823.9,abc,温鹏,全省,二○一○年十一日八日,3月4日,讲做\n"
        "乙,5.12E+02,72,S823,国家,2012年2月31日,13-14,讲座\n"
        "丙,S5121,0,猪,全国,41122,11-3,讲座\n"
    )

    assert told(sheet) == [
        'csv:2: 主题 — "温鹏" is not known here — did you mean AGR.GREENHOUSE 温棚(设施)栽培?',
        "csv:2: 分类号 — 823.9 is a bare number: the letter is missing, or the sheet reckoned — "
        "format the column as text and write the whole class number, like S823.9+2",
        "csv:2: 月份 — the sheet took the months for the date 3月4日 — "
        "format the column as text and write it again, like 3-4",
        'csv:2: 片长 — "abc" is no running time — write the minutes, like 72',
        'csv:2: 版权到期 — "二○一○年十一日八日" is not a date — write it like 2012-08-01',
        'csv:2: 版权范围 — "全省" is not known here — did you mean province 本省 / national 全国?',
        'csv:2: 资源类型 — "讲做" is not known here — did you mean lecture 讲座?',
        'csv:3: 主题 — "S823" is not known here — '
        "a class number belongs in the column class_number (分类号)",
        "csv:3: 分类号 — 5.12E+02 is a bare number: the letter is missing, or the sheet reckoned — "
        "format the column as text and write the whole class number, like S823.9+2",
        'csv:3: 月份 — "13-14" are no months — write them like 11-3 or 3-4;9-10',
        'csv:3: 版权到期 — "2012年2月31日": there is no such day — '
        "look it up again, and write it like 2012-08-01",
        'csv:3: 版权范围 — "国家" is not known here — did you mean national 全国?',
        'csv:4: 分类号 — "S5121" is no class number — write it like S512.1',
        'csv:4: 片长 — "0" is no running time — write the minutes, like 72',
        'csv:4: 版权到期 — "41122" is not a date — write it like 2012-08-01',
    ]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2012-08-01", date(2012, 8, 1)),
        ("2012/8/1", date(2012, 8, 1)),
        ("2012.8.1", date(2012, 8, 1)),
        ("2012年8月1日", date(2012, 8, 1)),
        ("２０１２年０８月０１日", date(2012, 8, 1)),
        ("2012-08-01 00:00:00", date(2012, 8, 1)),
        ("永久", date.max),
    ],
)
def test_days_are_read_as_people_write_them(save: Save, text: str, day: date) -> None:
    """Four ways to write a day, full-width digits, and no end at all."""
    sheet = save(f"题名,版权到期\n甲,{text}\n")

    assert told(sheet) == []
    assert sheet.entries[0].programme.rights.until == day


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("11-3", (1, 2, 3, 11, 12)),
        ("3-4;9-10", (3, 4, 9, 10)),
        ("1-12", ()),
        ("全年", ()),
        ("5", (5,)),
        ("3月-5月", (3, 4, 5)),
        ("12～2", (1, 2, 12)),
        ("3、4、9月", (3, 4, 9)),
        ("2至4月", (2, 3, 4)),
    ],
)
def test_months_may_wrap_and_repeat(save: Save, text: str, months: tuple[int, ...]) -> None:
    """Months over the year's end, several spans, all year."""
    sheet = save(f"题名\t月份\n甲\t{text}\n")

    assert told(sheet) == []
    assert sheet.entries[0].programme.months == months


def test_a_season_gives_its_months_where_no_months_are_told(save: Save) -> None:
    """The months are the exact word, the season the looser one."""
    sheet = save("题名,季节,月份\n甲,冬;春季,\n乙,winter,12\n丙,全年,\n")

    assert [e.programme.months for e in sheet.entries] == [(1, 2, 3, 4, 11, 12), (12,), ()]


def test_a_wrong_header_is_told(save: Save) -> None:
    """Unknown columns with what they may have been, a column twice, no name, nothing that names."""
    assert told(save("题名,title,,适用对像\n甲,甲,x,群众\n")) == [
        "csv:1: column 3 has no name — give it one, or delete it",
        'csv:1: "适用对像" — no column of this name is known — '
        'did you mean "适用对象" or "适用月份"?',
        'csv:1: title — the same column as "题名", a second time — delete one of the two',
    ]
    assert told(save("片长,备注\n3,x\n"))[0].startswith(
        "csv:1: no column tells which programme it is"
    )
    assert told(save("题名，片长\n甲，3\n"))[0] == (
        "csv:1: the columns are parted by ， — part them by , and save the file again"
    )


def test_programmes_and_files_that_stand_twice_are_told(save: Save) -> None:
    """The same id, the same title without ids, the same file; episodes are no doubles."""
    sheet = save("编号,题名,文件,集号\nP1,甲,a.mpg,\nP1,乙,,\n,丙,,1\n,丙,,2\n,《丙》,a.mpg,2\n")

    assert told(sheet) == [
        'csv:3: id — "P1" stands in row 2 already — '
        "delete one of the two, or tell them apart by id or episode (集号)",
        'csv:6: file — "a.mpg" stands in row 2 already — '
        "delete one of the two, or tell them apart by id or episode (集号)",
        'csv:6: title — "丙" stands in row 5 already — '
        "delete one of the two, or tell them apart by id or episode (集号)",
    ]


def test_a_worksheet_with_dates_and_lost_letters(tmp_path: Path) -> None:
    """Excel's dates are dates; its numbers for classes and days for months are told."""
    made = openpyxl.Workbook()
    made.active.append(["题名", "版权到期", "分类号", "月份", "片长"])
    made.active.append(["甲", date(2016, 12, 31), 823.9, date(2026, 3, 4), 72.5])
    made.save(tmp_path / "sheet.xlsx")
    sheet = read_sheet(tmp_path / "sheet.xlsx")

    assert [(p.line, p.key) for p in sheet.problems] == [(2, "分类号"), (2, "月份")]
    assert sheet.entries[0].programme.rights.until == date(2016, 12, 31)
    assert sheet.entries[0].programme.minutes == 72.5


def test_yaml_holds_one_programme_or_several(save: Save) -> None:
    """A mapping is one, a list is several; values may be lists; lines are those of the values."""
    one = save(
        "题名: 鱼病\nclass: [S942, S96]\nmonths: [11, 12, 1]\nrights_until: 2016-12-31\n", "yaml"
    )
    several = save("- title: 甲\n  subject: 鱼并\n- titel: 乙\n- 3\n- title: {a: 1}\n", "yaml")

    assert told(one) == []
    assert one.entries[0].programme.class_numbers == ("S942", "S96")
    assert one.entries[0].programme.months == (1, 11, 12)
    assert told(several) == [
        'yaml:2: subject — "鱼并" is not known here — did you mean LIV.FISHDIS 鱼病?',
        'yaml:3: "titel" — no column of this name is known — did you mean "title" or "title_en"?',
        "yaml:4: [3] — is not a programme — write keys such as title: or 题名:",
        "yaml:5: title — is not plain text — write the text beside the key, or a list",
    ]


def test_a_row_must_say_which_programme_it_is(save: Save) -> None:
    """A row without title, id and file is told."""
    assert told(save("题名,片长\n,30\n")) == [
        "csv:2: the row names no programme — write its title, its id or its file"
    ]


def test_the_sample_tables_are_read_whole() -> None:
    """The county's own table has 64 programmes and not one problem."""
    near = Path(__file__).parents[3] / "shared" / "reference" / "samples"
    folder = Path(os.environ.get("XIAXIANG_REFERENCE", near))
    if not (folder / "programmes.csv").is_file():
        pytest.skip("no reference samples: set XIAXIANG_REFERENCE")
    sheet = read_sheet(folder / "programmes.csv")

    assert (len(sheet.entries), sheet.problems) == (64, ())
    assert sheet.entries[3].programme.months == (1, 2, 3, 11, 12)
