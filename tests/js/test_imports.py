"""Imports of the browser's modules point down: exhibits -> views -> core."""

import re
from pathlib import Path

import pytest

from app.assets import Assets

STATIC = Path(__file__).parents[2] / "static"
MODULES = sorted(path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*.js"))

LAYERS = ("js/core/", "js/views/", "js/exhibits/", "js/")
"""From the lowest up; the last is of the pages' entries."""


def layer(module: str) -> int:
    return next(number for number, folder in enumerate(LAYERS) if module.startswith(folder))


def exhibit_of(module: str) -> str:
    """Return whose it is: of `js/exhibits/descent.js`, and of what lies in its folder."""
    return module.removeprefix("js/exhibits/").removesuffix(".js").split("/")[0]


def imports(source: str) -> list[str]:
    """Return every address in an import or re-export, static or dynamic, that is spelt out."""
    return re.findall(r"""(?:\bfrom|\bimport)\s*\(?\s*["'`]([^"'`$]+)["'`]""", source)


def code(module: str) -> str:
    """Return a module without its comments: types named in JSDoc are not loaded."""
    return re.sub(r"/\*.*?\*/|^\s*//.*?$", "", (STATIC / module).read_text(), flags=re.S | re.M)


def resolve(module: str, address: str) -> str:
    return (STATIC / module).parent.joinpath(address).resolve().relative_to(STATIC).as_posix()


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_what_lies_below_it(module: str) -> None:
    for address in imports(code(module)):
        assert address.startswith(("./", "../")), f"{address}: expected a relative address"
        target = resolve(module, address)
        assert target in MODULES, f"{address}: no such module"
        assert layer(target) <= layer(module), f"{module} imports {target}"


@pytest.mark.parametrize("module", [name for name in MODULES if layer(name) == 2])
def test_no_exhibit_imports_another(module: str) -> None:
    targets = [resolve(module, address) for address in imports(code(module))]
    others = [one for one in targets if layer(one) == 2 and exhibit_of(one) != exhibit_of(module)]
    assert others == []


@pytest.mark.parametrize("module", MODULES)
def test_the_preloaded_graph_follows_every_static_import(module: str) -> None:
    assets = Assets(STATIC)
    preloaded = {url.split("/", 3)[3] for url in assets.modules(module)}
    static = re.findall(r"""\bfrom\s*["']([^"']+)["']|\bimport\s*["']([^"']+)["']""", code(module))
    assert {resolve(module, first or second) for first, second in static} <= preloaded


def test_an_import_upwards_would_be_seen() -> None:
    assert imports('import { a } from "../views/a.js";') == ["../views/a.js"]
    assert imports('import "./b.js";') == ["./b.js"]
    assert imports('const c = await import("../exhibits/c.js");') == ["../exhibits/c.js"]
    assert imports('export * from "./d.js";') == ["./d.js"]
    assert layer("js/views/a.js") > layer("js/core/b.js")
