"""An edition that has its seal and is not finished: its code, its signature, what was left lying.

A refresh may be ended after the seal; the key that signs may be made after it. Then the edition
stays the one it is: only what lies around it is put right.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from catalog.problem import Failure
from pipeline.bundle import layout, signing
from pipeline.bundle.bag import code_js
from pipeline.bundle.receipt_code import receipt_code
from pipeline.drive_secret import secret_of
from pipeline.make.drive_job import DriveJob
from pipeline.make.fill_drive import fill
from pipeline.make.medium import Medium
from pipeline.manifest import read_sums
from pipeline.plan.steps import Input
from pipeline.verbs.drive_filling import Going
from pipeline.verbs.drive_telling import Refused
from pipeline.workspace import Workspace

_MOST = 64 << 20


def finish(
    workspace: Workspace, ones: Sequence[Going], private: bytes, refused: Refused
) -> list[Going]:
    """Finish the editions of drives that hold all they shall. Those with which it failed join the
    refused; the others are given back.
    """
    done = []
    for one in ones:
        try:
            _finish(workspace, one, private)
        except Failure as failure:
            refused.append((one.at.root, failure))
        else:
            done.append(one)
    return done


def _finish(workspace: Workspace, one: Going, private: bytes) -> None:
    secret = secret_of(workspace.root, one.at.identity.token)
    with Medium(one.at.root, secret) as medium:
        seal = medium.read(layout.TAG_MANIFEST, _MOST)
        signature = signing.sign(private, seal) if private else None
        code = code_js(receipt_code(one.at.standing.root))
        told = {layout.CODE: code} | ({layout.SIGNATURE: signature} if signature else {})
        right = all(_lies(medium, path, data) for path, data in told.items())
        if right and not one.at.looked.under_way:
            return
        names = [item.name for item in read_sums(seal.decode())[0]]
        tags = {path: medium.read(path, _MOST) for path in names} | {layout.TAG_MANIFEST: seal}
    job = DriveJob(one.at.root, one.refresh, tags, code, signature, secret=secret)
    (result,) = fill([job], _nowhere)
    if result.failure:
        raise result.failure


def _lies(medium: Medium, path: str, data: bytes) -> bool:
    try:
        return medium.read(path, len(data)) == data
    except (OSError, ValueError):
        return False


def _nowhere(origin: Input) -> Path:
    raise ValueError(f"nothing is copied: {origin}")
