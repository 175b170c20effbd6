"""Figures of SciPy and scikit-image that tests/engine/analysis/statistics/paired.test.ts holds: python3 paired_figures.py > paired_figures.json."""
import json
import numpy as np
from scipy import optimize, stats
from scipy.spatial import procrustes
from skimage.metrics import structural_similarity

rng = np.random.default_rng(7)
samples = {
    "plain": [1.2, -0.4, 2.2, 0.7, 3.1, -0.1, 1.5],
    "zeros": [0.0, 0.5, -0.2, 0.9, 0.0, 1.1, 0.3, -0.4, 0.8, 0.6],
    "ties": [1, 1, -1, 2, 2, 3, -2, 4, 1, 5],
    "many": [round(float(x), 6) for x in rng.normal(0.2, 1, 60)],
}


def exact(d):
    """Every assignment of signs to the ranks of what differs, zeros ranked and left out (Pratt)."""
    d = np.array(d, float)
    ranks = stats.rankdata(np.abs(d))[d != 0]
    signs = np.sign(d[d != 0])
    w = min(ranks[signs > 0].sum(), ranks[signs < 0].sum())
    sums = np.array([0.0])
    for r in ranks:
        sums = np.concatenate([sums, sums + r])
    return w, min(1.0, 2 * float(np.mean(sums <= w + 1e-9)))


def wilcoxon(name, d):
    if name == "plain":
        r = stats.wilcoxon(d, method="exact")
        return {"W": float(r.statistic), "p": float(r.pvalue)}
    if name == "many":
        r = stats.wilcoxon(d, zero_method="pratt", method="approx", correction=False)
        return {"W": float(r.statistic), "p": float(r.pvalue)}
    w, p = exact(d)
    return {"W": float(w), "p": p}


def walsh(d):
    d = np.array(d, float)
    i, j = np.triu_indices(len(d))
    return float(np.median((d[i] + d[j]) / 2))


def tost(d, margin):
    low = stats.ttest_1samp(d, -margin, alternative="greater").pvalue
    high = stats.ttest_1samp(d, margin, alternative="less").pvalue
    return float(max(low, high))


gains = rng.normal(size=(7, 7)).round(4)
rows, columns = optimize.linear_sum_assignment(-gains)

a, b = rng.normal(size=(6, 3)).round(4), rng.normal(size=(6, 3)).round(4)
# scipy's disparity is 1 − ‖XᵀY‖_*²; Ding's distance 2 − 2‖XᵀY‖_*.
nuclear = float(np.sqrt(1 - procrustes(a, b)[2]))

x2 = np.sin(np.arange(14 * 17) * 0.37).reshape(14, 17)
y2 = x2 + 0.2 * np.cos(np.arange(14 * 17) * 1.7).reshape(14, 17)
x3 = np.sin(np.arange(12 * 13 * 14) * 0.21).reshape(12, 13, 14)
y3 = 0.8 * x3 + 0.3 * np.cos(np.arange(12 * 13 * 14) * 0.9).reshape(12, 13, 14)
ssim = [
    structural_similarity(x, y, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=2, full=True)[1]
    for x, y in [(x2, y2), (x3, y3)]
]

print(json.dumps({
    "wilcoxon": {name: {"d": d, **wilcoxon(name, d)} for name, d in samples.items()},
    "hodgesLehmann": {name: walsh(d) for name, d in samples.items()},
    "tost": [[0.5, tost(samples["zeros"], 0.5)], [2.0, tost(samples["plain"], 2.0)], [1.0, tost(samples["many"], 1.0)]],
    "assignment": {"gains": gains.tolist(), "columns": columns.tolist(), "total": float(gains[rows, columns].sum())},
    "procrustes": {"a": a.tolist(), "b": b.tolist(), "distance": 2 - 2 * nuclear},
    "ssim": [
        {"mean": float(ssim[0].mean()), "at": [float(ssim[0][0, 0]), float(ssim[0][7, 8]), float(ssim[0][13, 3])]},
        {"mean": float(ssim[1].mean()), "at": [float(ssim[1][0, 0, 0]), float(ssim[1][6, 6, 6]), float(ssim[1][11, 0, 13])]},
    ],
}, indent=1))
