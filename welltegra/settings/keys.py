"""What a model of settings says of its keys: their names, their variables, what they must be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from welltegra.settings.masking import masked

PREFIX = "WELLTEGRA_"

Key = tuple[str, ...]


def keys(model: type[BaseModel], section: Key = ()) -> Iterator[tuple[Key, FieldInfo]]:
    """Yield every key that can be set, with its field, in the order of the model. A section is no key."""
    for name, info in model.model_fields.items():
        inner = section_model(info)
        if inner is None:
            yield (*section, name), info
        else:
            yield from keys(inner, (*section, name))


def variable(key: Sequence[str | int]) -> str:
    """Return the name of the variable that sets `key`."""
    return PREFIX + "__".join(map(str, key)).upper()


def section_model(info: FieldInfo) -> type[BaseModel] | None:
    """Return the model of a field that is a section, perhaps an optional one; None for a key."""
    for kind in (info.annotation, *get_args(info.annotation)):
        if get_origin(info.annotation) not in {list, dict, tuple, set} and _is_model(kind):
            return kind  # type: ignore[no-any-return]
    return None


def _is_model(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def meaning(info: FieldInfo) -> tuple[str, str]:
    """Return what a field must be, and what it is for: the two halves of its description."""
    must, _, purpose = (info.description or "").partition(": ")
    return must, purpose


def example(info: FieldInfo) -> Any:
    """Return a value that shows how to write the field: its example, or else its default; None if there is neither."""
    if info.examples:
        return masked(info.examples[0])
    return None if info.is_required() else masked(info.get_default(call_default_factory=True, validated_data={}))


def choices(info: FieldInfo) -> tuple[object, ...]:
    """Return the values among which the field must be; empty for a field that is not such a choice."""
    return get_args(info.annotation) if get_origin(info.annotation) is Literal else ()
