"""What a setting may be: each value with its meaning in one line, for forms and command lines."""

MODELS = {
    "small": "residual network of 0.4 M parameters, quick on two CPU cores at 128 px",
    "bninception": "model 1: BN-Inception with a four-channel first convolution",
    "wide": "model 2: three convolutions, four parallel branches, joined by further convolutions",
}
LOSSES = {
    "bce": "binary cross-entropy, mean over samples and classes",
    "weighted-bce": "cross-entropy with positives weighted by negatives / positives, at most 20",
    "focal": "focal loss with gamma 2: sure decisions weigh less",
    "asymmetric": "focal for what is absent (gamma 4, below 0.05 ignored), plain for what is there",
    "soft-f1": "macro F1 of the batch with probabilities for calls; wants large batches",
    "lovasz": "symmetric Lovász hinge: how far each image's set of labels is off",
}
UNCALIBRATED = frozenset(LOSSES) - {"bce"}
"""Losses whose probabilities are no frequencies."""
SCHEDULES = {
    "constant": "the learning rate stays",
    "cosine": "falls to zero along half a cosine",
    "steps": "a tenth after every third of the training",
}
OPTIMIZERS = {"sgd": "SGD with momentum", "adamw": "AdamW, decoupled weight decay"}
PRECISIONS = {
    "auto": "bf16 on a GPU, fp32 on a CPU (where bf16 is 5 to 25 times slower)",
    "fp32": "single precision",
    "bf16": "bfloat16 autocast",
}
DEVICES = {"auto": "the GPU if there is one", "cpu": "the CPU", "cuda": "the GPU"}
