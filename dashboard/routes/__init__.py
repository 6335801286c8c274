"""HTTP routes beside Streamlit's own: arrays that go to the browser once, as bytes."""
