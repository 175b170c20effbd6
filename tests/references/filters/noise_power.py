"""How many kernels a layer needs before the four layer tests (Holm, 5 %) see a smooth signal in it: python3 noise_power.py > noise_power.json

Signal: Gaussian random field with correlation exp(-r^2/2), r in cells, carrying a share s of the variance; noise: iid normal. Four kernels
a filter. For each kernel size and share the least number of kernels, of a fixed ladder, from which 80 % (and for s = .25, 95 %) of the
layers are called structured; a power law through the two rungs around it. numpy, scipy.
"""
import itertools
import json
import sys
import numpy as np
from scipy import fft, stats

rng = np.random.default_rng(20)
SHARES = [0.1, 0.25, 0.5, 0.75, 0.9]
LADDER = [4, 8, 12, 16, 24, 32, 48, 64, 100, 160, 256, 400, 640, 1024]
SIZES = [(3,), (5,), (7,), (9,), (2, 2), (3, 3), (4, 4), (5, 5), (7, 7), (9, 9), (11, 11), (2, 2, 2), (3, 3, 3), (4, 4, 4), (5, 5, 5)]
DRAWS = 300


class Size:
    def __init__(self, size):
        self.size, self.d = size, int(np.prod(size))
        at = np.array(list(itertools.product(*map(range, size))), float)
        gap = ((at[:, None] - at[None]) ** 2).sum(-1)
        self.w = (gap == 1).astype(float)
        s0, s1, s2, n = self.w.sum(), 2 * self.w.sum(), ((2 * self.w.sum(1)) ** 2).sum(), self.d
        self.e = -1 / (n - 1)
        var = (n * n * s1 - n * s2 + 3 * s0 * s0) / ((n * n - 1) * s0 * s0) - self.e ** 2
        self.sd, self.s0 = np.sqrt(max(var, 1e-300)), s0
        self.root = np.linalg.cholesky(np.exp(-gap / 2) + 1e-10 * np.eye(n))
        self.low = (np.sqrt(((at / np.array(size)) ** 2).sum(1)) <= 1 / 3 + 1e-9)
        self.c = None

    def ps(self, x):
        """x: draws x K x d -> p1..p4 for each draw."""
        draws, k, d = x.shape
        z = x - x.mean(-1, keepdims=True)
        moran = d / self.s0 * np.einsum('bki,bki->bk', z @ self.w, z) / (z ** 2).sum(-1)
        p2 = 2 * stats.norm.sf(abs(np.sqrt(k) * (moran.mean(1) - self.e) / self.sd)) if d > 2 else np.ones(draws)
        waves = fft.dctn(x.reshape(draws, k, *self.size), axes=range(2, 2 + len(self.size)), norm='ortho').reshape(x.shape) ** 2
        low = waves[..., self.low].sum(-1) / waves.sum(-1)
        q = self.low.sum()
        zl = stats.norm.isf(np.clip(stats.beta.sf(low, q / 2, (d - q) / 2), 1e-16, 1 - 1e-16))
        p3 = stats.norm.sf(zl.mean(1) * np.sqrt(k))
        u = x / np.linalg.norm(x, axis=-1, keepdims=True)
        t = np.einsum('bki,bkj->bij', u, u) / k
        s = k * d * (d + 2) / 2 * ((t ** 2).sum((1, 2)) - 1 / d)
        r = k * d * (u.mean(1) ** 2).sum(-1)
        p1 = np.minimum(1, 2 * np.minimum(stats.chi2.sf(s, (d - 1) * (d + 2) / 2), stats.chi2.sf(r, d)))
        m = x.reshape(draws, max(k // 4, 1), -1)
        m = m / np.sqrt((m ** 2).mean((1, 2), keepdims=True))
        big, small = max(m.shape[1:]), min(m.shape[1:])
        if small < 5:
            p4 = np.ones(draws)
        else:
            gram = m @ m.transpose(0, 2, 1) if m.shape[1] < m.shape[2] else m.transpose(0, 2, 1) @ m
            top = np.linalg.eigvalsh(gram)[:, -1]
            mu = (np.sqrt(big - 1) + np.sqrt(small)) ** 2
            sig = np.sqrt(mu) * (1 / np.sqrt(big - 1) + 1 / np.sqrt(small)) ** (1 / 3)
            p4 = stats.gamma.sf((top - mu) / sig + 9.84801, 46.446, scale=0.186054)
        tests = [p1, p2, p3, p4] if small >= 5 else [p1, p2, p3]
        return np.stack(tests, 1) * len(tests)

    def power(self, s, k):
        shape = (DRAWS, k, self.d)
        x = np.sqrt(s) * rng.standard_normal(shape) @ self.root.T + np.sqrt(1 - s) * rng.standard_normal(shape)
        return float((self.ps(x).min(1) <= 0.05).mean())


def crossing(powers, wanted):
    before = None
    for k, p in powers:
        if p >= wanted:
            if before is None:
                return k
            (k0, p0) = before
            return int(np.ceil(np.exp(np.log(k0) + (wanted - p0) / (p - p0) * np.log(k / k0))))
        before = (k, p)
    return None


table = {}
for size in SIZES:
    own = Size(size)
    row = {'false': None, 'k80': {}, 'k95': None}
    row['false'] = max(own.power(0, 32), own.power(0, 100))
    for s in SHARES:
        powers = []
        for k in LADDER:
            if k * own.d * DRAWS > 4e7:
                break
            powers.append((k, own.power(s, k)))
            if powers[-1][1] >= 0.97:
                break
        row['k80'][str(s)] = crossing(powers, 0.8)
        if s == 0.25:
            row['k95'] = crossing(powers, 0.95)
    table['x'.join(map(str, size))] = row
    print(size, row, file=sys.stderr, flush=True)
json.dump({'draws': DRAWS, 'table': table}, sys.stdout, indent=1)
