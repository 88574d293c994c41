"""The application: a table of contents."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from app import assets, exports, live, pages
from app.security import Guard
from app.sessions import Sessions
from app.settings import Settings
from engine.data.library import Library


def create_app(settings: Settings) -> FastAPI:
    """Return the server: pages, files, and one websocket for each visitor."""
    app = FastAPI(title="Perceptarium", lifespan=_lifespan, openapi_url=None)

    app.state.settings = settings
    app.state.library = Library(settings.data_dir)
    app.state.sessions = Sessions(settings)
    app.state.assets = assets.Assets(assets.folder("static"))
    app.state.templates = pages.environment(app.state.assets)

    app.add_middleware(Guard, settings=settings)
    pages.add_error_pages(app)

    app.include_router(pages.router)
    app.include_router(assets.router)
    app.include_router(exports.router)
    app.include_router(live.router)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    await app.state.sessions.start()
    try:
        yield
    finally:
        await app.state.sessions.close()
