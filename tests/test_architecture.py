"""The house keeps its own rules: what the linters can't see is held here."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from activities import processes
from activities.breach import papers as breach_papers
from activities.contacts import seen as contacts_seen
from activities.evidence import bundle
from activities.fault_report import writer
from activities.mail import sender as mail
from activities.maintenance import papers as maintenance_papers
from activities.notices import feeds
from activities.operating_model import file as operating_model
from activities.text_messages import sender as text_messages
from activities.watchdog import always_running, checks
from tests.desks import fake_watch, fakes
from workers import wiring
from workers.wiring import PASSED_THROUGH, WORKFLOWS
from workflows.breach import ports as breach_ports
from workflows.breach import steps as breach_steps
from workflows.contacts import ports as contact_ports
from workflows.contacts import steps as contact_steps
from workflows.contract import CONTRACTS
from workflows.incident import ports as incident_ports
from workflows.incident import steps as incident_steps
from workflows.maintenance import ports as maintenance_ports
from workflows.maintenance import steps as maintenance_steps
from workflows.notices import ports as notice_ports
from workflows.notices import steps as notice_steps
from workflows.process import ports, steps
from workflows.process.telling import text_messages as short_messages
from workflows.watchdog import ports as watchdog_ports
from workflows.watchdog import steps as watchdog_steps

ROOT = Path(__file__).parent.parent
PRODUCT = sorted(
    p for folder in ("workflows", "activities", "workers", "starter") for p in (ROOT / folder).rglob("*.py")
)
PORTS = (
    ports,
    short_messages,
    incident_ports,
    breach_ports,
    maintenance_ports,
    notice_ports,
    watchdog_ports,
    contact_ports,
)
STEPS = (steps, incident_steps, breach_steps, maintenance_steps, notice_steps, watchdog_steps, contact_steps)
ADAPTERS = (
    always_running, breach_papers, bundle, checks, contacts_seen, feeds, mail, maintenance_papers, operating_model,
    processes, text_messages, writer,
)  # fmt: skip
FAKES = (fakes.FakeWorld, fake_watch.FakeWatch)
TAKING_MESSAGES = [story for story in WORKFLOWS if story.__name__ in CONTRACTS]
LONGEST_FILE = 320
LONGEST_STORY = 400
"""A story is read from top to bottom: it is not cut up only to stay short."""
MOST_FILES = 20
LINEAGE = ("Lifecycle", "Process")
"""What each story builds on. One class more may stand between: duties, or the announcements of a break."""
PARTS = ("workflows.incident.", "workflows.breach.", "workflows.stories.")
"""Where the parts of a story live that would make it too long to read: each on its own, beside one another."""
LONGEST_FUNCTION = 60
SHARED_NAMES = {
    "Refused": "in the record (and in the schemas) a message that was not applied; in the terminal, the error of it",
}
"""The only public classes of which two modules have one, and why."""


def declared_activities() -> dict[str, type]:
    """Each activity that the ports declare, with its port."""
    return {
        getattr(method, "__temporal_activity_definition").name: port  # mangled otherwise
        for module in PORTS
        for _, port in inspect.getmembers(module, inspect.isclass)
        for method in vars(port).values()
        if hasattr(method, "__temporal_activity_definition")
    }


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_the_workflows_package_runs_nothing_on_import() -> None:
    packages = list((ROOT / "workflows").rglob("__init__.py"))
    assert packages
    assert not [str(package) for package in packages if package.read_text(encoding="utf-8")]


def test_every_port_has_one_adapter_and_a_fake_or_is_real_in_tests_too() -> None:
    adapters = [
        adapter
        for module in ADAPTERS
        for _, adapter in inspect.getmembers(module, inspect.isclass)
        if adapter.__module__ == module.__name__
    ]
    real = (ports.OtherProcesses, breach_ports.BreachStarter, notice_ports.IncidentsConcerned)
    for port in set(declared_activities().values()):
        assert [a.__name__ for a in adapters if issubclass(a, port) and not inspect.isabstract(a)], port
        assert any(issubclass(fake, port) for fake in FAKES) or port in real


def test_every_port_is_wired() -> None:
    wired = set(inspect.get_annotations(wiring.Neighbours, eval_str=True).values())
    assert wired == set(declared_activities().values())


def test_only_steps_start_activities_and_each_has_a_summary() -> None:
    callers = {p for p in PRODUCT if re.search(r"workflow\.execute_(local_)?activity", p.read_text(encoding="utf-8"))}
    assert callers == {Path(module.__file__ or "") for module in STEPS}
    source = "".join(inspect.getsource(module) for module in STEPS)
    assert "workflow.execute_local" not in source, (
        "one still running when a query arrives can't be replayed (docs/decisions/0003)"
    )
    assert source.count("workflow.execute_") == source.count("summary=")
    assert not [name for name in declared_activities() if not re.search(rf"\.{name}\b", source)]


def test_every_timer_has_a_summary() -> None:
    for path in (ROOT / "workflows").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert "workflow.sleep(" not in text, f"{path.name}: wait with duties.wait_until"
        assert text.count("timeout=left") == text.count("timeout_summary=")


def test_no_folder_has_too_many_files() -> None:
    rooms = Counter(path.parent.relative_to(ROOT) for path in PRODUCT if path.name != "__init__.py")
    assert not {str(room): count for room, count in rooms.items() if count > MOST_FILES}


@pytest.mark.parametrize("story", WORKFLOWS, ids=lambda story: story.__name__)
def test_a_story_builds_on_three_classes_and_its_own_parts(story: type) -> None:
    ours = [base for base in reversed(story.__mro__[1:]) if base.__module__.startswith("workflows.")]
    parts = [base for base in story.__bases__ if base.__module__.startswith(PARTS)]
    shared = [base.__name__ for base in ours if base not in parts]
    assert tuple(shared[:2]) == LINEAGE[: len(shared)]
    assert len(shared) <= len(LINEAGE) + 1
    for part in parts:
        assert [base.__name__ for base in part.__mro__[1:] if base in ours] == shared[::-1], part


def test_the_stories_are_not_passed_through() -> None:
    stories = {workflow.__module__ for workflow in WORKFLOWS}
    assert not {name for story in stories for name in PASSED_THROUGH if story == name or story.startswith(name + ".")}
    assert "workflows" not in PASSED_THROUGH


def test_every_module_that_a_story_imports_is_passed_through() -> None:
    for story in {workflow.__module__ for workflow in WORKFLOWS}:
        tree = ast.parse(inspect.getsource(importlib.import_module(story)))
        imported = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module}
        ours = {module for module in imported if module.startswith("workflows.")}
        assert not {m for m in ours if not any(m == p or m.startswith(p + ".") for p in PASSED_THROUGH)}


@pytest.mark.parametrize("story", TAKING_MESSAGES, ids=lambda story: story.__name__)
def test_every_message_of_the_contract_is_taken(story: type) -> None:
    taken = {name for name, f in inspect.getmembers(story, inspect.isfunction) if hasattr(f, "__kantadesk_message__")}
    assert taken == set(CONTRACTS[story.__name__].messages)


@pytest.mark.parametrize("story", WORKFLOWS, ids=lambda story: story.__name__)
def test_the_story_shows_no_mechanics(story: type) -> None:
    source = inspect.getsource(importlib.import_module(story.__module__))
    assert not re.findall(r"timedelta|RetryPolicy|execute_activity|minutes=|hours=|@kanta\.fi|020 634", source)


def test_a_public_class_has_a_name_of_its_own() -> None:
    classes = Counter(
        node.name
        for path in PRODUCT
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert {name for name, owners in classes.items() if owners > 1} == set(SHARED_NAMES)


@pytest.mark.parametrize("path", PRODUCT, ids=lambda p: str(p.relative_to(ROOT)))
def test_files_and_functions_stay_small(path: Path) -> None:
    longest = LONGEST_STORY if path.parent.name == "stories" else LONGEST_FILE
    assert len(path.read_text(encoding="utf-8").splitlines()) <= longest
    long = [f.name for f in functions(path) if (f.end_lineno or f.lineno) - f.lineno > LONGEST_FUNCTION]
    assert not long


@pytest.mark.parametrize("path", PRODUCT, ids=lambda p: str(p.relative_to(ROOT)))
def test_nothing_is_left_open(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\b(TODO|FIXME|XXX)\b|raise NotImplementedError|MagicMock", text)
    assert not [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Assert)], "assert is for tests"


def test_no_helper_is_imported_from_a_test_file() -> None:
    """What several tests need stands in a module that is named by its idea."""
    files = [path for folder in ("tests", "benchmarks") for path in (ROOT / folder).rglob("*.py")]
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in files}
    taken = {
        (str(path.relative_to(ROOT)), name)
        for path, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (getattr(node, "module", None) or "", *(alias.name for alias in node.names))
    }
    assert not [(path, name) for path, name in taken if re.search(r"(^|\.)test_", name)]


def test_the_lock_names_no_host() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "--hash=sha256:" in lock
    assert not re.search(r"https?://|index-url|trusted-host", lock)


def test_every_dependency_has_its_reason() -> None:
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    listed = [line for line in lines if re.match(r'\s+"[a-z0-9-]+(\[[a-z]+\])?>=', line)]
    assert len(listed) > 10
    assert not [line for line in listed if "# " not in line]
