"""The columns of a sheet of sites, under the names people give them."""

from __future__ import annotations

import difflib
import re
import unicodedata
from functools import cache

# Header as the project's own table writes it: our name of the fact, and what sheets call it.
# The order is that of the table; those after `note` are written only where something is in them.
_COLUMNS = {
    "site_id": ("id", "站点编号 站点号 编号 点位编号"),
    "name_zh": ("name", "名称 站点名称 站点 服务点名称 name"),
    "name_pinyin": ("pinyin", "拼音 名称拼音"),
    "level": ("level", "级别 层级 站点级别"),
    "kind": ("kind", "类别 站点类别 类型"),
    "parent_id": ("parent", "上级 上级编号 上级站点 所属站点 所属乡镇 parent"),
    "region_code": ("code", "区划代码 行政区划代码 区划码 代码 code"),
    "region_code_status": ("code_status", "代码状态 区划代码状态"),
    "source": ("source", "来源"),
    "access": ("access", "接入方式 网络 网络接入"),
    "vcd_player": ("equipment:vcd", "VCD机 VCD VCD播放机"),
    "dvd_player": ("equipment:dvd", "DVD机 DVD DVD播放机"),
    "tv": ("equipment:tv", "电视机 电视"),
    "pc": ("equipment:pc", "计算机 电脑 微机"),
    "projector": ("equipment:projector", "投影仪 投影机"),
    "drive_id": ("drive", "硬盘编号 移动硬盘 硬盘 硬盘号"),
    "drive_capacity_gb": ("capacity", "硬盘容量 容量 容量GB"),
    "drive_fs": ("file_system", "文件系统 硬盘格式 file_system"),
    "refresh_cycle": ("cycle", "更新周期 周期 cycle"),
    "last_refresh": ("last_refresh", "上次更新 最近更新 上次更新日期"),
    "route": ("route", "路线 配送路线 线路"),
    "distance_km": ("distance_km", "距离 里程 公里 距离公里 distance"),
    "population": ("population", "人口 服务人口 人口数"),
    "industries": ("industries", "产业 主导产业 种养殖"),
    "weekly_open_hours": ("weekly_hours", "每周开放小时 周开放时间 每周开放时间 weekly_hours"),
    "manager": ("manager", "管理员 村文化管理员 文化站长 负责人"),
    "manager_since": ("manager_since", "任职时间 任职日期 上任时间 任职起始"),
    "note": ("note", "备注 说明 附注"),
    "phone": ("phone", "电话 联系电话 手机"),
    "dialect": ("dialect", "方言"),
    "owner": ("owner", "产权单位 设备产权 所有单位"),
    "closed_on": ("closed_on", "撤销日期 撤点日期 关闭日期"),
}
ALWAYS = tuple(_COLUMNS)[: tuple(_COLUMNS).index("note") + 1]
DRIVE = ("drive", "capacity", "file_system")


def fact_of(header: str) -> str | None:
    """Our name of a column, None for one nobody knows."""
    return _known().get(_folded(header))


def near_headers(header: str, cutoff: float = 0.8) -> tuple[str, ...]:
    """Known headers that look like this one, as the project's table writes them."""
    near = difflib.get_close_matches(_folded(header), _known(), n=2, cutoff=cutoff)
    return tuple(dict.fromkeys(header_of(_known()[word]) for word in near))


def header_of(fact: str) -> str:
    """The header over a fact; for one of our own name that no sheet has, the name itself."""
    return next((header for header, (name, _w) in _COLUMNS.items() if name == fact), fact)


def facts_in_order() -> dict[str, str]:
    """Header and fact of every column, in the order of the project's table."""
    return {header: fact for header, (fact, _words) in _COLUMNS.items()}


@cache
def _known() -> dict[str, str]:
    return {
        _folded(word): fact
        for header, (fact, words) in _COLUMNS.items()
        for word in (header, *words.split())
    }


def _folded(header: str) -> str:
    """A header without brackets, blanks, underscores, stars and letter case."""
    text = unicodedata.normalize("NFKC", header).casefold()
    return re.sub(r"\([^)]*\)|[\s_\-*:.]", "", text)
