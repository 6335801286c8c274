"""The dashboard: Streamlit on one side, `hpa_core` on the other."""
