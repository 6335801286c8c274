"""Entry: `streamlit run streamlit_app.py` starts the dashboard with its own HTTP routes."""

import streamlit as st

from dashboard.server import refuse_open_address, routes

refuse_open_address()
app = st.App("dashboard/navigation.py", routes=routes())
