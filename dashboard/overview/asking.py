"""What several import forms ask for: files, by path or upload, and a name."""

import streamlit as st

from dashboard.overview.imports import Source


def ask_for_file(what: str, types: list[str], *, key: str) -> Source:
    """Ask for one file by path or upload."""
    path = st.text_input(f"{what}: path on this machine", key=f"{key}-path")
    upload = st.file_uploader(f"or upload it ({', '.join(types)})", type=types, key=f"{key}-upload")
    return Source(path.strip(), upload)


def ask_for_files(what: str, types: list[str], *, key: str) -> list[Source]:
    """Ask for any number of files: one by path, the others by upload."""
    path = st.text_input(f"{what}: path on this machine", key=f"{key}-path").strip()
    uploads = st.file_uploader(
        f"or upload them ({', '.join(types)})",
        type=types,
        accept_multiple_files=True,
        key=f"{key}-upload",
    )
    return [Source(path, None)] * bool(path) + [Source("", upload) for upload in uploads]


def ask_for_name(key: str) -> str:
    """Ask for the name of what comes in."""
    return st.text_input(
        "Name", key=f"{key}-name", help="Letters, digits, '.', '-' and '_'."
    ).strip()
