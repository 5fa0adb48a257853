"""Settings from their sources: a TOML file, over it WELLTEGRA_* variables; and every fault of both at once."""

from __future__ import annotations

import copy
import json
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from pydantic import BaseModel, ValidationError, create_model
from pydantic_settings import BaseSettings, EnvSettingsSource, SettingsError

from connectors.errors import Fault, FileFaults
from connectors.toml_text import at, line_near, lines_of
from welltegra.settings.faults import missing_key, unknown_key, unknown_variable, wrong_key, wrong_variable
from welltegra.settings.keys import PREFIX, Key, keys, section_model, variable

FILE = "welltegra.toml"
FILE_VARIABLE = "WELLTEGRA_CONFIG"
# The others are for our tests: a skip is a failure there, and which broker and database they have.
NOT_SETTINGS = {FILE_VARIABLE, "WELLTEGRA_STRICT", "WELLTEGRA_TEST_KAFKA", "WELLTEGRA_TEST_POSTGRES"}
MOST_BYTES = 64_000

DEFAULT = "default"

Model = TypeVar("Model", bound=BaseModel)

# What one source alone cannot be blamed for: the other may bring the key, or the value that agrees.
_OF_BOTH = {"missing", "value_error", "assertion_error"}
_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Loaded(Generic[Model]):
    """Settings, and for each key where its value came from: DEFAULT, the file's name, or the variable's."""

    settings: Model
    origins: Mapping[Key, str]


def load(
    model: type[Model], path: Path | None = None, environ: Mapping[str, str] = os.environ, cwd: Path | None = None
) -> Loaded[Model]:
    """Return the settings that hold: for each key the variable's value, else the file's, else the default.

    Args:
        model: Frozen, extra keys forbidden; its sections are such models too.
        path: The file to read. None: the one that WELLTEGRA_CONFIG names, or else welltegra.toml if there is one.
        environ: The variables.
        cwd: Where a relative path begins; None for the working directory.

    Raises:
        FileFaults: With every fault: those of the file in the order of its lines, then those of the variables in the
            order of their names.
    """
    file = _read_file(path, environ, cwd or Path.cwd())
    variables = _read_variables(model, environ)
    settings = _judge(model, file, variables)
    if settings is None:
        in_file = sorted(file.faults, key=lambda fault: fault.line or 0)
        raise FileFaults([*in_file, *(variables.faults[name] for name in sorted(variables.faults))])
    origins = {}
    for key, _ in keys(model):
        is_in_file = at(file.tree, key, _ABSENT) is not _ABSENT
        origins[key] = variable(key) if key in variables.values else file.name if is_in_file else DEFAULT
    return Loaded(settings, origins)


# Reading each source, as far as it can be read.


@dataclass
class _File:
    name: str
    text: str = ""
    tree: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    @cached_property
    def lines(self) -> dict[tuple[str | int, ...], int]:
        return lines_of(self.text)


@dataclass(slots=True)
class _Variables:
    texts: dict[Key, str] = field(default_factory=dict)
    values: dict[Key, Any] = field(default_factory=dict)
    faults: dict[str, Fault] = field(default_factory=dict)  # by name


def _read_file(path: Path | None, environ: Mapping[str, str], cwd: Path) -> _File:
    named_by = "--config "
    if path is None and FILE_VARIABLE in environ:
        path, named_by = Path(environ[FILE_VARIABLE]), f"{FILE_VARIABLE}="
    file = _File(FILE if path is None else str(path))
    must, line = "the configuration file must be readable", None
    try:
        with (cwd / file.name).open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
        if len(content) <= MOST_BYTES:
            file.text = content.decode("utf-8-sig")
            file.tree = tomllib.loads(file.text)
            return file
        must, found = f"the configuration file must have no more than {MOST_BYTES} bytes", "larger"
        remedy = "Is this a configuration file? Rules and samples are in files of their own."
    except FileNotFoundError:
        if path is None:
            return file
        found, remedy = "not there", f"Is the path in {named_by}{file.name} right?"
    except IsADirectoryError:
        found, remedy = "a folder", f"Name the file in it, as in {named_by}{Path(file.name) / FILE}."
    except OSError as error:
        found, remedy = error.strerror or repr(error), "Change its permissions, or copy it to where they allow reading."
    except UnicodeDecodeError as error:
        must, line = "the configuration file must be UTF-8 text", error.object.count(b"\n", 0, error.start) + 1
        found, remedy = f"the byte 0x{error.object[error.start]:02X}", "Save it again as UTF-8."
    except (ValueError, RecursionError) as error:  # beside its own, tomllib lets through int's, of 5,000 digits
        must = "the configuration file must be TOML"
        line, problem = _problem(error, file.text)
        found = f"not: {problem}"
        remedy = "Look at this line and the one above: text without quotes, a bracket not closed, a key given twice?"
    file.faults.append(Fault(file.name, line, must, found, remedy))
    return file


def _problem(error: Exception, text: str) -> tuple[int | None, str]:
    """Return the line that tomllib could not read, and why. Until Python 3.14 its message alone tells the line."""
    said = re.fullmatch(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", str(error), re.DOTALL)
    if said is None:
        return None, str(error)
    line = int(said[2]) if said[2] else text.rstrip().count("\n") + 1
    return line, said[1][:1].lower() + said[1][1:]


def _read_variables(model: type[BaseModel], environ: Mapping[str, str]) -> _Variables:
    """Return what the variables say. pydantic-settings reads each alone, so that each has its own fault."""
    variables = _Variables()
    known = {variable(key): (key, info) for key, info in keys(model)}
    # A source wants a class of settings. Our models are plain ones: built in a test or a program, they read nothing.
    settings_class = cast("type[BaseSettings]", create_model(model.__name__, __base__=(BaseSettings, model)))
    source = EnvSettingsSource(settings_class, case_sensitive=False, env_prefix=PREFIX, env_nested_delimiter="__")
    for name, text in environ.items():
        if not name.upper().startswith(PREFIX) or name in NOT_SETTINGS:
            continue
        if name not in known:
            variables.faults[name] = unknown_variable(name, [*known, FILE_VARIABLE])
            continue
        key, info = known[name]
        source.env_vars = {name.lower(): text}
        try:
            text.encode()
            variables.values[key] = at(source(), key)
        except (UnicodeEncodeError, SettingsError):  # bytes that are no text; a list or table that is not JSON
            variables.faults[name] = wrong_variable(name, info, text)
        else:
            variables.texts[key] = text
    return variables


# Judging them: the file by itself, for it is wrong even where a variable hides it; then both together.


def _judge(model: type[Model], file: _File, variables: _Variables) -> Model | None:
    """Return the settings, or None; the faults are then with the sources."""
    is_read, known = not file.faults, dict(keys(model))
    noted: set[tuple[str | int, ...]] = set()
    for kind, path in _errors_of_file(model, file.tree):
        if path not in noted:
            noted.add(path)
            file.faults.append(_fault_of_file(model, kind, path, file))
    settings, tree = None, copy.deepcopy(file.tree)
    for key, value in variables.values.items():
        _put(tree, key, value)
    _open_sections(model, tree)
    try:
        settings = model.model_validate(tree)
    except ValidationError as error:
        for kind, path in _errors(error, tree):
            wrong = next((key for key in variables.values if path[: len(key)] == key), None)
            if wrong is not None:
                name = variable(wrong)
                variables.faults[name] = wrong_variable(name, known[wrong], variables.texts[wrong])
            elif path not in noted and (kind != "missing" or (is_read and variable(path) not in variables.faults)):
                noted.add(path)
                file.faults.append(_fault_of_file(model, kind, path, file))
    return None if file.faults or variables.faults else settings


def _errors_of_file(model: type[BaseModel], tree: dict[str, Any]) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    try:
        # A file says what type it means: there, true is not 1, nor is "1". In strict JSON a path may still be a text.
        # TOML has dates beyond JSON. No setting is one, so they become what no setting can be, an empty table.
        model.model_validate_json(json.dumps(tree, default=lambda _date: {}), strict=True)
    except ValidationError as error:
        for kind, path in _errors(error, tree):
            if kind not in _OF_BOTH:
                yield kind, path


def _errors(error: ValidationError, tree: dict[str, Any]) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """Yield kind and path of each error, the path as far as it lies in the tree: pydantic adds members of unions."""
    for detail in error.errors(include_url=False):
        path = detail["loc"]
        while path and detail["type"] != "missing" and at(tree, path, _ABSENT) is _ABSENT:
            path = path[:-1]
        yield detail["type"], path


def _fault_of_file(model: type[BaseModel], kind: str, path: tuple[str | int, ...], file: _File) -> Fault:
    line = line_near(file.lines, path)
    if kind == "missing":
        return missing_key(model, path, file.name, line)
    if kind == "extra_forbidden":
        return unknown_key(model, path, file.name, line)
    return wrong_key(model, path, file.tree, file.name, line)


def _open_sections(model: type[BaseModel], tree: dict[str, Any]) -> None:
    """Put in the sections that must be given, so that what is found missing is their keys."""
    for name, info in model.model_fields.items():
        inner = section_model(info)
        if inner is not None and info.is_required() and isinstance(section := tree.setdefault(name, {}), dict):
            _open_sections(inner, section)


def _put(tree: dict[str, Any], key: Key, value: object) -> None:
    for part in key[:-1]:
        if not isinstance(tree.get(part), dict):
            tree[part] = {}
        tree = tree[part]
    tree[key[-1]] = value
