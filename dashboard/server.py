"""What the server answers beside Streamlit's own pages, and where it may listen."""

import ipaddress
import os

import streamlit as st
from starlette.routing import BaseRoute

from dashboard.routes import labels, points, previews, scores, tiles

TRUST_VARIABLE = "HPA_TRUSTED_NETWORK"


def routes() -> list[BaseRoute]:
    """Return every route of ours; all lie under `/hpa/`."""
    return [
        *scores.routes,
        *tiles.routes,
        *previews.routes,
        *points.routes,
        *labels.routes,
    ]


def refuse_open_address() -> None:
    """End the process where the server would listen beyond this machine without any login.

    Raises:
        SystemExit: the address is not loopback and `HPA_TRUSTED_NETWORK` is not 1.
    """
    address = st.get_option("server.address")
    if is_loopback(address) or os.environ.get(TRUST_VARIABLE) == "1":
        return
    raise SystemExit(
        f"The dashboard would listen on {address or 'every network address'} and has no login: "
        "anyone there could read and change the workspace. Use --server.address 127.0.0.1, or "
        f"set {TRUST_VARIABLE}=1 where everyone on that network may."
    )


def is_loopback(address: str | None) -> bool:
    """Whether only this machine can reach `address`; None means every address."""
    if address is None:
        return False
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"
