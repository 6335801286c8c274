import streamlit as st

st.title("Thresholds")
