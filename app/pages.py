"""What is read rather than streamed: the pages, the list of exhibits, the server's health.

A template gets, beside what its page passes: `asset(name)` and `modules(*entries)` for addresses
below /static, `plotly_url()`, `tex(latex, tensors, display=...)`, and `version`.
"""

import gzip
import importlib.metadata
from typing import Any

import jinja2
from fastapi import APIRouter, FastAPI, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse
from starlette.exceptions import HTTPException as StarletteHTTPException

from app import assets, maths
from app.metrics import render as render_metrics
from engine.exhibits import EXHIBITS, HALLS

router = APIRouter()

READ = ["GET", "HEAD"]


def environment(files: assets.Assets) -> jinja2.Environment:
    """Return the templates, with what all of them may use."""
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(assets.folder("templates")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals.update(
        asset=files.url,
        modules=files.modules,
        plotly_url=files.plotly_url,
        tex=maths.tex,
        version=importlib.metadata.version("perceptarium"),
    )
    return templates


@router.api_route("/", methods=READ)
def home(request: Request) -> Response:
    """Show the halls with their exhibits."""
    return _page(request, "home.html", halls=_halls(request))


@router.api_route("/e/{slug}", methods=READ)
def exhibit(request: Request, slug: str) -> Response:
    """Show one exhibit: its lesson, `exhibits/<slug>.html`, which extends `exhibit.html`."""
    if slug not in EXHIBITS:
        raise HTTPException(404)
    described = EXHIBITS[slug].describe(request.app.state.library)
    hall = HALLS[described["hall"]]
    return _page(request, f"exhibits/{slug}.html", exhibit=described, hall=hall)


@router.api_route("/api/exhibits", methods=READ)
def exhibits(request: Request) -> Response:
    """List the exhibits: slug, title, hall, promise, controls with their ranges, tensors."""
    library = request.app.state.library
    described = [exhibit.describe(library) for exhibit in EXHIBITS.values()]
    return JSONResponse({"exhibits": described}, headers={"Cache-Control": "no-cache"})


@router.api_route("/healthz", methods=READ)
def healthz() -> Response:
    """Say that the server answers."""
    return JSONResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})


@router.api_route("/metrics", methods=READ)
async def metrics(request: Request) -> Response:
    """Count sessions, frames and slices, for a scraper."""
    text = render_metrics(request.app.state.sessions)
    return PlainTextResponse(text, headers={"Cache-Control": "no-store"})


def add_error_pages(app: FastAPI) -> None:
    """Answer errors with a page to a person, and with JSON to a program."""

    def respond(request: Request, error: Exception) -> Response:
        assert isinstance(error, StarletteHTTPException)
        status, headers = error.status_code, error.headers
        if "text/html" not in request.headers.get("accept", ""):
            return JSONResponse({"detail": error.detail}, status, headers)
        page = _page(
            request, "error.html", status=status, halls=_halls(request), path=request.url.path
        )
        page.status_code = status
        page.headers.update(headers or {})
        return page

    app.add_exception_handler(StarletteHTTPException, respond)


def _halls(request: Request) -> list[dict[str, Any]]:
    library = request.app.state.library
    described = [exhibit.describe(library) for exhibit in EXHIBITS.values()]
    return [
        {"name": name, "title": title, "exhibits": [e for e in described if e["hall"] == name]}
        for name, title in HALLS.items()
    ]


def _page(request: Request, template: str, **values: Any) -> Response:
    text = request.app.state.templates.get_template(template).render(values)
    headers = {"Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    if not assets.accepts_gzip(request.headers.get("accept-encoding", "")):
        return HTMLResponse(text, headers=headers)
    headers["Content-Encoding"] = "gzip"
    return HTMLResponse(gzip.compress(text.encode(), mtime=0), headers=headers)
