"""The pages as the server sends them: complete, readable without a script, loading from here."""

import json
from html.parser import HTMLParser

import jinja2
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app import pages
from app.main import create_app
from app.settings import Settings
from engine.data.library import Library
from engine.exhibits import EXHIBITS, HALLS
from engine.recorder import Recorder

PATHS = ["/", *(f"/e/{slug}" for slug in EXHIBITS)]
HTML = {"Accept": "text/html,application/xhtml+xml"}
SIZE_OF_FIRST_VIEW = 150_000
VOID = {"meta", "link", "img", "input", "br", "hr", "source", "wbr"}


class Markup(HTMLParser):
    """The elements of a page with their attributes, and its text outside of scripts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open
        assert self.open.pop() == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        if not {"script", "style", "title"} & set(self.open):
            self.words += data.split()

    def values(self, attribute: str) -> list[str]:
        return [attributes[attribute] for _, attributes in self.elements if attribute in attributes]


@pytest.fixture(scope="module")
def app() -> FastAPI:
    return create_app(Settings(host="127.0.0.1", data_dir=None))


@pytest.fixture(scope="module")
def client(app: FastAPI) -> TestClient:
    return TestClient(app, base_url="http://localhost:8000")


@pytest.fixture(params=PATHS)
def markup(request: pytest.FixtureRequest, client: TestClient) -> Markup:
    answer = client.get(request.param, headers=HTML)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return Markup(answer.text)


def test_every_element_is_closed(markup: Markup) -> None:
    assert markup.open == []


def test_each_id_is_there_once_and_each_reference_leads_to_one(markup: Markup) -> None:
    ids = markup.values("id")
    assert len(set(ids)) == len(ids)
    references = [
        *(href.removeprefix("#") for href in markup.values("href") if href.startswith("#")),
        *(name for names in markup.values("aria-labelledby") for name in names.split()),
        *(name for names in markup.values("aria-describedby") for name in names.split()),
        *markup.values("for"),
    ]
    assert set(references) <= set(ids)


def test_nothing_is_inline_that_the_policy_forbids(markup: Markup) -> None:
    for tag, attributes in markup.elements:
        assert tag != "style"
        assert tag != "script" or "src" in attributes or attributes["type"] == "application/json"
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith("on")]


def test_all_that_a_page_loads_is_there_and_may_be_kept(client: TestClient, markup: Markup) -> None:
    addresses = {
        attributes.get("src") or attributes["href"]
        for tag, attributes in markup.elements
        if tag in ("script", "link", "img")
    }
    assert addresses
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "immutable" in answer.headers["cache-control"]


def test_no_address_leads_to_another_host(markup: Markup) -> None:
    for name in ("src", "href", "action", "data-src"):
        for address in markup.values(name):
            assert address.startswith(("/", "#")), address
            assert not address.startswith("//")


@pytest.mark.parametrize("path", PATHS)
def test_a_first_view_is_small(client: TestClient, path: str) -> None:
    page = client.get(path, headers=HTML)
    markup = Markup(page.text)
    addresses = {
        attributes.get("src") or attributes["href"]
        for tag, attributes in markup.elements
        if tag in ("script", "link")
    }
    packed = (client.get(address, headers={"Accept-Encoding": "gzip"}) for address in addresses)
    sizes = [int(answer.headers["content-length"]) for answer in packed]
    assert sum(sizes) + int(page.headers["content-length"]) < SIZE_OF_FIRST_VIEW


def test_the_home_page_shows_each_exhibit_in_its_hall(client: TestClient) -> None:
    markup = Markup(client.get("/").text)
    text = " ".join(markup.words)
    links = markup.values("href")
    for exhibit in EXHIBITS.values():
        assert f"/e/{exhibit.slug}" in links
        assert exhibit.title in text
        assert exhibit.promise in text
    for hall in HALLS:
        assert hall in markup.values("id")


@pytest.mark.parametrize("slug", EXHIBITS)
def test_a_lesson_can_be_read_without_a_script(client: TestClient, slug: str) -> None:
    markup = Markup(client.get(f"/e/{slug}").text)
    assert EXHIBITS[slug].title in " ".join(markup.words)
    assert len(markup.words) > 200
    assert "math" in [tag for tag, _ in markup.elements]
    assert "noscript" in [tag for tag, _ in markup.elements]


@pytest.mark.parametrize("slug", EXHIBITS)
def test_a_lesson_names_only_tensors_that_are_published(client: TestClient, slug: str) -> None:
    markup = Markup(client.get(f"/e/{slug}").text)
    named = set(markup.values("data-tensor"))
    assert named
    # what is published may depend on the mode, which a beat sets
    beats = [attributes for tag, attributes in markup.elements if tag == "lesson-beat"]
    for values in dict.fromkeys(["{}", *(beat.get("values") or "{}" for beat in beats)]):
        run = Recorder(EXHIBITS[slug], json.loads(values), 1, Library())
        named -= set(run.snapshot().arrays)
        if not named:
            break
    assert named == set()


def test_the_list_of_exhibits_is_the_engines(app: FastAPI, client: TestClient) -> None:
    answer = client.get("/api/exhibits")
    assert answer.headers["content-type"] == "application/json"
    listed = answer.json()["exhibits"]
    assert [each["slug"] for each in listed] == list(EXHIBITS)
    for each in listed:
        exhibit = EXHIBITS[each["slug"]]
        assert each == exhibit.describe(app.state.library)
        assert exhibit.check({c["name"]: c["default"] for c in each["controls"]}, app.state.library)


@pytest.mark.parametrize("path", [*PATHS, "/healthz", "/api/exhibits"])
def test_a_probe_may_ask_for_the_head_alone(client: TestClient, path: str) -> None:
    assert client.head(path).status_code == 200


def test_health_is_one_short_answer(client: TestClient) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok"}
    assert answer.headers["cache-control"] == "no-store"


def test_metrics_count_sessions_frames_and_slices(client: TestClient) -> None:
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    for name in ("sessions", "frames_sent_total", "frames_replaced_total", "slice_seconds_count"):
        assert f"\nperceptarium_{name} 0" in answer.text


def test_who_is_lost_is_shown_the_way(client: TestClient) -> None:
    answer = client.get("/e/<b>nowhere</b>", headers=HTML)
    assert answer.status_code == 404
    assert "/e/&lt;b&gt;nowhere&lt;/b&gt;" in answer.text
    links = Markup(answer.text).values("href")
    assert {"/", *(f"/e/{slug}" for slug in EXHIBITS)} <= set(links)


def test_a_program_that_is_lost_gets_json(client: TestClient) -> None:
    answer = client.get("/api/nothing")
    assert answer.status_code == 404
    assert answer.json() == {"detail": "Not Found"}


def test_what_cannot_be_done_with_a_page_is_said(client: TestClient) -> None:
    answer = client.post("/", headers=HTML)
    assert answer.status_code == 405
    assert "405" in answer.text
    assert answer.headers["allow"]


def test_a_page_is_asked_for_again_each_time(client: TestClient) -> None:
    assert client.get("/").headers["cache-control"] == "no-cache"


def test_a_template_that_uses_what_it_was_not_given_fails(app: FastAPI) -> None:
    template = pages.environment(app.state.assets).from_string("{{ nothing }}")
    with pytest.raises(jinja2.UndefinedError):
        template.render()


def test_a_page_is_packed_for_who_accepts_it(client: TestClient) -> None:
    packed = client.get("/", headers={"Accept-Encoding": "gzip"})
    plain = client.get("/", headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.text == plain.text


def test_what_is_put_into_a_template_cannot_become_markup(app: FastAPI) -> None:
    template = pages.environment(app.state.assets).from_string("{{ words }} {{ tex('x < y') }}")
    text = template.render(words="<script>")
    assert "&lt;script&gt;" in text
    assert "<math" in text
