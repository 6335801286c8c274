import streamlit as st

from dashboard import cache
from dashboard.guard import guarded
from dashboard.session import session
from dashboard.training import choice, form, predicting, view
from dashboard.training.links import take_linked_settings

st.title("Train")
st.write(
    "Start a network on the dataset chosen beside, watch it learn, stop it and go on later. "
    "A training is a process of its own: this page may be closed meanwhile."
)
trainings = choice.every_training()
dataset = session().dataset
asked = False
with guarded():
    asked = dataset is not None and take_linked_settings(cache.dataset(dataset))

fold = f"train-new-{form.started_trainings()}"
with (
    st.expander("New training", expanded=not trainings or asked, icon=":material/add:", key=fold),
    guarded(),
):
    if dataset is None:
        st.info("There is no dataset yet. Import one on the Overview, or open the demo.")
    elif started := form.new_training(cache.dataset(dataset)):
        choice.choose_training(started)
        st.rerun()

if not trainings:
    st.stop()
choice.draw_trainings()
chosen, compared, classes = choice.ask_trainings(trainings)
view.watch_training(chosen, compared, classes)
predicting.draw_predicting(chosen, trainings)
