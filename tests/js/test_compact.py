"""What is served of a script or a style sheet says the same as what was written."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from app.assets import Assets
from app.compact import compact_script, compact_style
from tests.js.test_node import FILES, MINUTE, ROOT, node

STATIC = ROOT / "static"
SCRIPTS = sorted(STATIC.rglob("*.js"))
SHEETS = sorted(STATIC.rglob("*.css"))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project in which what the browser loads is as it is served."""
    root = tmp_path_factory.mktemp("served")
    assets = Assets(STATIC)
    for source in (*SCRIPTS, *SHEETS):
        asset = assets.get(source.relative_to(STATIC).as_posix())
        assert asset is not None
        copy = root / source.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(asset.content)
    shutil.copytree(ROOT / "tests" / "golden", root / "tests" / "golden")
    (root / "tests" / "js").mkdir()
    for name in ("package.json", *FILES):
        shutil.copy(ROOT / name, root / name)
    return root


def test_the_modules_that_are_served_hold_what_their_tests_claim(served):
    done = subprocess.run(
        [node(), "--test", *FILES],
        cwd=served,
        capture_output=True,
        text=True,
        timeout=MINUTE,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_modules_that_are_served_have_the_syntax_trees_of_their_sources(served):
    if not (ROOT / "node_modules" / "typescript").is_dir():
        if os.environ.get("CI"):
            pytest.fail("TypeScript is missing, and CI is set: run make check first")
        pytest.skip("TypeScript is not installed")
    done = compare([path for one in SCRIPTS for path in (one, served / one.relative_to(ROOT))])
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_space_lost_from_a_text_would_be_seen(tmp_path):
    if not (ROOT / "node_modules" / "typescript").is_dir():
        pytest.skip("TypeScript is not installed")
    for name, source in {
        "a.js": "f(`a ${b ? ` ${c}` : ''}`)",
        "b.js": "f(`a ${b?`${c}`:''}`)",
    }.items():
        (tmp_path / name).write_text(source)
    assert compare([tmp_path / "a.js", tmp_path / "b.js"]).returncode == 1


def compare(paths: list[Path]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [node(), "tests/js/tree.js", *map(str, paths)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=MINUTE,
        check=False,
    )


@pytest.mark.parametrize(
    ("source", "compact"),
    [
        ("a = b; // why\n", "a=b;\n"),
        ("/** @type {A} */\nlet a;\n\n\nlet b\n  c()", "let a;\nlet b\nc()\n"),
        ('a = "// \\" /* no */ comment";', 'a="// \\" /* no */ comment";\n'),
        ("a.replace(/[/'\"`]+\\/ /g, b) // c", "a.replace(/[/'\"`]+\\/ /g,b)\n"),
        ("a = b / c / d; // e", "a=b / c / d;\n"),
        ("return /  x/.test(y)", "return /  x/.test(y)\n"),
        ("(a) / 2 / 3 + i++ + +j - -k", "(a)/ 2 / 3 + i++ + +j - -k\n"),
        (
            "`a  ${ b ? ` ${ {c: 1}.c } // d` : '' }  // e`",
            "`a  ${b?` ${{c:1}.c} // d`:''}  // e`\n",
        ),
        ("`\\`  \\${  $ {`", "`\\`  \\${  $ {`\n"),
        ("let {a} = b, c = `x` in d", "let{a}=b,c=`x`in d\n"),
    ],
)
def test_a_script_loses_only_what_is_no_part_of_it(source, compact):
    assert compact_script(source) == compact


def test_a_template_that_does_not_end_is_an_error():
    with pytest.raises(ValueError, match="template: expected its end"):
        compact_script("a = `b")


@pytest.mark.parametrize(
    ("source", "compact"),
    [
        (
            ".a { /* why */\n\n  & :is(b, c) {\n    color: red;\n  }\n}",
            ".a {\n& :is(b, c) {\ncolor: red;\n}\n}\n",
        ),
        ('.a::before { content: "  /* text */ "; }', '.a::before { content: "  /* text */ "; }\n'),
        (
            "a { width: calc(1px  +  2px); b: url(x/*.png) }",
            "a { width: calc(1px + 2px); b: url(x/*.png) }\n",
        ),
    ],
)
def test_a_style_sheet_loses_only_comments_and_indentation(source, compact):
    assert compact_style(source) == compact


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_a_style_sheet_that_is_served_has_the_words_of_its_source(path):
    source = path.read_text()
    served = compact_style(source)
    assert "/*" not in served
    assert re.sub(r"/\*.*?\*/", " ", source, flags=re.S).split() == served.split()
