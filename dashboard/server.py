"""What the server answers beside Streamlit's own pages."""

from starlette.routing import BaseRoute

from dashboard.routes import scores, tiles


def routes() -> list[BaseRoute]:
    """Return every route of ours; all lie under `/hpa/`."""
    return [*scores.routes, *tiles.routes]
