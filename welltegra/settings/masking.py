"""What a secret shows of itself: nothing. A secret is a field of one of pydantic's secret types, wherever it lies."""

from __future__ import annotations

from typing import Any, get_args, get_origin

from pydantic import BaseModel, Secret, SecretBytes, SecretStr
from pydantic_core import to_jsonable_python

MASK = "********"
SECRETS = (Secret, SecretStr, SecretBytes)


def masked(value: object) -> Any:
    """Return `value` as JSON can hold it, with every secret in it masked, however deep; a model becomes a mapping."""
    if isinstance(value, SECRETS):
        return MASK
    if isinstance(value, BaseModel):
        return {name: masked(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, dict):
        return {str(masked(key)): masked(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [masked(item) for item in value]
    return to_jsonable_python(value)


def holds_secret(annotation: object) -> bool:
    """Say whether a value of this type may hold a secret, at whatever depth."""
    kind = get_origin(annotation) or annotation
    if isinstance(kind, type) and issubclass(kind, SECRETS):
        return True
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return any(holds_secret(field.annotation) for field in kind.model_fields.values())
    return any(holds_secret(argument) for argument in get_args(annotation))
