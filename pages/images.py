import streamlit as st

st.title("Images")
