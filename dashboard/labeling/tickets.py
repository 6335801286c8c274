"""Tickets: how the labels route knows who a page was drawn for.

The page signs the annotator's name with a secret of the workspace; a request without a ticket, as
another site or a program beside the browser would send it, is nobody's. The secret outlives the
dashboard, so that a pad which was open when the dashboard died can send what it still holds.
"""

import hmac
import os
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from secrets import token_bytes
from tempfile import NamedTemporaryFile

import streamlit as st

from dashboard import cache
from hpa_core.files import explained_os_errors

VALID_SECONDS = 24 * 3600
_FILE = ".label-tickets"


def issue_ticket(annotator: str) -> str:
    """Return a ticket in the name of `annotator`, good for `VALID_SECONDS`."""
    name = urlsafe_b64encode(annotator.encode()).decode()
    claim = f"{name}.{int(time.time())}"
    return f"{claim}.{_signature(claim)}"


def ticket_holder(ticket: str) -> str | None:
    """Return whose ticket it is; None where this workspace did not issue it, or it has run out."""
    claim, _, signature = ticket.rpartition(".")
    if not hmac.compare_digest(signature.encode(), _signature(claim).encode()):
        return None
    name, _, issued = claim.partition(".")
    if time.time() - int(issued) > VALID_SECONDS:
        return None
    return urlsafe_b64decode(name).decode()


def _signature(claim: str) -> str:
    return hmac.new(_secret(), claim.encode(), sha256).hexdigest()


@st.cache_resource(show_spinner=False)
def _secret() -> bytes:
    """Read the workspace's secret; whoever is first makes it, whole and for its owner's eyes."""
    path = cache.workspace().root / _FILE
    with explained_os_errors(path):
        if not path.exists():
            _make_secret(path)
        return path.read_bytes()


def _make_secret(path: Path) -> None:
    with NamedTemporaryFile(dir=path.parent, prefix=_FILE) as file:  # Readable by its owner alone.
        file.write(token_bytes(32))
        file.flush()
        os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(file.name, path)
