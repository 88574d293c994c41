"""What the documents list is what the code has."""

import re
from pathlib import Path

import pytest

from app.cli import option
from app.settings import ENV_PREFIX, Settings
from engine.exhibits import EXHIBITS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text()
DOCUMENTS = sorted(
    path.relative_to(ROOT).as_posix() for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"))
)


def rows(text: str, first: str) -> list[list[str]]:
    """Return the cells of all table rows whose first cell begins so."""
    lines = [line for line in text.splitlines() if line.startswith(f"| {first}")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def default(name: str) -> str:
    """Return how the table writes a setting's default."""
    value = Settings.model_fields[name].get_default(call_default_factory=False)
    if name == "workers":
        return "one per core"
    return "none" if value in (None, ()) else "yes" if value is True else f"{value}"


def test_the_table_of_settings_is_complete_and_right() -> None:
    expected = [
        [f"`{option(name)}`", f"`{ENV_PREFIX}{name.upper()}`", default(name), field.description]
        for name, field in Settings.model_fields.items()
    ]
    assert rows(README, "`--") == expected


@pytest.mark.parametrize("text", [README, CONTRIBUTING], ids=["README", "CONTRIBUTING"])
def test_every_make_command_of_a_document_exists(text: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", MAKEFILE, flags=re.M))
    named = set(re.findall(r"\bmake ([a-z]+)`", text))
    assert named
    assert named <= targets


def test_every_exhibit_is_in_the_tour() -> None:
    for exhibit in EXHIBITS.values():
        assert exhibit.title in README


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_file_a_document_leads_to_exists(document: str) -> None:
    text = (ROOT / document).read_text()
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert (ROOT / document).parent.joinpath(target).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_file_a_document_names_exists(document: str) -> None:
    for name in re.findall(
        r"`((?:app|engine|static|templates|tests|bench|docs)/[\w./-]+)`",
        (ROOT / document).read_text(),
    ):
        assert (ROOT / name).exists(), name


def test_each_decision_has_its_number_context_and_consequences() -> None:
    decisions = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [path.name[:4] for path in decisions] == [f"{n + 1:04}" for n in range(len(decisions))]
    for path in decisions:
        headings = re.findall(r"^## (.+)$", path.read_text(), flags=re.M)
        assert headings == ["Context", "Decision", "Consequences"], path.name
