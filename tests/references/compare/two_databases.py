"""Figures of dcor and SciPy on two groups of other patients, that tests/engine/analysis/statistics/twoDatabases.test.ts holds.

python3 two_databases.py > two_databases.json (dcor 0.7, SciPy 1.17). p of the energy test: every way to deal the patients anew, by dcor's distance.
"""
import json
from itertools import combinations
import dcor
import numpy as np
from scipy import stats

rng = np.random.default_rng(11)
small = {"a": rng.normal(0, 1, (5, 3)).round(3), "b": (rng.normal(0, 1, (6, 3)) + [1.5, 0, -1]).round(3)}
alike = {"a": rng.normal(0, 1, (4, 2)).round(3), "b": rng.normal(0, 1, (5, 2)).round(3)}


def energy(a, b):
    return float(dcor.energy_distance(a, b))


def exact(a, b):
    rows, k = np.vstack([a, b]), len(a)
    observed, above, ways = energy(a, b), 0, 0
    for chosen in combinations(range(len(rows)), k):
        rest = [i for i in range(len(rows)) if i not in chosen]
        above += energy(rows[list(chosen)], rows[rest]) >= observed - 1e-9
        ways += 1
    return above / ways


def standard(a, b):
    rows = np.vstack([a, b])
    rows = (rows - rows.mean(0)) / rows.std(0, ddof=1)
    return rows[: len(a)], rows[len(a) :]


x = [0.61, 0.72, 0.55, 0.8, 0.66]
y = [0.83, 0.9, 0.79, 0.95, 0.7, 0.88]
long_x, long_y = rng.normal(0, 1, 12).round(3), rng.normal(0.7, 1, 15).round(3)


def mw(a, b, method):
    return float(stats.mannwhitneyu(a, b, alternative="two-sided", method=method).pvalue)


def shift(a, b):
    """Median of all differences, and the interval of those shifts that the two-sided exact test does not reject at 5 %."""
    differences = np.sort((np.array(b)[:, None] - np.array(a)[None, :]).ravel())
    kept = []
    edges = np.concatenate([[differences[0] - 1], differences, [differences[-1] + 1]])
    for low, high in zip(edges[:-1], edges[1:]):
        middle = (low + high) / 2
        if mw(np.array(a) + middle, b, "exact") > 0.05:
            kept.append((low, high))
    return {"value": float(np.median(differences)), "ci95": [float(kept[0][0]), float(kept[-1][1])]}


print(
    json.dumps(
        {
            "energy": [
                {
                    "a": g["a"].tolist(),
                    "b": g["b"].tolist(),
                    "distance": energy(g["a"], g["b"]),
                    "standard": energy(*standard(g["a"], g["b"])),
                    "p": exact(*standard(g["a"], g["b"])),
                }
                for g in (small, alike)
            ],
            "shift": [
                {"a": list(x), "b": list(y), "p": mw(x, y, "exact"), **shift(x, y)},
            ],
            "long": {"a": long_x.tolist(), "b": long_y.tolist(), "p": mw(long_x, long_y, "asymptotic")},
        },
        indent=1,
    )
)
