"""Files are looked through once, before the first plan that wants them; the books remember."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Sequence
from concurrent.futures import Executor, Future, as_completed

from catalog.analyses import analyses, put_analysis
from catalog.analysis import Analysis
from catalog.problem import Failure
from catalog.programme import Source
from catalog.words import _
from pipeline import bars, executors, tools
from pipeline.analyse import ANALYSER, analyse
from pipeline.screen import one_line
from pipeline.workspace import Workspace


def known(workspace: Workspace, wanted: Sequence[Source]) -> dict[str, Analysis]:
    """What the books have of these sources, by sha256; what an older analyser found counts not."""
    with workspace.books.reading() as connection:
        found = analyses(connection, {source.sha256 for source in wanted})
    return {name: one for name, one in found.items() if one.analyser == ANALYSER}


def look_through(workspace: Workspace, wanted: Sequence[Source]) -> dict[str, Analysis]:
    """The analyses of these sources, those not looked through yet made now, several at once, with
    a bar. What cannot be decoded at all counts as lost, in this run alone: it is told, and tried
    again the next time. A file that is gone has none: making something of it tells what is wrong.
    """
    found = known(workspace, wanted)
    todo = [one for one in wanted if one.sha256 not in found and _there(workspace, one)]
    if todo:
        with contextlib.closing(_looked(workspace, todo)) as looking:
            keeping = True
            for one in looking:
                found[one.sha256] = one
                keeping = keeping and _kept(workspace, one)
    return found


def _kept(workspace: Workspace, found: Analysis) -> bool:
    """Write an analysis into the books; where they cannot be written, this run goes on without."""
    if not found.sounds and found.picture is None:
        return True  # nothing was found that is worth remembering
    try:
        with workspace.books.transaction() as connection:
            put_analysis(connection, found)
    except Failure as failure:
        bars.above(one_line(_("what was found is not kept: {failure}").format(failure=failure)))
        return False
    return True


def _there(workspace: Workspace, source: Source) -> bool:
    path = workspace.root / source.path
    return path.is_file() and path.stat().st_size == source.bytes


def _looked(workspace: Workspace, todo: Sequence[Source]) -> Generator[Analysis, None, None]:
    bar = bars.second_bar(sum(source.seconds for source in todo), _("looking through the files"))
    stop = tools.Stop()
    with executors.here(workspace.settings.workers) as executor:
        work = {_begun(executor, workspace, source, stop, bar): source for source in todo}
        try:
            for future in as_completed(work):
                yield _taken(work[future], future)
        finally:
            # However this ends, nothing goes on reading behind our back.
            stop.ask()
            for future in work:
                future.cancel()
            bar.close()


def _begun(
    executor: Executor, workspace: Workspace, source: Source, stop: tools.Stop, bar: bars.CountBar
) -> Future[Analysis]:
    done = 0.0

    def told(seconds: float) -> None:
        nonlocal done
        bar(max(0.0, seconds - done))
        done = max(done, seconds)

    return executor.submit(analyse, workspace.root / source.path, source, stop, told)


def _taken(source: Source, future: Future[Analysis]) -> Analysis:
    try:
        return future.result()
    except Failure as failure:
        bars.above(one_line(_("cannot be looked through: {failure}").format(failure=failure)))
        return Analysis(source.sha256, ANALYSER, 0.0, promised=max(source.seconds, 1.0))
