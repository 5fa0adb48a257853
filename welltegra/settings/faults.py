"""What is wrong with a key or a variable, in our words. No fault shows a secret, nor what might be one."""

from __future__ import annotations

import json
from collections.abc import Iterable

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from connectors.errors import Fault, did_you_mean, nearest
from connectors.toml_text import Path, at, dotted, written
from welltegra.settings.keys import PREFIX, choices, example, keys, meaning, section_model, variable
from welltegra.settings.masking import MASK, holds_secret

ENVIRONMENT = "environment"

_MOST_SHOWN = 80


def wrong_variable(name: str, info: FieldInfo, text: str) -> Fault:
    """Return the fault of a variable whose text is not a value of its field."""
    sample = example(info)
    as_text = sample if isinstance(sample, str) else json.dumps(sample)
    remedy = _near_choice(info, text) or (f"Write it like {as_text}, or unset it." if _shows(sample) else "Correct it.")
    found = MASK if holds_secret(info.annotation) else _cut(repr(text))
    return Fault(ENVIRONMENT, None, f"{name} must be {meaning(info)[0]}", found, remedy)


def unknown_variable(name: str, known: Iterable[str]) -> Fault:
    """Return the fault of a variable that is none of ours, though its name says it is."""
    rest, rests = name[len(PREFIX) :], [other.removeprefix(PREFIX) for other in known]
    # Written without its section, a key is near nothing by its letters.
    near = [other for other in rests if other.endswith(f"__{rest.upper()}")] or nearest(rest, rests)
    remedy = did_you_mean([PREFIX + other for other in near]) or "Unset it."
    return Fault(ENVIRONMENT, None, f"variables that begin with {PREFIX} must be those of a key", repr(name), remedy)


def wrong_key(model: type[BaseModel], path: Path, tree: object, where: str, line: int | None) -> Fault:
    """Return the fault of a key of a file whose value is not one of its field, or not a table."""
    name, value, info = dotted(path), at(tree, path), _field(model, path)
    found = MASK if holds_secret(info.annotation) else "a table" if isinstance(value, dict) else _cut(written(value))
    if section_model(info) is not None:
        remedy = f"Write [{name}] on a line of its own, and its keys below."
        return Fault(where, line, f"{name} must be a table", found, remedy)
    sample = example(info)
    like = f"Write it like: {dotted(path[-1:])} = {written(sample)}." if _shows(sample) else "Correct it."
    return Fault(where, line, f"{name} must be {meaning(info)[0]}", found, _near_choice(info, value) or like)


def missing_key(model: type[BaseModel], path: Path, where: str, line: int | None) -> Fault:
    """Return the fault of a key without a default that neither the file nor a variable gives."""
    must = f"{dotted(path)} must be given, {meaning(_field(model, path))[0]}"
    remedy = f"Write it in {where}, or set {variable(path)}."
    return Fault(where, line, must, "absent", remedy)


def unknown_key(model: type[BaseModel], path: Path, where: str, line: int | None) -> Fault:
    """Return the fault of a key of a file that the model does not know."""
    name, last, section = dotted(path), str(path[-1]), path[:-1]
    inner = _section(model, section)
    if inner is None:  # a table or list of tables, whose names are the operator's
        return Fault(where, line, f"{dotted(section)} must have no keys but its own", repr(name), "Remove it.")
    beside = list(inner.model_fields)
    near = [dotted([*section, other]) for other in nearest(last, beside, most=1)]
    same = [dotted(key) for key, _ in keys(model) if key[-1] == last]
    # Outside of sections, a key that only lacks its own is likelier than a section with a name like it.
    near = near if near and (section or not same) else same
    must = f"keys of [{dotted(section)}]" if section else "keys outside of a section"
    must += f" must be among {', '.join(beside)}"
    return Fault(where, line, must, repr(name), did_you_mean(near) or "Remove it.")


def _section(model: type[BaseModel], path: Path) -> type[BaseModel] | None:
    section: type[BaseModel] | None = model
    for part in path:
        info = section.model_fields.get(str(part)) if section else None
        section = section_model(info) if info else None
    return section


def _field(model: type[BaseModel], path: Path) -> FieldInfo:
    """Return the field of a path, or the one that it leads into."""
    info = model.model_fields[str(path[0])]
    for part in path[1:]:
        inner = section_model(info)
        if inner is None:
            break
        info = inner.model_fields[str(part)]
    return info


def _near_choice(info: FieldInfo, value: object) -> str:
    return did_you_mean(nearest(value, map(str, choices(info)), most=1)) if isinstance(value, str) else ""


def _shows(sample: object) -> bool:
    return sample is not None and sample != MASK


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}..."
