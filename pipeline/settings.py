"""What a library may set in `xiaxiang.yaml`, read once at the start; every key is optional."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from catalog.document import read_yaml, validate
from catalog.problem import Refusal


class Settings(BaseModel):
    """The settings of a workspace. `phone` is whom the villages call; `ffmpeg` names another
    program than the one that is brought; `workers` is how many encodings run at once, 0 for one a
    core.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    centre: Annotated[str, Field(max_length=60)] = ""
    phone: Annotated[str, Field(max_length=40)] = ""
    programme_prefix: Annotated[str, Field(pattern=r"^[A-Z0-9]{0,8}$")] = ""
    rights_default: Literal["national", "province", "county", "unknown"] = "unknown"
    ffmpeg: str = ""
    workers: Annotated[int, Field(ge=0, le=64)] = 0


FIRST = """\
# 本工作区的设置。每一行都可以不写；去掉行首的 # 即生效。
# Settings of this workspace. Every line may be left out.

# centre: 环县支中心          # 印在光盘上的单位名称 / the name on the discs
# phone: 0934-4421234         # 村里有事打给谁，写在硬盘的网页上 / whom the villages call
# programme_prefix: HX        # 节目编号的前缀，如 HX-P0001 / what programme numbers begin with
# rights_default: county      # 表格没有写明版权时按此处理 / rights where no sheet says them
# workers: 0                  # 同时转码几个，0 表示每核一个 / encodings at once, 0 = one a core
# ffmpeg: /usr/bin/ffmpeg     # 换用别的 ffmpeg / another ffmpeg than the one that comes along
"""


def read_settings(path: Path) -> Settings:
    """The settings in `path`; defaults where the file says nothing. Raises Refusal."""
    document = read_yaml(path)
    if document.value is None and not document.problems:
        return Settings()
    settings, problems = validate(Settings, document)
    if settings is None or problems:
        raise Refusal(problems)
    return settings
