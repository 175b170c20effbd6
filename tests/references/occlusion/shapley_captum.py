"""Shapley values of Captum 0.9 on a small network, with the numbers that ours are held against.

    python shapley_captum.py > shapley_captum.json

Needs torch and captum. The network is v . relu(W x + b) on 8 x 8 pixels; five features cover the pixels, and a hidden
one takes the baseline. ShapleyValues goes through every order of arrival, so its values are exact up to rounding.
"""

import json

import numpy as np
import torch
from captum.attr import FeatureAblation, ShapleyValues

rng = np.random.default_rng(7)
weights = np.round(rng.normal(0, 0.3, (6, 64)), 3)
bias = np.round(rng.normal(0, 0.5, 6), 3)
out = np.round(rng.normal(0, 1, 6), 3)
image = np.round(rng.uniform(0, 1, (8, 8)), 3)
rows, columns = np.mgrid[0:8, 0:8]
mask = np.where(rows < 3, 0, np.where(columns < 2, 1, np.where(rows < 6, 2, np.where(columns < 5, 3, 4))))
baseline = 0.25


def network(x: torch.Tensor) -> torch.Tensor:
    hidden = torch.relu(x.reshape(len(x), -1) @ torch.tensor(weights.T) + torch.tensor(bias))
    return hidden @ torch.tensor(out)


x = torch.tensor(image)[None]
features = torch.tensor(mask)[None]


def by_feature(method) -> list[float]:
    values = method(network).attribute(x, baselines=baseline, feature_mask=features)[0].numpy()
    return [float(values[mask == k][0]) for k in range(5)]


print(
    json.dumps(
        {
            "weights": weights.tolist(),
            "bias": bias.tolist(),
            "out": out.tolist(),
            "image": image.ravel().tolist(),
            "mask": mask.ravel().tolist(),
            "baseline": baseline,
            "score": float(network(x)[0]),
            "shapley": by_feature(ShapleyValues),
            "ablation": by_feature(FeatureAblation),
        }
    )
)
