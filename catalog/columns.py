"""The columns a sheet may have, under the names people give them."""

from __future__ import annotations

import difflib
import re
import unicodedata
from functools import cache

# Our name first, then what sheets call it. The fifteen items of Chinese video cataloguing are all
# here (题名 主题 描述 创建者 其他责任者 出版者 版权 语种 日期 类型 格式 标识符 时空覆盖范围 来源
# 关联), and the columns of the project's own table.
_NAMES = {
    "id": "programme_id 节目号 节目编号 编号",
    "title": "title_zh name 题名 标题 名称 节目名称 片名 节目",
    "title_en": "英文题名 英文名 英文名称",
    "subject": "subjects 主题 主题代码 主题词",
    "class_numbers": "clc class class_number 分类号 中图法分类号 中图分类号 分类",
    "type": "resource_type 类型 资源类型",
    "language": "语种 语言",
    "dialect": "方言",
    "minutes": "duration_min duration 片长 时长 分钟",
    "episode": "集号 第几集",
    "season": "适用季节 季节",
    "months": "month 月份 适用月份",
    "keywords": "keyword 关键词",
    "audience": "适用对象 对象 受众",
    "rights_scope": "rights 版权 版权范围 使用范围",
    "rights_until": "版权到期 版权到期日 版权期限 授权到期",
    "description": "描述 简介 内容简介 内容提要",
    "creator": "创建者 作者 主讲人 主讲 编导",
    "contributor": "其他责任者 责任者",
    "publisher": "出版者 出版社 制作单位",
    "date": "日期 制作日期 出版日期",
    "identifier": "标识符 标识",
    "coverage": "时空覆盖范围 覆盖范围",
    "source": "来源",
    "series": "relation 关联 丛书 系列 丛编",
    "chapters": "chapter 章节 分段",
    # How it shall be shown, where a person decides it (wish_words.py).
    "fields": "扫描 扫描方式",
    "shape": "画幅 画面",
    "borders": "黑边",
    "pace": "快慢",
    "denoise": "降噪 去噪",
    "loudness": "响度 音量",
    "sound": "声轨 音轨",
    "side": "声道",
    "subtitles": "subtitle 字幕",
    "damage": "损坏",
    "note": "source_note 备注 附注 说明",
    "file": "files filename file_name 文件 文件名 视频文件",
    # Known, and left aside: these facts are read from the files themselves, or number the rows.
    "": "episodes 集数 format 格式 src_format src_width src_height src_fps src_aspect src_kbps "
    "size_mb 序号 no 校验值 登录号 规格 数量 大小 文件大小 分辨率",
}


def column_of(header: str) -> str | None:
    """Our name of a column, empty for one that is left aside, None for one nobody knows."""
    return _known().get(_folded(header))


def near_columns(header: str) -> tuple[str, ...]:
    """Known headers that look like this one, nearest first, at most two."""
    near = difflib.get_close_matches(_folded(header), _known(), n=6, cutoff=0.5)
    best = {_known()[word]: word for word in reversed(near)}  # the nearest name of each column
    return tuple(_written()[word] for word in near if word in best.values())[:2]


@cache
def _known() -> dict[str, str]:
    return {
        _folded(word): column
        for column, words in _NAMES.items()
        for word in (column, *words.split())
        if word
    }


@cache
def _written() -> dict[str, str]:
    return {_folded(w): w for name, words in _NAMES.items() for w in (name, *words.split())}


def _folded(header: str) -> str:
    """A header without brackets (片长(分钟)), blanks, underscores, stars and letter case."""
    text = unicodedata.normalize("NFKC", header).casefold()
    return re.sub(r"\([^)]*\)|[\s_\-*:.]", "", text)
