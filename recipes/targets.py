"""What can be made of a recipe's programmes: one model a kind of medium, and their union.

A kind of medium is added here: its model, its name in `Medium`, its key in `Target`. What is done
for it lives in the pipeline.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Standard = Literal["pal", "ntsc"]
Quality = Literal["fast", "best"]
Level = Literal["county", "township", "village", "community", "venue"]
Size = Literal["cd74", "cd80", "dvd5", "dvd9"]
Height = Literal[480, 576, 720]
Captions = Literal["beside", "burnt-in"]
Preference = Literal["requests", "industries", "season", "dialect"]
Share = Annotated[str, Field(pattern=r"^(100|[1-9]?[0-9])%$", examples=["30%"])]

_STRICT = ConfigDict(frozen=True, extra="forbid", strict=True)
_QUALITY = "best takes several times as long as fast and looks better"


class VideoCd(BaseModel):
    """Video CD 2.0, plays in any VCD or DVD player (vcd20.md)."""

    model_config = _STRICT

    standard: Standard = Field("pal", description="TV standard: pal in China, ntsc elsewhere")
    disc: Literal[74, 80] = Field(80, description="Minutes the blank disc holds: 74 or 80")
    menu: bool = Field(True, description="A menu to choose from with the remote control")
    quality: Quality = Field("best", description=_QUALITY)


class ForComputers(BaseModel):
    """What data discs and drives have in common: files that computers and set-top boxes play."""

    model_config = _STRICT

    height: Height = Field(720, description="Lines of the picture at most: 480, 576 or 720")
    quality: Quality = Field("best", description=_QUALITY)
    captions: Captions = Field(
        "beside", description="beside: subtitles can be switched; burnt-in: in the picture"
    )


class DataDisc(ForComputers):
    """A data disc: ISO 9660 with Joliet and Rock Ridge, for computers."""

    size: Size = Field("dvd5", description="The blank disc: cd74, cd80, dvd5 or dvd9")


class SiteChoice(BaseModel):
    """Which sites a drive is filled for: those that are everything it says."""

    model_config = _STRICT

    all: Literal[True] | None = Field(None, description="yes: every open site that has a drive")
    level: Level | None = Field(None, description="county, township, village, community or venue")
    only: tuple[str, ...] = Field((), description="Sites by their id", max_length=5000)
    township: str = Field("", description="Sites of this township, by its id", max_length=40)
    route: str = Field("", description="Sites on this route", max_length=40)


class SiteDrive(ForComputers):
    """A portable drive for each site, fitted to what is known of the site."""

    sites: SiteChoice = Field(description="Which sites")
    quota: dict[str, Share] = Field(
        {}, description="At most this share of a drive for a subject: ART: 30%", max_length=50
    )
    first: tuple[Preference, ...] = Field(
        ("requests", "industries", "season", "dialect"),
        description="What of a site comes first within a line of select, in this order",
        max_length=4,
    )
    keep_free: Share = Field("5%", description="So much of each drive stays empty", examples=["5%"])


Medium = VideoCd | DataDisc | SiteDrive


def percent(share: str) -> float:
    """The part of one that a share such as `30%` is."""
    return int(share.removesuffix("%")) / 100


def _plain(value: object) -> object:
    """A medium named and left empty is made the usual way."""
    return {} if value is None else value


class Target(BaseModel):
    """Exactly one medium, under its key."""

    model_config = _STRICT

    video_cd: Annotated[VideoCd | None, BeforeValidator(_plain)] = Field(
        None, alias="video-cd", description="Video CD, for players and TV sets"
    )
    data_disc: Annotated[DataDisc | None, BeforeValidator(_plain)] = Field(
        None, alias="data-disc", description="Data disc, for computers"
    )
    # Not by `_plain`: it must say which sites, and behind such a validator no list is a tuple.
    site_drive: SiteDrive | None = Field(
        None, alias="site-drive", description="A portable drive for each site"
    )

    @property
    def medium(self) -> Medium:
        """The one that is given; a recipe that was read has exactly one."""
        found = self.video_cd or self.data_disc or self.site_drive
        if found is None:
            raise ValueError("a target without a medium")
        return found
