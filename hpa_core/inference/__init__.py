"""What a trained network says: predictions, embeddings, and what they rest on."""

from hpa_core.inference.ablating import ablate_channels, ablate_run
from hpa_core.inference.ensembles import predict_together
from hpa_core.inference.explaining import explain
from hpa_core.inference.members import Member, open_members
from hpa_core.inference.predicting import predict, predict_dataset
from hpa_core.inference.turned import Views

__all__ = [
    "Member",
    "Views",
    "ablate_channels",
    "ablate_run",
    "explain",
    "open_members",
    "predict",
    "predict_dataset",
    "predict_together",
]
