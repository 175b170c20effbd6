"""Figures of scipy that tests/engine/analysis/statistics holds: python3 scipy_figures.py (scipy 1.x, numpy)."""
import json
import numpy as np
from scipy import stats

sample = [1.2, -0.4, 2.2, 0.7, 3.1, -0.1, 1.5]
print(json.dumps({
    "student": [[p, f, stats.t.ppf(p, f)] for p, f in [(0.975, 4), (0.975, 9), (0.95, 1), (0.025, 19), (0.9, 2.5)]],
    "beta": [[x, a, b, stats.beta.cdf(x, a, b)] for x, a, b in [(0.3, 2, 5), (0.99, 50, 1), (0.01, 0.5, 0.5), (0.6, 120, 80)]],
    "clopperPearson": [[k, n, *stats.binomtest(k, n).proportion_ci(method="exact")] for k, n in [(0, 30), (1, 30), (3, 40), (40, 40)]],
    "spearman": stats.spearmanr([1, 2, 2, 3, 5, 4], [2, 1, 4, 3, 6, 6])[0],
    "meanInterval": stats.t.interval(0.95, len(sample) - 1, loc=np.mean(sample), scale=stats.sem(sample)),
}))
