"""What TensorFlow computes with deepbrain 0.1's frozen 3D U-Net (MIT) on an input that is made by a rule, sampled.

    pip download --no-deps deepbrain==0.1 && unzip deepbrain-0.1-py3-none-any.whl
    k2/bin/python deepbrain.py deepbrain/models/graph.pb > deepbrain.json            # tensorflow-cpu 2.15.1, see make.py
"""

import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

import numpy as np
import tensorflow as tf

size = 128
i = np.arange(size**3, dtype=np.int64)
s, r, c = i // size**2, (i // size) % size, i % size
inside = (s - 64) ** 2 + (r - 60) ** 2 + (c - 66) ** 2 < 45**2
x = np.where(inside, 0.5, 0.0) + (i * 7919 % 1009) / 5045
x = x.astype("float32").reshape(1, size, size, size, 1)

graph = tf.compat.v1.GraphDef()
graph.ParseFromString(open(sys.argv[1], "rb").read())
with tf.Graph().as_default():
    tf.import_graph_def(graph, name="")
    with tf.compat.v1.Session() as session:
        prob = session.run("prob:0", {"img:0": x, "training:0": False})
at = np.linspace(0, prob.size - 1, 997).astype(int)
print(json.dumps({"at": at.tolist(), "prob": [float(v) for v in prob.ravel()[at]], "mean": float(prob.mean(dtype="float64"))}))
