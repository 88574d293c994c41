"""Every setting, its default and its rule. Each is also an environment variable PERCEPTARIUM_*."""

import os
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

ENV_PREFIX = "PERCEPTARIUM_"


class Settings(BaseSettings):
    """What an operator may change; the caps protect a shared machine from its visitors."""

    model_config = SettingsConfigDict(env_prefix=ENV_PREFIX, frozen=True)

    host: str = Field("127.0.0.1", min_length=1, description="address to listen on")
    port: int = Field(8000, ge=1, le=65535, description="port to listen on")
    workers: int = Field(
        default_factory=lambda: min(os.cpu_count() or 1, 64),
        ge=1,
        le=64,
        description="processes that hold the runs; one per core by default",
    )
    data_dir: Path | None = Field(None, description="folder with the IDX files of MNIST")
    open: bool = Field(True, description="open the browser once the server answers")
    # NoDecode: from the environment it is a list with commas, not JSON
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="further host names by which visitors reach this server"
    )

    session_linger: float = Field(120.0, gt=0, description="seconds a session outlives its socket")
    idle_pause: float = Field(600.0, gt=0, description="seconds without a command until a pause")
    stalled_pause: float = Field(
        10.0, gt=0, description="seconds without an acknowledged frame until a pause"
    )
    step_cap: int = Field(100_000, ge=1, description="most steps of one run")
    history_bytes: int = Field(64 << 20, ge=1 << 20, description="most bytes of history a session")
    message_bytes: int = Field(64 << 10, ge=1024, description="most bytes of one message")
    action_bytes: int = Field(
        320 << 10, ge=1024, description="most bytes of one action, which may carry a picture"
    )
    max_sessions: int = Field(200, ge=1, description="most sessions at once")
    max_sessions_per_address: int = Field(100, ge=1, description="most sessions of one address")
    commands_per_second: float = Field(200.0, gt=0, description="most commands a second, sustained")

    @field_validator("data_dir")
    @classmethod
    def _data_dir_is_a_folder(cls, folder: Path | None) -> Path | None:
        if folder is not None and not folder.is_dir():
            raise ValueError(f"no such folder: {folder}")
        return folder

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def _split_at_commas(cls, hosts: object) -> object:
        if isinstance(hosts, str):
            return tuple(host.strip() for host in hosts.split(",") if host.strip())
        return hosts

    @field_validator("allowed_hosts")
    @classmethod
    def _hosts_are_bare_names(cls, hosts: tuple[str, ...]) -> tuple[str, ...]:
        for host in hosts:
            if any(character in host for character in "/:@* ") or not host:
                raise ValueError(f"expected a host name without scheme and port, got {host!r}")
        return tuple(host.lower() for host in hosts)
