"""What the project says about itself holds: settings, commands, activities, files, versions."""

from __future__ import annotations

import configparser
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import msgspec
import pytest

import node
from node.activitypub.vocabulary import INLINE_CONTEXT
from node.aid.topics import MODES, TOPICS
from node.cli import entraide
from node.config import SECTIONS, LimitsSettings

ROOT = Path(__file__).parents[2]
READMES = ("README.md", "README.en.md")
PAGES = (
    *READMES,
    "FEDERATION.md",
    "SECURITY.md",
    "CHANGELOG.md",
    "docs/accessibility.md",
    "docs/architecture.md",
    "docs/commands.md",
    "docs/dependencies.md",
    "docs/settings.md",
    "deploy/install.md",
    "deploy/installer.md",
)


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def project() -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads(read("pyproject.toml"))["project"]
    return found


# ── settings ─────────────────────────────────────────────────────────────────────────────────


def told(default: object) -> str:
    """A default as a person writes it in the table."""
    match default:
        case msgspec.NODEFAULT:
            return "–"
        case bool():
            return f"`{str(default).lower()}`"
        case tuple():
            return f"`{','.join(default)}`"
        case "":
            return '`""`'
        case _:
            return f"`{default}`"


def settings() -> Iterator[tuple[str, str, object]]:
    for section, struct in SECTIONS.items():
        for field in msgspec.structs.fields(struct):
            yield section, field.name, field.default


def test_every_setting_is_told_with_its_variable_and_default() -> None:
    """docs/settings.md has a row for each setting, and no row for anything else."""
    rows = [
        (cells[1].strip("` "), cells[2].strip("` "), cells[3].strip())
        for line in read("docs/settings.md").splitlines()
        if "`ENTRAIDE_" in line and len(cells := line.split("|")) >= 6
    ]
    expected = [
        (name, f"ENTRAIDE_{section}_{name}".upper(), told(default))
        for section, name, default in settings()
    ]
    assert rows == expected


def test_the_settings_that_pages_name_exist() -> None:
    """A `section.name` in a page is a setting of that section."""
    known = {f"{section}.{name}" for section, name, _ in settings()}
    sections = "|".join(SECTIONS)
    for page in PAGES:
        for name in re.findall(rf"`((?:{sections})\.[a-z0-9_]+)\b", read(page)):
            assert name in known, f"{page} names {name}"


def test_every_limit_is_told_to_those_who_judge_the_security() -> None:
    """SECURITY.md names each setting of the table `limits`."""
    text = read("SECURITY.md")
    missing = [name for name in LimitsSettings.__struct_fields__ if f"limits.{name}" not in text]
    assert not missing


# ── commands ─────────────────────────────────────────────────────────────────────────────────


def commands(
    command: click.Command = entraide, path: tuple[str, ...] = ("entraide",)
) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            yield from commands(below, (*path, name))
    else:
        yield " ".join(path), command


def sections_of_commands() -> dict[str, str]:
    """Command → what docs/commands.md says under its heading."""
    found: dict[str, str] = {}
    for heading, body in re.findall(
        r"^### (.+?)$(.*?)(?=^##|\Z)", read("docs/commands.md"), re.MULTILINE | re.DOTALL
    ):
        for name in re.findall(r"`(entraide [a-z -]+?)(?= [A-Z\[…]|`)", heading):
            found[name] = body
    return found


def test_every_command_has_its_place_with_every_option() -> None:
    """docs/commands.md has a heading for each command, and names its options below; those that
    many commands have stand at the top."""
    told_of = sections_of_commands()
    top = read("docs/commands.md").partition("\n## ")[0]
    assert "`--config" in top
    assert "`--json`" in top
    assert sorted(told_of) == sorted(name for name, _ in commands())
    for name, command in commands():
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                for option in {*parameter.opts} - {"--config", "--json", "--help"}:
                    assert re.search(rf"`{option}\b", told_of[name]), f"{name} {option}"


def test_choices_of_commands_are_told() -> None:
    """Each value that a command lets one choose from is named under it."""
    told_of = sections_of_commands()
    for name, command in commands():
        for parameter in command.params:
            if isinstance(parameter.type, click.Choice):
                for choice in parameter.type.choices:
                    assert re.search(rf"\b{choice}\b", told_of[name]), f"{name}: {choice}"


def test_topics_and_ways_to_help_are_told_and_counted() -> None:
    """docs/commands.md lists every topic with its French name; the counts are right."""
    text = re.sub(r"\s+", " ", read("docs/commands.md"))
    for topic in TOPICS.values():
        assert f"`{topic.slug}` {topic.fr}" in text
    for mode in MODES.values():
        assert f"`{mode.slug}` {mode.fr.lower()}" in text.lower()
    assert f"{len(TOPICS)} sujets, {len(MODES)} façons" in read("README.md")
    assert f"{len(TOPICS)} topics, {len(MODES)} ways" in read("README.en.md")
    assert f"of {len(TOPICS)} topics and in {len(MODES)} ways" in read("CHANGELOG.md")


@pytest.mark.parametrize("page", PAGES)
def test_commands_in_pages_exist_with_their_options(page: str) -> None:
    """What a page tells people to type is a command of the program, with options that it has."""
    known = dict(commands())
    groups = {name.rsplit(" ", 1)[0] for name in known}
    text = read(page).replace("\\\n", " ")
    for line in re.findall(r"^(?:sudo )?(entraide [a-z].*)$", text, re.MULTILINE):
        words = line.partition("#")[0].split()
        name = next(
            (" ".join(words[:n]) for n in (3, 2) if " ".join(words[:n]) in known),
            None,
        )
        assert name is not None, f"{page}: {line} ({groups})"
        options = {option for parameter in known[name].params for option in parameter.opts}
        for word in words:
            if word.startswith("--"):
                assert word in options, f"{page}: {line}"


# ── dependencies ─────────────────────────────────────────────────────────────────────────────


def direct_dependencies() -> set[str]:
    about = project()
    named = [*about["dependencies"]]
    for extra in about["optional-dependencies"].values():
        named += extra
    return {normal(re.split(r"[\[;<>=!~ ]", one)[0]) for one in named}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_dependency_is_explained_and_pinned() -> None:
    """docs/dependencies.md says why, in one row each; constraints.txt has the exact version."""
    explained = {
        normal(name)
        for name in re.findall(r"^\| ([\w.-]+) \|", read("docs/dependencies.md"), re.MULTILINE)
    } - {"library"}
    assert explained == direct_dependencies()
    pinned = {normal(line.partition("==")[0]) for line in read("constraints.txt").splitlines()}
    assert direct_dependencies() <= pinned
    assert all("==" in line for line in read("constraints.txt").splitlines() if line.strip())


# ── federation ───────────────────────────────────────────────────────────────────────────────


def test_every_activity_that_is_handled_is_told() -> None:
    """FEDERATION.md has each handler of the inbox in its table of activities."""
    told_of = set(re.findall(r"^\| (`[^|]+`) \|", read("FEDERATION.md"), re.MULTILINE))
    named = {name for row in told_of for name in re.findall(r"`(\w+)`", row)}
    table = read("node/inbox/dispatch.py")
    for path in (ROOT / "node/inbox/handlers").glob("*.py"):
        if f"    {path.stem},\n" in table:  # the others are about agreements and referrals
            assert path.stem.replace("_", "") in {name.lower() for name in named}
    dispatched = set(
        re.findall(r"(\w+)\(\)", "".join(re.findall(r"case (.+):", read("node/inbox/dispatch.py"))))
    )
    assert dispatched - {"Unknown"} <= named


def test_every_fep_that_the_code_names_is_told() -> None:
    """FEDERATION.md lists each FEP that a module names, and its own."""
    listed = set(re.findall(r"^\| FEP-([0-9a-f]{4}) \|", read("FEDERATION.md"), re.MULTILINE))
    named = {"67ff"}
    for path in (ROOT / "node").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        named |= {name.lower() for name in re.findall(r"(?i)\bfep[-/ ]([0-9a-f]{4})\b", text)}
    assert named <= listed


def test_every_term_of_our_own_is_told() -> None:
    """What no other vocabulary has stands in FEDERATION.md."""
    text = read("FEDERATION.md")
    own = [
        name
        for name, meaning in INLINE_CONTEXT.items()
        if str(meaning if isinstance(meaning, str) else meaning["@id"]).startswith("entraide:")
    ]
    assert own
    for name in own:
        assert f"`{name}`" in text


def test_the_proposal_of_the_page_is_the_golden_one() -> None:
    """The values of FEDERATION.md's example are those of the golden document."""
    golden = msgspec.json.decode(read("tests/data/golden/proposal-request-service.json"))
    page = re.search(r"## A proposal.*?```json\n(.*?)```", read("FEDERATION.md"), re.DOTALL)
    assert page is not None
    example = msgspec.json.decode(page[1])
    assert set(golden) == set(example) - {"@context", "proof"}
    for name in set(golden) - {"content", "contentMap"}:
        assert example[name] == golden[name], name


# ── files ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("page", PAGES)
def test_files_that_pages_link_to_exist(page: str) -> None:
    """No link of a page leads to a file that is not there, or to a heading that is not."""
    for link in re.findall(r"\]\(([^)\s]+)\)", read(page)):
        if link.startswith(("http:", "https:")):
            continue
        path, _, anchor = link.partition("#")
        target = (ROOT / page).parent / path if path else ROOT / page
        assert target.exists(), link
        if anchor:
            headings = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", h).lower().replace(" ", "-") for h in headings}


@pytest.mark.parametrize("page", PAGES)
def test_files_that_pages_name_exist(page: str) -> None:
    """A path of this project that stands in a page is there."""
    for name in re.findall(r"`((?:node|tests|docs|deploy)/[\w./-]+)`", read(page)):
        assert (ROOT / name).exists(), name


def test_the_rooms_of_the_map_are_the_rooms_of_the_code() -> None:
    """docs/architecture.md names every package and module right below `node`."""
    text = read("docs/architecture.md")
    for path in (ROOT / "node").iterdir():
        if (path / "__init__.py").exists():
            assert f"`{path.name}/`" in text
        elif path.suffix == ".py" and path.stem != "__init__":
            assert f"`{path.name}`" in text


def test_the_targets_that_pages_name_are_in_the_makefile() -> None:
    """`make something` in a page is a target."""
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
    for page in PAGES:
        for name in re.findall(r"^make ([a-z]+)|`make ([a-z]+)", read(page), re.MULTILINE):
            assert "".join(name) in targets


def tracked() -> list[Path]:
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is not a git checkout")
    names = listed.stdout.decode().split("\0")
    return [path for name in names if name and (path := ROOT / name).is_file()]


# Put together, so that this file does not name them.
_OURS = "|".join(("pypi" + r"\.org", "python" + "hosted", "npm" + "js", "deb" + r"\.debian"))
_HOSTS = re.compile(rf"{_OURS}|ghcr\.i[o]|docker\.i[o]|quay\.i[o]|proxy\.golan[g]")
_PATHS = re.compile(r"(?<![\w.~-])/(?:work|tmp)/(?:main|shared|plan)\b")


def test_no_file_names_a_registry_or_a_place_of_one_machine() -> None:
    """Where packages come from is for whoever installs; paths of a workplace mean nothing."""
    wrong = []
    for path in tracked():
        if path.suffix in (".json", ".png", ".ico") or path.name == "LICENSE":
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        wrong += [
            f"{path.relative_to(ROOT)}: {found[0]}"
            for found in (_HOSTS.search(text), _PATHS.search(text))
            if found
        ]
    assert not wrong


def test_the_version_is_one() -> None:
    """pyproject.toml, the package and the newest entry of the changelog agree."""
    entry = r"^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d$"
    newest = re.search(entry, read("CHANGELOG.md"), re.MULTILINE)
    assert newest is not None
    assert project()["version"] == node.__version__ == newest[1]


# ── deployment ───────────────────────────────────────────────────────────────────────────────


def test_the_service_starts_a_command_that_exists() -> None:
    """The systemd unit parses, its ExecStart is a command with options that it has, and the
    guides install to the same places."""
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(read("deploy/entraide.service"))
    program, name, *arguments = unit["Service"]["ExecStart"].split()
    command = entraide.commands[name]
    options = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in arguments if word.startswith("--")} <= options
    for guide in ("deploy/install.md", "deploy/installer.md"):
        text = read(guide)
        assert program in text
        assert all(word in text for word in arguments if word.startswith("/"))
        assert unit["Service"]["WorkingDirectory"] in text


def test_the_service_stops_no_sooner_than_the_node() -> None:
    """systemd waits longer for a clean stop than the node takes for it."""
    stop = next(default for s, n, default in settings() if (s, n) == ("server", "stop_seconds"))
    assert isinstance(stop, float)
    seconds = re.search(r"^TimeoutStopSec=(\d+)$", read("deploy/entraide.service"), re.MULTILINE)
    assert seconds is not None
    assert int(seconds[1]) > stop
    grace = re.search(r"stop_grace_period: (\d+)s", read("deploy/compose.yaml"))
    assert grace is not None
    assert int(grace[1]) > stop


def test_the_front_leads_to_where_the_node_listens() -> None:
    """Caddy's upstream is the default address, braces are in pairs, and what it cuts off is no
    less than what the node reads."""
    text = read("deploy/Caddyfile")
    defaults = {(s, n): default for s, n, default in settings()}
    upstream = f"{defaults['server', 'host']}:{defaults['server', 'port']}"
    assert f"{{$ENTRAIDE_UPSTREAM:{upstream}}}" in text
    code = re.sub(r"#.*", "", text)
    assert code.count("{") == code.count("}")
    limits = LimitsSettings()
    sizes = dict(re.findall(r"request_body @(\w+) \{\s*max_size (\d+)MiB", code))
    assert int(sizes["others"]) * 1024**2 > limits.body_bytes
    most = max(limits.picture_bytes, limits.film_bytes)
    assert int(sizes["files"]) * 1024**2 > most, "apps send films through it"
    endless = re.findall(r"header_regexp Content-Length (\S+)", code)
    assert [bool(re.fullmatch(one.strip("^$"), str(most))) for one in endless] == [True, False]
    uploads = ("/api/v2/media", "/api/v1/media/7", "/api/v1/accounts/update_credentials")
    spared = [line.split(" path ")[1].split() for line in code.splitlines() if " path " in line]
    for upload in (*uploads, "/api/aid/v1/pictures"):
        kept = [any(upload.startswith(one.rstrip("*")) for one in paths) for paths in spared]
        assert kept.count(True) >= 3, upload


def test_the_containers_fit_together() -> None:
    """compose.yaml: what is mounted or joined is declared, the node trusts the front's address,
    and every setting that it gives exists."""
    lines = read("deploy/compose.yaml").splitlines()
    assert not any("\t" in line for line in lines)
    assert all((len(line) - len(line.lstrip())) % 2 == 0 for line in lines if line.strip())
    text = "\n".join(line for line in lines if not line.lstrip().startswith("#"))
    parts = dict(re.findall(r"^(\w+):\n((?:[ ].*\n?|\n)+)", text, re.MULTILINE))
    volumes = set(re.findall(r"^  (\w+):", parts["volumes"], re.MULTILINE))
    mounted = set(re.findall(r"^      - (\w+):/", parts["services"], re.MULTILINE))
    assert mounted == volumes
    services = dict(re.findall(r"^  (\w+):\n((?:    .*\n?|\n)+)", parts["services"], re.MULTILINE))
    assert set(services) == {"node", "caddy", "postgres"}
    trusted = re.search(r"ENTRAIDE_SERVER_PROXIES: ([\d.]+)", services["node"])
    front = re.search(r"ipv4_address: ([\d.]+)", services["caddy"])
    assert trusted is not None
    assert front is not None
    assert trusted[1] == front[1]
    known = {f"ENTRAIDE_{section}_{name}".upper() for section, name, _ in settings()}
    assert set(re.findall(r"^      (ENTRAIDE_\w+):", services["node"], re.MULTILINE)) <= known


def test_the_image_runs_the_program() -> None:
    """Dockerfile: what it copies is there, and its command is one of the program's."""
    text = read("deploy/Dockerfile")
    for names in re.findall(r"^COPY (?!--)(.+) \S+$", text, re.MULTILINE):
        for name in names.split():
            assert (ROOT / name).exists()
    command = re.search(r'^CMD \["(\w+)"\]$', text, re.MULTILINE)
    assert command is not None
    assert command[1] in entraide.commands
    assert 'ENTRYPOINT ["entraide"]' in text


def test_the_picture_is_drawn_and_described() -> None:
    """The READMEs show a picture that is an SVG with a title and a description, and say in words
    what is on it."""
    picture = read("docs/images/quartiers.svg")
    assert picture.startswith("<svg")
    assert "<title" in picture
    assert "<desc" in picture
    assert "<script" not in picture
    for page in READMES:
        found = re.search(r"!\[(.{40,})\]\(docs/images/quartiers\.svg\)", read(page))
        assert found is not None, page
