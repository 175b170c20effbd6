"""Dice and 95 % Hausdorff distance of two ellipsoids, by numpy and scipy: the figures in tests/engine/volume/overlap.test.ts.

usage: python3 surface_distance.py          (numpy 2, scipy 1.17)
Surface voxels: mask minus its erosion by the 6-neighbourhood (border outside). Distances: exact Euclidean distance transform.
"""
import numpy as np
from scipy import ndimage

shape, spacing = (20, 24, 28), (2.5, 1.25, 1.0)  # k, j, i
k, j, i = np.indices(shape)


def ellipsoid(centre, radii):
    return sum((((q - c) / r) ** 2 for q, c, r in zip((k, j, i), centre, radii))) <= 1


a = ellipsoid((9.3, 11.2, 13.1), (5.2, 7.4, 8.9))
b = ellipsoid((10.1, 12.9, 12.2), (4.6, 6.1, 10.3))
b[2:4, 2:5, 3:6] = True
surface = lambda m: m & ~ndimage.binary_erosion(m, ndimage.generate_binary_structure(3, 1))
sa, sb = surface(a), surface(b)
to = lambda s: ndimage.distance_transform_edt(~s, sampling=spacing)
there, back = to(sb)[sa], to(sa)[sb]
print("voxels", a.sum(), b.sum(), sa.sum(), sb.sum())
print("dice", repr(2 * (a & b).sum() / (a.sum() + b.sum())))
print("hd95", repr(np.percentile(there, 95)), repr(np.percentile(back, 95)))
print("sum of distances to b", repr(to(b).sum()))
