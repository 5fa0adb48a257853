from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field, Secret, SecretBytes, SecretStr

from welltegra.settings.masking import MASK, holds_secret, masked


class Sign(BaseModel):
    user: str = "rig"
    password: SecretStr = SecretStr("hunter2")


class Door(BaseModel):
    plain: Path = Path("keys")
    of_bytes: SecretBytes = SecretBytes(b"hunter2")
    of_number: Secret[int] = Secret(22222)
    of_none: SecretStr | None = None
    of_maybe: SecretStr | None = SecretStr("hunter2")
    sign: Sign = Sign()
    listed: list[SecretStr] = [SecretStr("hunter2")]
    paired: tuple[str, SecretStr] = ("a", SecretStr("hunter2"))
    named: dict[str, Sign] = {"a": Sign()}
    heaped: dict[str, list[dict[str, SecretStr]]] = {"a": [{"b": SecretStr("hunter2")}]}


def test_that_every_secret_is_masked_wherever_it_lies() -> None:
    sign = {"user": "rig", "password": MASK}
    assert masked(Door()) == {
        "plain": "keys",
        "of_bytes": MASK,
        "of_number": MASK,
        "of_none": None,
        "of_maybe": MASK,
        "sign": sign,
        "listed": [MASK],
        "paired": ["a", MASK],
        "named": {"a": sign},
        "heaped": {"a": [{"b": MASK}]},
    }


def test_that_the_mask_tells_nothing_of_the_length() -> None:
    assert masked([SecretStr(""), SecretStr("a"), SecretStr("a" * 99)]) == [MASK, MASK, MASK]


@pytest.mark.parametrize("name", [name for name in Door.model_fields if name != "plain"])
def test_that_a_type_that_may_hold_a_secret_is_known(name: str) -> None:
    assert holds_secret(Door.model_fields[name].annotation)


@pytest.mark.parametrize("kind", [SecretStr, Secret[int], Sign, Door, Annotated[SecretStr, Field()], list[Door] | None])
def test_that_a_secret_type_is_known_in_any_wrapping(kind: Any) -> None:
    assert holds_secret(kind)


@pytest.mark.parametrize("kind", [str, Path, int | None, list[dict[str, float]], Literal["SecretStr"], Any, None])
def test_that_a_type_without_secrets_is_shown(kind: Any) -> None:
    assert not holds_secret(kind)
