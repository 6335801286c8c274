"""Routes: tiles."""

from starlette.routing import BaseRoute

routes: list[BaseRoute] = []
