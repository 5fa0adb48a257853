"""scripts/parts.sh, kafka.sh and node.sh: parts that Python cannot bring; what stops them is said in one sentence.

They see only the tools and the pretended ones that a test lays on their PATH. Nothing is installed or fetched.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

from tests.parts import apache_kafka, node_opcua
from tests.parts.apache_kafka import NoKafka
from tests.parts.node_opcua import NoNode
from tests.test_layers import REPO
from tests.test_setup import SHELL

TOOLS = (
    "cat",
    "chmod",
    "cksum",
    "cp",
    "cut",
    "dirname",
    "grep",
    "head",
    "mkdir",
    "mv",
    "od",
    "rm",
    "sed",
    "sh",
    "tail",
    "tr",
)
JAVA_17 = "echo 'openjdk version \"17.0.15\" 2025-04-15' >&2\n"
JAVA_11 = "echo 'openjdk version \"11.0.2\"' >&2\n"
NODE_18, NODE_16 = "echo v18.20.4\n", "echo v16.9.0\n"
ROOT, SOMEBODY = "echo 0\n", "echo 1000\n"
# It writes what it fetches to where the call says.
NPM = 'while [ "$1" != --prefix ]; do shift; done\nmkdir "$2/node_modules"; : >"$2/node_modules/package"\n'
MAVEN = 'for word; do case $word in -DoutputDirectory=*) : >"${word#*=}/kafka.jar" ;; esac; done\n'


class House:
    """A copy of the scripts, with a PATH of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.path = folder / "a house", folder / "path"
        (self.folder / "scripts").mkdir(parents=True)
        for name in ("kafka.sh", "node.sh", "parts.sh"):
            shutil.copy(REPO / "scripts" / name, self.folder / "scripts" / name)
        shutil.copytree(REPO / "kafka", self.folder / "kafka")
        shutil.copytree(REPO / "tests" / "node", self.node, ignore=shutil.ignore_patterns("node_modules*"))
        self.path.mkdir()
        for tool in TOOLS:
            (self.path / tool).symlink_to(shutil.which(tool) or pytest.fail(f"{tool} must be on PATH"))

    @property
    def node(self) -> Path:
        return self.folder / "tests" / "node"

    def add(self, tool: str, script: str) -> None:
        """Put a shell script on PATH."""
        (self.path / tool).write_text(f"#!{SHELL}\n{script}", encoding="utf-8")
        (self.path / tool).chmod(0o755)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [SHELL, *arguments],
            cwd=self.folder,
            env={"PATH": str(self.path), "POLICY_RC_D": str(self.folder / "policy")},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def stops(self, *arguments: str) -> tuple[int, str]:
        """Return the code and the one sentence that a script stops with."""
        done = self.run(*arguments)
        assert done.returncode != 0, done
        assert done.stderr.count("\n") == 1, done.stderr
        return done.returncode, done.stderr.rstrip("\n")


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_that_a_part_that_is_there_is_left_alone(house: House) -> None:
    house.add("java", JAVA_17)
    house.add("node", NODE_18)
    for tool in ("mvn", "promtool", "prometheus", "npm", "chromium"):
        house.add(tool, "exit 1\n")
    done = house.run("scripts/parts.sh", "java", "prometheus", "node", "chromium")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("part", "tools", "sentence"),
    [
        (
            "java",
            {},
            (
                "parts: Java 17 or later, and Maven, must be installed; found java none, no mvn."
                " On Debian and Ubuntu: apt install default-jre-headless maven."
            ),
        ),
        (
            "prometheus",
            {"promtool": "exit 0\n"},
            (
                "parts: Prometheus, with its promtool, must be installed; found no prometheus."
                " On Debian and Ubuntu: apt install prometheus."
            ),
        ),
        (
            "node",
            {"node": NODE_16},
            (
                "parts: Node 18 or later, and npm, must be installed; found node 16, no npm."
                " On Debian and Ubuntu: apt install nodejs npm."
            ),
        ),
        (
            "chromium",
            {},
            "parts: Chromium must be installed; found no chromium. On Debian: apt install chromium.",
        ),
        ("ruby", {}, "parts: a part must be java, prometheus, node or chromium; was 'ruby'."),
    ],
)
def test_that_who_may_not_install_is_told_what_to(
    house: House, part: str, tools: dict[str, str], sentence: str
) -> None:
    house.add("id", SOMEBODY)
    house.add("apt-get", "echo called >called\n")
    for tool, script in tools.items():
        house.add(tool, script)
    assert house.stops("scripts/parts.sh", part) == (1, sentence)
    assert not (house.folder / "called").exists()


def test_that_a_java_too_old_is_named(house: House) -> None:
    house.add("id", SOMEBODY)
    house.add("java", JAVA_11)
    assert "found java 11, no mvn." in house.stops("scripts/parts.sh", "java")[1]


def test_that_root_on_debian_gets_it_by_apt(house: House) -> None:
    house.add("id", ROOT)
    for tool in ("java", "mvn"):
        (house.path / tool).unlink(missing_ok=True)
    java = house.path / "java"
    house.add(
        "apt-get",
        f'echo "$*" >>called\ncp "$POLICY_RC_D" policy.seen\ncase "$*" in *maven*)\n'
        f"cat >{java} <<'EOF'\n#!{SHELL}\n{JAVA_17}EOF\nchmod +x {java}; cat {java} >{house.path / 'mvn'};"
        f" chmod +x {house.path / 'mvn'} ;; esac\n",
    )
    done = house.run("scripts/parts.sh", "java")
    assert (done.returncode, done.stderr) == (0, "")
    assert (house.folder / "called").read_text("utf-8").splitlines() == [
        "-qq update",
        "-qq install --yes --no-install-recommends default-jre-headless maven",
    ]
    # No service may start by itself, and from then on all may again.
    assert (house.folder / "policy.seen").read_text("utf-8") == "#!/bin/sh\nexit 101\n"
    assert not (house.folder / "policy").exists()


def test_that_a_node_too_old_is_told_when_apt_has_no_newer(house: House) -> None:
    house.add("id", ROOT)
    house.add("node", NODE_16)
    house.add("npm", "exit 1\n")
    house.add("apt-get", 'echo "$*" >>called\n')
    done = house.run("scripts/parts.sh", "node")
    assert (done.returncode, done.stderr) == (
        1,
        "parts: Node must be 18 or later; this Debian's is 16. Install a newer one.\n",
    )
    assert "install --yes --no-install-recommends nodejs npm" in (house.folder / "called").read_text("utf-8")


@pytest.mark.parametrize(
    ("apt_says", "code", "sentence"),
    [
        ("E: Failed to fetch http: Could not connect", 3, "must be fetched by apt; its servers could not be reached."),
        ("E: Unable to locate package maven", 1, "must be installed; apt said: E: Unable to locate package maven."),
    ],
)
def test_that_what_apt_says_becomes_one_sentence(house: House, apt_says: str, code: int, sentence: str) -> None:
    house.add("id", ROOT)
    house.add("apt-get", f"echo '{apt_says}' >&2\nexit 100\n")
    found, said = house.stops("scripts/parts.sh", "java")
    assert found == code
    assert sentence in said


# Apache Kafka's jars.


def test_that_jars_are_fetched_once_and_again_when_their_list_changes(house: House) -> None:
    house.add("java", JAVA_17)
    house.add("mvn", f"echo called >>calls\n{MAVEN}")
    for calls in (1, 1):
        assert house.run("scripts/kafka.sh", "bring").returncode == 0
        assert (house.folder / "calls").read_text("utf-8").count("called") == calls
    assert (house.folder / ".kafka" / "libs" / "kafka.jar").is_file()
    with (house.folder / "kafka" / "pom.xml").open("a", encoding="utf-8") as file:
        file.write("<!-- newer -->\n")
    assert house.run("scripts/kafka.sh", "bring").returncode == 0
    assert (house.folder / "calls").read_text("utf-8").count("called") == 2


@pytest.mark.parametrize(
    ("maven_says", "code", "sentence"),
    [
        (
            "Could not transfer artifact x: Unknown host",
            3,
            "the Maven registry must be reachable for the jars of Apache",
        ),
        ("Checksum validation failed, expected a", 1, "a jar must have the checksum of its registry; one has not"),
        ("[ERROR] Oh no", 1, "Maven must fetch the jars; it said (.kafka/maven.log): [ERROR] Oh no"),
    ],
)
def test_that_what_maven_says_becomes_one_sentence(house: House, maven_says: str, code: int, sentence: str) -> None:
    house.add("java", JAVA_17)
    house.add("mvn", f"{MAVEN}echo '{maven_says}'\nexit 1\n")
    found, said = house.stops("scripts/kafka.sh", "bring")
    assert found == code
    assert said.startswith(f"kafka: {sentence}")
    assert [path.name for path in (house.folder / ".kafka").iterdir()] == ["maven.log"]


def test_that_kafka_is_not_run_without_java(house: House) -> None:
    house.add("id", SOMEBODY)
    assert house.stops("scripts/kafka.sh", "run")[1].startswith("parts: Java 17 or later, and Maven, must be installed")


# The packages of tests/node.


def test_that_packages_are_fetched_once_and_again_when_their_lock_changes(house: House) -> None:
    house.add("node", NODE_18)
    house.add("npm", f"echo called >>calls\n{NPM}")
    for calls in (1, 1):
        assert house.run("scripts/node.sh").returncode == 0
        assert (house.folder / "calls").read_text("utf-8").count("called") == calls
    assert (house.node / "node_modules" / "package").is_file()
    with (house.node / "package-lock.json").open("a", encoding="utf-8") as file:
        file.write("\n")
    assert house.run("scripts/node.sh").returncode == 0
    assert (house.folder / "calls").read_text("utf-8").count("called") == 2
    assert [path.name for path in house.node.glob("node_modules*")] == ["node_modules"]


@pytest.mark.parametrize(
    ("npm_says", "code", "sentence"),
    [
        ("npm error code EAI_AGAIN", 3, "the npm registry must be reachable for the packages of tests/node; it"),
        ("npm error code EINTEGRITY", 1, "a package must have the checksum of the lock; one has not"),
        ("npm error Oh no", 1, "npm must fetch the packages; it said: npm error Oh no"),
    ],
)
def test_that_what_npm_says_becomes_one_sentence(house: House, npm_says: str, code: int, sentence: str) -> None:
    house.add("node", NODE_18)
    house.add("npm", f"{NPM}echo '{npm_says}' >&2\nexit 1\n")
    found, said = house.stops("scripts/node.sh")
    assert found == code
    assert said.startswith(f"node: {sentence}")
    assert not list(house.node.glob("node_modules*"))


def test_that_the_lock_names_no_registry() -> None:
    lock = json.loads((REPO / "tests" / "node" / "package-lock.json").read_text("utf-8"))
    packages = [package for name, package in lock["packages"].items() if name]
    assert len(packages) > 100
    assert all("integrity" in package and "resolved" not in package for package in packages)


@pytest.mark.parametrize(("code", "out_of_reach"), [(3, True), (1, False)])
@pytest.mark.parametrize(("part", "refusal"), [(apache_kafka, NoKafka), (node_opcua, NoNode)])
def test_that_tests_say_not_proven_only_where_a_registry_is_out_of_reach(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    part: ModuleType,
    refusal: type[NoKafka | NoNode],
    code: int,
    out_of_reach: bool,
) -> None:
    script = tmp_path / "part.sh"
    script.write_text(f"echo 'part: no.' >&2\nexit {code}\n", encoding="utf-8")
    monkeypatch.setattr(part, "SCRIPT", script)
    with pytest.raises(refusal, match=r"^part: no\.$") as refused:
        part.bring()
    assert isinstance(refused.value, NoKafka | NoNode)
    assert refused.value.out_of_reach is out_of_reach
