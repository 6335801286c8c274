import streamlit as st

st.title("Imbalance")
