"""What a setting may be: each value with its meaning in one line, for forms and command lines."""

MODELS = {
    "small": "residual network of 0.4 M parameters, quick on two CPU cores at 128 px",
    "bninception": "model 1: BN-Inception with a four-channel first convolution",
    "wide": "model 2: three convolutions, four parallel branches, joined by further convolutions",
    "xception": "Xception, 20.9 M parameters, depthwise separable convolutions",
    "inceptionv4": "Inception-v4, 41.2 M parameters, at least 75 px",
    "se_resnext50": "SE-ResNeXt-50 (32 x 4d), 25.6 M parameters",
}
PRETRAINED = ("bninception", "xception", "inceptionv4", "se_resnext50")
"""Networks that have ImageNet weights."""
TIMM = "timm:"
"""What the name of a network of timm begins with, as in `timm:convnext_tiny`."""
SMALLEST_SIZE = {"inceptionv4": 75}
SIZE_STEP = {"bninception": 32}
"""Sizes that a network can take, in pixels a side, where not every one from 32 on."""
POOLS = {
    "default": "what the network was made with: both for small, average for the others",
    "average": "mean over the image",
    "max": "maximum over the image: one bright dot is enough",
    "both": "mean and maximum side by side, twice the features",
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
    "auto": "bf16 on a GPU that has it, fp16 on others; fp32 on a CPU, where bf16 is far slower",
    "fp32": "single precision",
    "bf16": "bfloat16 autocast",
    "fp16": "half precision autocast with a scaled loss, for GPUs without bf16 (T4, P100, V100)",
}
COMPILES = {
    "none": "run the network as it is",
    "default": "torch.compile: half a minute or more at every start, then perhaps faster steps",
    "graphs": "torch.compile with CUDA graphs: for small batches on a GPU, whose kernels are short",
}
CHECKPOINTS = {
    "best": "the best epoch",
    "last": "the last epoch",
    "top": "each of the best epochs that keep_best has kept, as an ensemble",
}
"""Which weights of a run predict."""
VIEWS = {
    "none": "the image as it is",
    "flips": "its 4 flips",
    "turns": "its 8 flips and quarter turns",
}
"""Test-time augmentation."""
VIEWS_BY = {"mean": "their mean", "max": "the highest: what one view shows counts"}
CRITERIA = {
    "f1_macro": "highest macro F1 at 0.5; of equal ones, the lower loss",
    "f1_macro_tuned": "highest macro F1 with every class's best threshold, in-sample",
    "loss": "lowest validation loss: F1 of rare classes jumps with single images",
}
"""What makes an epoch the best."""
DEVICES = {"auto": "the GPU if there is one", "cpu": "the CPU", "cuda": "the GPU"}
