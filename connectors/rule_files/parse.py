"""Rule file text to a rule set, or to every fault in it, each with its line and what to do. No file, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from connectors.errors import FileFaults, IncompatibleUnits, UnknownUnit, did_you_mean, nearest
from connectors.rule_files.config import BOUNDS
from connectors.rule_files.tree import Path, Tree, read_tree
from connectors.rule_files.wording import at, kind_of, note, subject
from connectors.units import SAME, conversion, unit
from rules.checks import Finding, check_constraint, check_tag, duplicates
from rules.rule_set import Constraint, RuleSet, Tag
from schemas.rule_file import ConstraintEntry, RuleFile, TagEntry

# Stands for a required field that is wrong, so that the others can still be checked.
UNUSABLE = "?"


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one text says: its faults, in the order of their lines, and its rules if there are none."""

    tree: Tree
    rule_set: RuleSet | None


def parse_rules(text: str, where: str) -> RuleSet:
    """Return the rules that `text` holds.

    Args:
        text: The whole of a rule file.
        where: What to call it in faults: its path.

    Raises:
        FileFaults: With every fault in it.
    """
    parsed = parse(text, where)
    if parsed.rule_set is None:
        raise FileFaults(parsed.tree.faults)
    return parsed.rule_set


def parse(text: str, where: str) -> Parsed:
    """Return what `text` holds: faults, or rules."""
    tree = read_tree(text, where, BOUNDS)
    rule_set = None
    if isinstance(tree.value, dict):
        rule_set = _Reader(tree, tree.value).read()
    elif tree.value is not None:
        must, found = "a rule file must be a mapping that begins with `well:`", kind_of(tree.value)
        tree.fault(tree.line(()), must, found, "Write `well:`, `tags:` and `constraints:` at the left edge.")
    tree.faults.sort(key=lambda fault: fault.line or 0)
    return Parsed(tree, None if tree.faults else rule_set)


def parse_value(value: dict[str, Any], where: str) -> Parsed:
    """Return what rules that were read already hold, as from JSON: faults without lines, or rules."""
    tree = Tree(where, value)
    rule_set = _Reader(tree, value).read()
    return Parsed(tree, None if tree.faults else rule_set)


class _Reader:
    """Reads one tree: first every field alone, then each tag and constraint as far as its fields can be used."""

    def __init__(self, tree: Tree, root: dict[str, Any]) -> None:
        self.tree = tree
        self.root = root
        self.wrong: set[Path] = set()
        self.wrong_in: dict[Path, set[str]] = {}
        for path in tree.broken:
            self._mark(path)

    def read(self) -> RuleSet | None:
        """Return the rules, or None; the faults are in the tree."""
        try:
            RuleFile.model_validate(self.root)
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                self._mark(note(detail, self.tree))
        tags = {tag.name: tag for tag in self._tags()}
        constraints = self._constraints(tags)
        if self.tree.faults:
            return None
        return RuleSet(self.root["well"], self.root.get("version", 1), tuple(tags.values()), tuple(constraints))

    def _mark(self, path: Path) -> None:
        """Remember that what lies at `path` cannot be used."""
        self.wrong.add(path)
        for depth, part in enumerate(path):
            self.wrong_in.setdefault(path[:depth], set()).add(str(part))

    def _usable(self, path: Path, *required: str) -> tuple[dict[str, Any], set[str]]:
        """Return the fields of a mapping that can be used, and the names of those that cannot."""
        values = at(self.tree.value, path)
        wrong = self.wrong_in.get(path, set())
        usable = {key: value for key, value in values.items() if key not in wrong} if isinstance(values, dict) else {}
        return {**{name: UNUSABLE for name in required if name not in usable}, **usable}, wrong

    def _tags(self) -> list[Tag]:
        """Return the tags of a known unit; a range that does not hold is left out."""
        tags = []
        for name, path in self._entries("tags"):
            values, wrong = self._usable(path, "unit")
            entry = TagEntry.model_validate(values)
            low, high = entry.range or (None, None)
            tag = Tag(str(name), entry.unit, low, high, entry.period)
            if self._findings(check_tag(tag), path, wrong):
                tag = Tag(tag.name, tag.unit, None, None, tag.period_s)
            if "unit" not in wrong and self._is_known(tag.unit, (*path, "unit"), ""):
                tags.append(tag)
        return tags

    def _constraints(self, tags: dict[str, Tag]) -> list[Constraint]:
        constraints = []
        for _, path in self._entries("constraints"):
            values, wrong = self._usable(path, "id", "tag")
            values["limit"], wrong_in_limit = self._usable((*path, "limit"), "unit")
            entry = ConstraintEntry.model_validate(values)
            tag = tags.get(entry.tag)
            factor, offset = SAME
            spelled = "unit" not in wrong_in_limit and (*path, "limit") not in self.wrong
            if not spelled or not self._is_known(entry.limit.unit, (*path, "limit", "unit"), "limit "):
                tag = None
            elif tag is not None:
                try:
                    factor, offset = conversion(tag.unit, entry.limit.unit)
                except IncompatibleUnits as error:
                    self._note_mixed(error, path, tag)
                    tag = None
            constraint = Constraint(
                id=entry.id,
                tag=entry.tag,
                unit=entry.limit.unit,
                high=entry.limit.high,
                low=entry.limit.low,
                yellow_from=entry.yellow_from,
                deadband=entry.deadband,
                yellow_on_delay_s=entry.yellow_on_delay,
                off_delay_s=entry.off_delay,
                on_yellow=tuple(entry.on_yellow),
                on_red=tuple(entry.on_red),
                mode=entry.mode,
                factor=factor,
                offset=offset,
            )
            self._findings(check_constraint(constraint, tag), path, wrong)
            constraints.append(constraint)
        self._names()
        return constraints

    def _entries(self, key: str) -> list[tuple[str | int, Path]]:
        """Return name or position, and path, of each tag or constraint that is a mapping."""
        held = self.root.get(key)
        names = list(held) if isinstance(held, dict) else list(range(len(held))) if isinstance(held, list) else []
        paths = [(name, (key, name)) for name in names]
        return [] if (key,) in self.wrong else [(n, path) for n, path in paths if isinstance(at(held, path[1:]), dict)]

    def _is_known(self, spelling: str, path: Path, whose: str) -> bool:
        try:
            unit(spelling)
        except UnknownUnit as error:
            self._fault(path, f"{subject(self.tree, path)}{whose}{error.must}", repr(spelling), error.remedy)
            return False
        return True

    def _note_mixed(self, error: IncompatibleUnits, path: Path, tag: Tag) -> None:
        must = f"limit unit must measure what tag {tag.name!r} measures in {error.source!r}, {error.source_is}"
        found = f"{error.target!r}, {error.target_is}"
        self._fault((*path, "limit", "unit"), f"{subject(self.tree, path)}{must}", found, error.remedy)

    def _names(self) -> None:
        """Check what constraints call themselves, and which tags they name."""
        held = self.root.get("tags")
        known = list(held) if isinstance(held, dict) else []
        entries = self._entries("constraints")
        named = [(path, at(self.tree.value, path)) for _, path in entries]
        ids = [(path, entry["id"]) for path, entry in named if isinstance(entry.get("id"), str)]
        for position in duplicates(name for _, name in ids):
            path, name = ids[position]
            first = next(self.tree.line((*place, "id")) for place, other in ids if other == name)
            must, found = "each constraint must have an id of its own", f"{name!r} again, first on line {first}"
            self._fault((*path, "id"), must, found, "Give it another id.")
        for path, entry in named:
            tag = entry.get("tag")
            if known and isinstance(tag, str) and tag not in known and (*path, "tag") not in self.wrong:
                must = f"{subject(self.tree, path)}tag must be one of the tags, {', '.join(known)}"
                remedy = did_you_mean(nearest(tag, known, most=1)) or "Correct it, or add the tag under `tags:`."
                self._fault((*path, "tag"), must, repr(tag), remedy)

    def _findings(self, findings: list[Finding], path: Path, wrong: set[str]) -> bool:
        """Note the findings that rest on no wrong field; return whether there were any at all."""
        for finding in findings:
            if wrong.isdisjoint(name.partition(".")[0] for name in finding.rests_on):
                place = (*path, *finding.rests_on[0].split("."))
                self._fault(place, f"{subject(self.tree, path)}{finding.must}", finding.found, finding.remedy)
        return bool(findings)

    def _fault(self, path: Path, must: str, found: str, remedy: str) -> None:
        self.tree.fault(self.tree.line(path), must, found, remedy)
