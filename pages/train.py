import streamlit as st

from dashboard import cache, training_choice, training_form, training_view
from dashboard.guard import guarded
from dashboard.session import session

st.title("Train")
st.write(
    "Start a network on the dataset chosen beside, watch it learn, stop it and go on later. "
    "A training is a process of its own: this page may be closed meanwhile."
)
trainings = training_choice.every_training()

fold = f"train-new-{training_form.starts()}"
with (
    st.expander("New training", expanded=not trainings, icon=":material/add:", key=fold),
    guarded(),
):
    dataset = session().dataset
    if dataset is None:
        st.info("There is no dataset yet. Import one on the Overview, or open the demo.")
    elif started := training_form.new_training(cache.dataset(dataset)):
        training_choice.choose(started)
        st.rerun()

if not trainings:
    st.stop()
training_choice.list_all()
chosen, compared, classes = training_choice.ask(trainings)
training_view.watch(chosen, compared, classes)
