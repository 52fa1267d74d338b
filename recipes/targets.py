"""What can be made of a recipe's programmes: one model a kind of medium, and their union.

A kind of medium is added here: its model, its name in `Medium`, its key in `Target`. What is done
for it lives in the pipeline.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Standard = Literal["pal", "ntsc"]


class VideoCd(BaseModel):
    """Video CD 2.0, plays in any VCD or DVD player (vcd20.md)."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    standard: Standard = Field("pal", description="TV standard: pal in China, ntsc elsewhere")
    disc: Literal[74, 80] = Field(80, description="Minutes the blank disc holds: 74 or 80")
    menu: bool = Field(True, description="A menu to choose from with the remote control")
    quality: Literal["fast", "best"] = Field(
        "best", description="best takes several times as long as fast and looks better"
    )


Medium = VideoCd


def _plain(value: object) -> object:
    """A medium named and left empty is made the usual way."""
    return {} if value is None else value


class Target(BaseModel):
    """Exactly one medium, under its key."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    video_cd: Annotated[VideoCd | None, BeforeValidator(_plain)] = Field(
        None, alias="video-cd", description="Video CD, for players and TV sets"
    )

    @property
    def medium(self) -> Medium:
        """The one that is given; a recipe that was read has exactly one."""
        if self.video_cd is None:
            raise ValueError("a target without a medium")
        return self.video_cd
