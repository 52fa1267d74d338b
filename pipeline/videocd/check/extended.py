"""PSD_X.VCD, the same lists with places to point at, against PSD.VCD."""

from __future__ import annotations

from collections.abc import Mapping

from catalog.words import _
from pipeline.videocd.check.faults import Faults
from pipeline.videocd.check.lists import SELECT, SELECT_X, STEP, ControlList, Lists
from pipeline.videocd.check.volume import BLOCK


def check_extended(faults: Faults, plain: Lists, extended: Lists, sector: int) -> None:
    """Both files must say the same; `sector` is the first LSN of PSD.VCD. Where the chain of lists
    is broken in one of them, there is nothing to compare.
    """
    if any(what not in ("padding", "border") for what, _at in plain.faults + extended.faults):
        return
    if len(plain.lists) != len(extended.lists):
        wrong = _("PSD_X.VCD has another number of lists than PSD.VCD")
        counts = (len(plain.lists), len(extended.lists))
        faults.say("error", "psd_x.lists", wrong, sector, counts)
    names, names_x = _numbers(plain), _numbers(extended)
    others = {each.lid: each for each in extended.lists}
    for one in plain.lists:
        other = others.get(one.lid)
        if other is None:
            continue
        said, said_x = _meaning(one, names), _meaning(other, names_x)
        for what, value in said.items():
            if value != said_x[what]:
                wrong = _("a list says something else in PSD_X.VCD than in PSD.VCD: {what}")
                both = (_in_list(one, value), _in_list(other, said_x[what]))
                place = sector + one.at // BLOCK
                faults.say("error", "psd_x.differs", wrong.format(what=what), place, both)


def _numbers(read: Lists) -> dict[int, int]:
    """Offset of a link -> number of the list that begins there."""
    return {each.at // STEP: each.lid for each in read.lists}


def _in_list(each: ControlList, value: object) -> str:
    return _("{value} in list {number}").format(value=value, number=each.lid)


def _meaning(each: ControlList, names: Mapping[int, int]) -> dict[str, object]:
    """All that a list says, its links as numbers of lists."""
    return {
        _("its kind"): f"{SELECT if each.kind == SELECT_X else each.kind:02X}",
        _("its number"): (each.lid, each.rejected),
        _("where its buttons lead"): " ".join(str(names.get(i, hex(i))) for i in each.links[:20]),
        _("where its further buttons lead"): [names.get(i, hex(i)) for i in each.links[20:]],
        _("what it plays"): " ".join(map(str, each.items[:20])),
        _("what it plays further"): each.items[20:],
        _("its first number to choose"): each.first,
        _("its times"): (each.play_time, each.wait, each.pause),
    }
