"""Each source read once for all drives that want it; each drive written by a thread of its own.

Only the thread that reads waits: for the drive whose short queue is full. A drive that makes the
others wait for long is left to go on by itself, reading the sources once more. A drive that fails
ends alone.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence

from catalog.problem import Failure
from pipeline.make.one_drive import OneDrive
from pipeline.make.passes import Batch, Reading, batches
from pipeline.make.sources import PIECE, Place, SourceFault, pieces_of
from pipeline.tools import Stop, Stopped

_TICK = 0.02  # seconds between looks at who waits for whom
_MEMORY = 96 << 20  # bytes in all queues together
_DEEPEST = 6  # pieces in one queue
_SHARE = 0.25  # of the time: a drive that costs the others more than that goes on by itself

DEAD = 900.0  # seconds without a word, after which nobody waits for a drive any more

Action = Callable[[], None]
Over = Callable[[BaseException | None], None]


class Hand:
    """The thread of one drive. `ending` is what it does when all is copied, `over` hears how it
    ended: None, what the drive refused, or a bug of ours, which is kept in `error` too.
    """

    def __init__(
        self, drive: OneDrive, deep: int, place: Place, ending: Action, over: Over
    ) -> None:
        self.drive, self._place, self._ending, self._over = drive, place, ending, over
        self._actions: queue.Queue[Action | None] = queue.Queue(deep)
        self.error: BaseException | None = None
        self.held = 0.0  # seconds that others waited for this one
        self.alone = self.ended = False
        self.thread = threading.Thread(target=self._work, name=str(drive.job.root), daemon=True)

    @property
    def sharing(self) -> bool:
        """Whether it takes part in the common reading."""
        return not (self.alone or self.ended)

    @property
    def idle(self) -> bool:
        """Whether it has nothing to do and waits for the reader."""
        return not self._actions.unfinished_tasks

    @property
    def silent(self) -> bool:
        """Whether nothing was heard of it for so long that it will not come again."""
        return time.monotonic() - self.drive.alive > DEAD

    def offer(self, action: Action | None, seconds: float) -> bool:
        """Hand over something to do; False where the queue stays full for so long."""
        try:
            self._actions.put(action, timeout=seconds)
        except queue.Full:
            return False
        return True

    def leave(self) -> None:
        """Have the drive go on by itself once it is through with what it does now."""
        self.alone = True
        self.drive.watch.slow(self.drive.job.root)

    def _work(self) -> None:
        try:
            self._follow()
            if self.alone:
                self._catch_up()
            self._ending()
        except BaseException as error:
            self.error = error
            self.drive.abandon()
        finally:
            self.ended = True
            self._over(self.error)

    def _follow(self) -> None:
        while not self.alone:
            try:
                action = self._actions.get(timeout=0.5)
            except queue.Empty:
                if self.drive.stop.asked:
                    raise Stopped from None
                continue
            if action is None or self.alone:
                return
            self.drive.alive = time.monotonic()
            action()
            self._actions.task_done()

    def _catch_up(self) -> None:
        drive = self.drive
        drive.abandon()
        if not drive.looked:
            drive.look()
        drive.confirm()
        for batch in batches([drive.job.refresh.rounds]):
            for _drive, number in batch.begins:
                drive.begin(number, drive.job.refresh.rounds[number], self._place)
            for reading in batch.readings:
                _copied_alone(drive, reading, self._place)
            drive.confirm()


def _copied_alone(drive: OneDrive, reading: Reading, place: Place) -> None:
    pieces = [piece for _one, mine in reading.pieces for piece in mine if drive.wants(piece)]
    if not pieces:
        return
    drive.start(pieces)
    try:
        for data in _read(reading, place, drive.stop):
            drive.write(data)
    except SourceFault as fault:
        drive.drop(str(fault))
    else:
        drive.finish()


def _read(reading: Reading, place: Place, stop: Stop) -> Iterator[bytes]:
    try:
        path = place(reading.origin)
    except Failure as failure:
        raise SourceFault(str(failure)) from failure
    return pieces_of(path, reading.bytes, reading.sha256, stop)


def depth(drives: int) -> int:
    """How many pieces may wait for one of so many drives: memory does not grow with them."""
    return max(1, min(_DEEPEST, _MEMORY // PIECE // max(drives, 1)))


class Common:
    """The common reading for all hands: batch by batch, all drives reading back at the same time,
    because those that turn would else disturb each other.
    """

    def __init__(self, hands: Sequence[Hand], place: Place, stop: Stop, patience: float) -> None:
        self._hands, self._place, self._stop, self._patience = hands, place, stop, patience
        self._begun = time.monotonic()

    def run(self) -> None:
        """Start the hands and read everything that anybody wants; afterwards every hand goes on to
        its ending. A single drive needs nobody who reads for it.
        """
        for hand in self._hands:
            hand.alone = len(self._hands) == 1
            hand.thread.start()
        self._each(lambda hand: hand.drive.look)
        self._wait()
        for batch in batches([hand.drive.job.refresh.rounds for hand in self._hands]):
            self._batch(batch)
            if not any(hand.sharing for hand in self._hands):
                break
        self._each(lambda _hand: None)

    def _batch(self, batch: Batch) -> None:
        for place, number in batch.begins:
            hand = self._hands[place]
            round_ = hand.drive.job.refresh.rounds[number]
            self._give(hand, lambda h=hand, n=number, r=round_: h.drive.begin(n, r, self._place))  # type: ignore[misc]
        for reading in batch.readings:
            self._reading(reading)
        self._each(lambda hand: hand.drive.confirm)
        self._wait()

    def _reading(self, reading: Reading) -> None:
        takers = []
        for number, pieces in reading.pieces:
            hand = self._hands[number]
            wanted = [piece for piece in pieces if hand.drive.wants(piece)]
            if hand.sharing and wanted:
                self._give(hand, lambda h=hand, w=wanted: h.drive.start(w))  # type: ignore[misc]
                takers.append(hand)
        if not takers:
            return
        try:
            for data in _read(reading, self._place, self._stop):
                for hand in takers:
                    self._give(hand, lambda h=hand, d=data: h.drive.write(d))  # type: ignore[misc]
                if not any(hand.sharing for hand in takers):
                    return
        except SourceFault as fault:
            said = str(fault)
            for hand in takers:
                self._give(hand, lambda h=hand: h.drive.drop(said))  # type: ignore[misc]
        else:
            for hand in takers:
                self._give(hand, hand.drive.finish)

    def _each(self, action: Callable[[Hand], Action | None]) -> None:
        for hand in self._hands:
            self._give(hand, action(hand))

    def _give(self, hand: Hand, action: Action | None) -> None:
        while hand.sharing:
            begun = time.monotonic()
            given = hand.offer(action, _TICK)
            waited = time.monotonic() - begun
            if waited > _TICK / 4:
                self._held([hand], waited)
            if given:
                return
            if self._stop.asked:
                raise Stopped

    def _wait(self) -> None:
        """Until every hand that shares is through with all it was given."""
        while busy := [hand for hand in self._hands if hand.sharing and not hand.idle]:
            if self._stop.asked:
                raise Stopped
            time.sleep(_TICK / 10)
            self._held(busy, _TICK / 10)

    def _held(self, slow: Sequence[Hand], seconds: float) -> None:
        """The reader waited for these, maybe others with nothing to do too; whoever costs too much
        is left.
        """
        for hand in slow:
            if hand.silent:
                hand.leave()
        if not any(hand.sharing and hand.idle for hand in self._hands if hand not in slow):
            return
        most = max(self._patience, (time.monotonic() - self._begun) * _SHARE)
        for hand in slow:
            hand.held += seconds
            if hand.held > most and hand.sharing:
                hand.leave()
