"""Writes arrays.json: .npy files made by numpy (base64) with the values that numpy reads from them. Run: python make_arrays.py > arrays.json"""
import base64, io, json, sys
import numpy as np
from numpy.lib import format as npy

cases = []
rng = np.random.default_rng(7)


def add(name, array, version=(1, 0)):
    stream = io.BytesIO()
    npy.write_array(stream, array, version=version, allow_pickle=True)
    cases.append({
        "name": name,
        "file": base64.b64encode(stream.getvalue()).decode(),
        "shape": list(array.shape),
        "values": None if array.dtype.hasobject else [float(v) for v in np.asarray(array, np.float32).ravel(order="C")],
    })


for kind in ["|b1", "|i1", "|u1", "<i2", ">i2", "<u2", ">u2", "<i4", ">i4", "<u4", "<i8", ">i8", "<u8", "<f2", ">f2", "<f4", ">f4", "<f8", ">f8"]:
    dtype = np.dtype(kind)
    values = rng.normal(scale=50, size=(2, 3, 2))
    if dtype.kind in "ub":
        values = np.abs(values)
    add(f"C order {kind}", values.astype(dtype))
grid = rng.normal(size=(3, 2, 4)).astype(np.float32)
add("Fortran order <f4", np.asfortranarray(grid))
add("Fortran order >f8", np.asfortranarray(grid.astype(">f8")))
add("version 2", grid, (2, 0))
add("version 3", grid, (3, 0))
add("one axis", np.arange(5, dtype="<f4"))
add("no axis", np.array(2.5))
add("half extremes", np.array([65504, 6e-8, -0.0, 6.1e-5, np.float16(0.1)], dtype="<f2"))
add("objects", np.array([{"a": 1}, None], dtype=object))
json.dump(cases, sys.stdout, indent=0)
