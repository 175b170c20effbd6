"""Figures of esda, scipy, numpy and powerlaw for kernels that tests/engine/analysis/filters holds: python3 peers.py > peers.json

numpy 2.4, scipy 1.17, esda 2.9 (libpysal 4.14), powerlaw 2.0. Weights are float32, in the order [k..., in, out].
"""
import itertools
import json
import sys
import warnings
import numpy as np
from scipy import fft, stats
from esda.moran import Moran
from esda.geary import Geary
from libpysal.weights import W
import powerlaw

warnings.filterwarnings('ignore')
rng = np.random.default_rng(7)


def rook(size):
    cells = list(itertools.product(*map(range, size)))
    at = {c: n for n, c in enumerate(cells)}
    near = {}
    for c, n in at.items():
        own = []
        for a in range(len(size)):
            for s in (-1, 1):
                other = (*c[:a], c[a] + s, *c[a + 1:])
                if other in at:
                    own.append(at[other])
        near[n] = own
    return W(near, silence_warnings=True)


def spatial(kernel):
    w = rook(kernel.shape)
    x = kernel.ravel().astype(float)
    moran = Moran(x, w, transformation='B', permutations=0)
    geary = Geary(x, w, transformation='B', permutations=0)
    waves = fft.dctn(kernel.astype(float), norm='ortho') ** 2
    radius = np.sqrt(sum((np.arange(n) / n).reshape([-1 if b == a else 1 for b in range(kernel.ndim)]) ** 2 for a, n in enumerate(kernel.shape)))
    low = waves[radius <= 1 / 3 + 1e-9].sum() / waves.sum()
    q = int((radius <= 1 / 3 + 1e-9).sum())
    return {'moran': moran.I, 'moranZ': moran.z_norm, 'varianceRandom': moran.VI_rand, 'gearyC': geary.C, 'low': low,
            'high': waves[radius > np.median(radius) + 1e-9].sum() / waves.sum(),
            'lowTail': stats.beta.sf(low, q / 2, (x.size - q) / 2)}


def layer(size, inside, out):
    w = (rng.standard_normal((*size, inside, out)) * 0.3).astype(np.float32)
    d = int(np.prod(size))
    k = w.reshape(d, -1).T.astype(float)
    own = [spatial(w[..., i, o]) for i in range(inside) for o in range(out)]
    u = k / np.linalg.norm(k, axis=1, keepdims=True)
    n = len(k)
    t = u.T @ u / n
    s = n * d * (d + 2) / 2 * (np.trace(t @ t) - 1 / d)
    r = n * d * (u.mean(0) ** 2).sum()
    ps, pr = stats.chi2.sf(s, (d - 1) * (d + 2) / 2), stats.chi2.sf(r, d)
    matrix = np.moveaxis(w, -1, 0).reshape(out, -1).astype(float)
    sv = np.linalg.svd(matrix / np.sqrt((matrix ** 2).mean()), compute_uv=False)
    big, small = max(matrix.shape), min(matrix.shape)
    mu = (np.sqrt(big - 1) + np.sqrt(small)) ** 2
    tw = (sv[0] ** 2 - mu) / (np.sqrt(mu) * (1 / np.sqrt(big - 1) + 1 / np.sqrt(small)) ** (1 / 3))
    share = np.linalg.svd(k - k.mean(0), compute_uv=False) ** 2
    share = share[share > 1e-20] / share.sum()
    zl = stats.norm.isf([o['lowTail'] for o in own])
    flat = w.astype(float).ravel()
    fan_in, fan_out = d * inside, d * out
    a = np.sqrt(6 / (fan_in + fan_out))
    cut = np.sqrt(2 / fan_in) / 0.87962566
    return {'size': list(size), 'inside': inside, 'out': out, 'weights': [float(v) for v in w.ravel()], 'kernels': own[:5],
            'bingham': [s, ps], 'rayleigh': [r, pr], 'p1': min(1, 2 * min(ps, pr)),
            'p2': 2 * stats.norm.sf(abs(np.mean([o['moranZ'] for o in own]) * np.sqrt(n))),
            'p3': stats.norm.sf(zl.mean() * np.sqrt(n)),
            'tracyWidomT': tw, 'p4': stats.gamma.sf(tw + 9.84801, 46.446, scale=0.186054),
            'stableRank': (sv ** 2).sum() / sv[0] ** 2, 'varianceEntropy': -(share * np.log10(share)).sum(),
            'uniform': [*map(float, stats.kstest(flat, stats.uniform(-a, 2 * a).cdf, method='asymp')), float((abs(flat) > a).mean())],
            'truncated': [*map(float, stats.kstest(flat, stats.truncnorm(-2, 2, scale=cut).cdf, method='asymp')), float((abs(flat) > 2 * cut).mean())],
            'anderson': float(stats.anderson(flat, 'norm').statistic)}


pareto = rng.random(400) ** (-1 / 1.5)
fit = powerlaw.Fit(pareto, verbose=False)
sample = rng.standard_normal(80)
json.dump({
    'layers': [layer((3, 3), 3, 8), layer((5, 5), 2, 6), layer((3, 3, 3), 2, 6), layer((7,), 4, 6), layer((3, 4), 2, 5)],
    'chiSquared': [[x, f, float(stats.chi2.sf(x, f))] for x, f in [(3.875, 5), (0.2, 1), (60, 44), (400, 377), (9000, 8000), (1e-3, 3)]],
    'chiSquaredQuantile': [[p, f, float(stats.chi2.ppf(p, f))] for p, f in [(0.025, 71.5), (0.975, 71.5), (0.5, 3), (0.975, 4000)]],
    'normal': [[z, float(stats.norm.sf(z))] for z in [-3, -0.3, 0, 1.96, 6, 12]],
    'normalQuantile': [[p, float(stats.norm.ppf(p))] for p in [1e-16, 1e-5, 0.025, 0.3, 0.5, 0.9]],
    'tracyWidom': [[t, float(stats.gamma.sf(t + 9.84801, 46.446, scale=0.186054))] for t in [-3, 0.9793, 2.0234, 6]],
    'ks': {'sample': sample.tolist(), 'statistic': float(stats.kstest(sample, 'norm').statistic), 'p': float(stats.kstest(sample, 'norm').pvalue)},
    'anderson': {'statistic': float(stats.anderson(sample, 'norm').statistic), 'p': None},
    'powerLaw': {'sample': pareto.tolist(), 'alpha': float(fit.power_law.alpha), 'xmin': float(fit.power_law.xmin), 'sigma': float(fit.power_law.sigma)},
    'eigenvalues': (lambda m: {'matrix': m.ravel().tolist(), 'values': np.linalg.eigvalsh(m)[::-1].tolist()})((lambda a: a @ a.T)(rng.standard_normal((12, 9)))),
    'holm': {'p': [0.01, 0.04, 0.03, 0.005], 'adjusted': [0.03, 0.06, 0.06, 0.02], 'bh': stats.false_discovery_control([0.01, 0.04, 0.03, 0.005]).tolist()},
}, sys.stdout, default=float)
