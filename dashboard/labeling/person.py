"""Who labels: the person logged in, or, where no login is configured, the name that they give."""

from typing import NamedTuple

import streamlit as st

from dashboard import cache
from dashboard.session import session, write_link
from hpa_core.labeling.people import MAY, ROLES, Role, checked_annotator

_KEY = "label-annotator"


class Person(NamedTuple):
    """Who labels, and in which role."""

    name: str
    role: Role


def choose_person() -> Person | None:
    """Draw who labels here, and in which role; None while nobody is named.

    Raises:
        RoleError: the name given cannot stand in a history.
    """
    if login_configured():
        name = _logged_in()
    elif (known := session().annotator) is None:
        name = _ask_name()
    else:
        with st.popover(_plain(known), icon=":material/person:"):
            name = _ask_name()
    if not name:
        return None
    name = checked_annotator(name)
    role = cache.label_store().role(name)
    st.caption(f"{_plain(name)} is {'an' if role[0] in 'ae' else 'a'} {role}.", help=_may(role))
    return Person(name, role)


def _may(role: Role) -> str:
    rights = [MAY[each] for each in ROLES[: ROLES.index(role) + 1]]
    return f"May {'; '.join(rights)}. An admin gives roles: `labels role`."


def login_configured() -> bool:
    """Whether Streamlit's own login is set up: the secrets hold an `[auth]` section."""
    return "is_logged_in" in st.user.to_dict()


def _logged_in() -> str:
    """Return the identity that the provider vouches for; ask for a login where there is none."""
    if not st.user.is_logged_in:
        st.info("Log in to label: decisions are kept under your name.", icon=":material/person:")
        st.button("Log in", on_click=st.login, key="label-login")
        return ""
    return str(st.user.get("email") or st.user.get("name") or st.user.get("sub") or "")


def _ask_name() -> str:
    """Draw the field of the name; what it says is the session's, and in the link."""
    chosen = session()
    st.session_state.setdefault(_KEY, chosen.annotator or "")
    given = st.text_input(
        "Your name",
        key=_KEY,
        max_chars=100,
        placeholder="Who labels?",
        help="Decisions are kept under this name; use the same one every time.",
        on_change=_take_name,
        width=220,
    )
    return (given or "").strip()


def _take_name() -> None:
    session().annotator = st.session_state[_KEY].strip() or None
    write_link(annotator=session().annotator)


def _plain(name: str) -> str:
    """Write a name so that Markdown shows it as it is."""
    return "".join(
        f"\\{letter}" if letter in r"\`*_{}[]()#+-.!~|<>$:" else letter for letter in name
    )
