"""The API for people who write programs: every route with who may ask it, what it takes, and an example of each."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from welltegra.auth.permissions import ROUTES
from welltegra.auth.principal import Principal
from welltegra.web.pages.shell import Shell, shell

_REF: Final = "$ref"


@dataclass(frozen=True, slots=True)
class Parameter:
    """What an operation takes beside a body. place: path, query or header. example: as one would write it."""

    name: str
    place: str
    needed: bool
    means: str
    example: str


@dataclass(frozen=True, slots=True)
class Example:
    """A text to be copied. title: what it is."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Operation:
    """A route. words: what it does, a paragraph each. least: the least role; None where none is needed."""

    name: str
    method: str
    path: str
    summary: str
    words: tuple[str, ...]
    least: str | None
    scope: str | None
    parameters: tuple[Parameter, ...]
    examples: tuple[Example, ...]
    answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The operations of a tag."""

    name: str
    means: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class ApiPage:
    """about: what holds for all of them. refusals: statuses of errors, and what each means. problem: one of them."""

    template: ClassVar[str] = "api.html"
    shell: Shell
    about: tuple[str, ...]
    groups: tuple[Group, ...]
    refusals: tuple[tuple[str, str], ...]
    problem: Example


def api_page(described: Mapping[str, Any], principal: Principal) -> ApiPage:
    """Return the page of an API, from its own description (OpenAPI)."""
    found = [
        _operation(path, method, operation)
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    ]
    tags = {operation["operationId"]: operation["tags"][0] for _, operation in _all(described)}
    groups = [
        Group(tag["name"], tag["description"], tuple(one for one in found if tags[one.name] == tag["name"]))
        for tag in described["tags"]
    ]
    responses = described["components"]["responses"]
    refusals = [(name.removeprefix("Problem"), one["description"]) for name, one in responses.items()]
    shown = responses["Problem404"]["content"]["application/problem+json"].get("example", {})
    return ApiPage(
        shell=shell("API", principal),
        about=_paragraphs(described["info"]["description"]),
        groups=tuple(groups),
        refusals=tuple(sorted(refusals)),
        problem=Example("404, application/problem+json", _text(shown)),
    )


def _all(described: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    return [(path, operation) for path, methods in described["paths"].items() for operation in methods.values()]


def _operation(path: str, method: str, operation: Mapping[str, Any]) -> Operation:
    need = ROUTES[operation["operationId"]]
    bound = need.reach in ("project", "platform")
    examples = []
    if "requestBody" in operation:
        examples += _examples("Body", operation["requestBody"])
    answers = {status: one for status, one in operation["responses"].items() if _REF not in one}
    for status, answer in answers.items():
        examples += _examples(f"Answer {status}", answer)
    return Operation(
        name=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        words=_paragraphs(operation["description"])[:-1],
        least=need.least if bound else None,
        scope=need.scope if bound else None,
        parameters=tuple(_parameter(one) for one in operation.get("parameters", ())),
        examples=tuple(examples),
        answers=tuple((status, one["description"]) for status, one in answers.items()),
    )


def _parameter(one: Mapping[str, Any]) -> Parameter:
    example = one.get("example", "")
    values: Sequence[Any] = example if isinstance(example, list) else [example]
    words = [json.dumps(value) if not isinstance(value, str) else value for value in values]
    shown = "&".join(f"{one['name']}={word}" for word in words) if one["in"] == "query" else ", ".join(words)
    return Parameter(one["name"], one["in"], bool(one.get("required")), one.get("description", ""), shown)


def _examples(title: str, body: Mapping[str, Any]) -> list[Example]:
    found = []
    for kind, content in body.get("content", {}).items():
        if (example := content.get("example")) is not None:
            found.append(Example(f"{title}, {kind}", _text(example)))
    return found


def _text(example: Any) -> str:
    return example if isinstance(example, str) else json.dumps(example, indent=2, ensure_ascii=False)


def _paragraphs(text: str) -> tuple[str, ...]:
    """Return the paragraphs of a description, without the marks that OpenAPI's readers make bold."""
    parts = text.replace("**", "").replace("`", "").split("\n\n")
    return tuple(" ".join(part.split()) for part in parts if part.strip())
