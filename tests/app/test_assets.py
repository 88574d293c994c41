"""Files under addresses that change with their content."""

import gzip
import subprocess
import sys
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app import assets
from app.assets import FOREVER, Assets

PAGE = 'import { b } from "./b.js";\nimport "../views/c.js";\nexport const page = b; // why\n'
SERVED = 'import{b}from"./b.js";\nimport"../views/c.js";\nexport const page=b;\n'
B = """export {
  d,
  e,
} from './d.js';
// from './not-imported.js'
export const s = "./text.js";
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    files = {
        "js/core/page.js": PAGE,
        "js/core/b.js": B + f"export const x = '{'x' * 500}';",
        "js/core/d.js": 'import { b } from "./b.js";\n',
        "js/views/c.js": "customElements;\n",
        "css/a.css": "a { color: red }\n",
        "favicon.svg": "<svg/>",
    }
    for name, content in files.items():
        path = tmp_path / "static" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    (tmp_path / "secret.txt").write_text("secret")
    return tmp_path / "static"


@pytest.fixture
def files(tree: Path) -> Assets:
    return Assets(tree)


@pytest.fixture
def client(files: Assets) -> TestClient:
    app = FastAPI()
    app.state.assets = files
    app.include_router(assets.router)
    return TestClient(app, headers={"Accept-Encoding": "identity"})


def test_a_file_may_be_kept_for_ever(client: TestClient, files: Assets) -> None:
    answer = client.get(files.url("js/core/page.js"))
    assert answer.status_code == 200
    assert answer.text == SERVED
    assert answer.headers["cache-control"] == FOREVER
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"


@pytest.mark.parametrize(
    ("name", "media_type"),
    [("css/a.css", "text/css; charset=utf-8"), ("favicon.svg", "image/svg+xml")],
)
def test_a_file_has_its_media_type(
    client: TestClient, files: Assets, name: str, media_type: str
) -> None:
    assert client.get(files.url(name)).headers["content-type"] == media_type


def test_any_change_changes_every_address(files: Assets, tree: Path) -> None:
    (tree / "css/a.css").write_text("a { color: blue }\n")
    assert Assets(tree).url("js/core/page.js") != files.url("js/core/page.js")


def test_a_new_name_changes_every_address(files: Assets, tree: Path) -> None:
    (tree / "css/a.css").rename(tree / "css/b.css")
    assert Assets(tree).hash != files.hash


def test_an_old_address_still_answers_but_is_not_kept(client: TestClient) -> None:
    answer = client.get("/static/0123456789abcdef/js/core/page.js")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-cache"


def test_who_accepts_gzip_gets_it(client: TestClient, files: Assets) -> None:
    url = files.url("js/core/b.js")
    plain = client.get(url)
    packed = client.get(url, headers={"Accept-Encoding": "br;q=1.0, gzip;q=0.8"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.text == plain.text
    assert int(packed.headers["content-length"]) < len(plain.content)
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"


def test_who_declines_gzip_does_not_get_it(client: TestClient, files: Assets) -> None:
    answer = client.get(files.url("js/core/b.js"), headers={"Accept-Encoding": "gzip;q=0"})
    assert "content-encoding" not in answer.headers


def test_a_file_that_would_grow_is_not_packed(client: TestClient, files: Assets) -> None:
    answer = client.get(files.url("favicon.svg"), headers={"Accept-Encoding": "gzip"})
    assert answer.text == "<svg/>"
    assert "content-encoding" not in answer.headers


def test_a_file_is_packed_once(files: Assets, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []

    def counting(data: bytes, **options: int) -> bytes:
        calls.append(len(data))
        return original(data, **options)

    original = gzip.compress
    monkeypatch.setattr(gzip, "compress", counting)
    asset = files.get("js/core/b.js")
    assert asset is not None
    assert asset.packed() == asset.packed()
    assert len(calls) == 1


def test_who_has_it_already_is_told_so(client: TestClient, files: Assets) -> None:
    url = files.url("css/a.css")
    etag = client.get(url).headers["etag"]
    again = client.get(url, headers={"If-None-Match": f'"other", W/{etag}'})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["etag"] == etag
    assert client.get(url, headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "../secret.txt",
        "..%2fsecret.txt",
        "%2e%2e/secret.txt",
        "js/../../secret.txt",
        "/etc/passwd",
        "js/core",
        "",
        "no-such.js",
    ],
)
def test_nothing_but_the_tree_is_served(client: TestClient, files: Assets, path: str) -> None:
    answer = client.get(f"/static/{files.hash}/{path}")
    assert answer.status_code == 404
    assert "secret" not in answer.text


def test_an_address_of_no_file_is_an_error(files: Assets) -> None:
    with pytest.raises(LookupError, match=r"static/js/none\.js: no such file"):
        files.url("js/none.js")


def test_the_modules_of_a_page_are_all_it_imports_once(files: Assets) -> None:
    names = [url.removeprefix(f"/static/{files.hash}/") for url in files.modules("js/core/page.js")]
    assert names == ["js/core/page.js", "js/core/b.js", "js/views/c.js", "js/core/d.js"]


def test_an_import_of_no_file_is_an_error(tree: Path) -> None:
    (tree / "js/core/d.js").write_text('import "./gone.js";\n')
    with pytest.raises(LookupError, match=r"static/js/core/gone\.js: no such module"):
        Assets(tree).modules("js/core/page.js")


def test_plotly_is_served_from_its_wheel(client: TestClient, files: Assets) -> None:
    answer = client.get(files.plotly_url(), headers={"Accept-Encoding": "gzip"})
    assert answer.headers["cache-control"] == FOREVER
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert "plotly.js" in answer.text[:200]
    assert client.get("/vendor/0/plotly.min.js").headers["cache-control"] == "no-cache"


def test_plotly_is_never_imported() -> None:
    code = """
import sys
from app.assets import Assets, folder
assert len(Assets(folder("static")).plotly.content) > 1e6
import app.cli
sys.exit("plotly" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_browsers_that_ask_for_an_icon_get_it(client: TestClient) -> None:
    answer = client.get("/favicon.ico")
    assert answer.headers["content-type"] == "image/svg+xml"
