"""Roles: who may review and publish; the store decides who may give them."""

import pandas as pd
import streamlit as st

from dashboard import cache
from dashboard.labeling.person import Person
from hpa_core.labeling.people import MAY, ROLES


def draw_roles(person: Person) -> None:
    """Draw everybody's role and the form that gives one."""
    st.subheader("Roles")
    store = cache.label_store()
    known = store.roles()
    if known:
        table = pd.DataFrame({"Who": list(known), "Role": list(known.values())})
        st.dataframe(table, hide_index=True, key="label-roles")
    else:
        st.write("Everybody is an annotator. Whoever becomes the first admin gives the roles.")
    with st.form("label-role", border=False):
        name = st.text_input("Name", person.name, key="label-role-name")
        explanation = "  \n".join(f"**{role}**: may also {MAY[role]}" for role in ROLES)
        role = st.selectbox("Role", ROLES, index=1, key="label-role-role", help=explanation)
        asked = st.form_submit_button("Give the role", icon=":material/badge:")
    if asked:
        store.give_role(name, role, by=person.name)
        st.rerun()
