"""A SavedModel with an operation that Isolens does not read (Cumsum), and what Python computes with it.

    k2/bin/python blackbox.py .        # tensorflow-cpu 2.15.1, see make.py
"""

import base64
import json
import os
import sys
import tempfile
import zipfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

import numpy as np
import tensorflow as tf


class Network(tf.Module):
    def __init__(self):
        rng = np.random.default_rng(3)
        self.kernel = tf.Variable(rng.normal(0, 0.5, (3, 3, 2, 3)).astype("float32"), name="kernel")

    @tf.function(input_signature=[tf.TensorSpec([None, 6, 5, 2], tf.float32, name="image")])
    def __call__(self, image):
        y = tf.nn.conv2d(image, self.kernel, 1, "SAME", name="conv")
        return {"sums": tf.cumsum(y, axis=1, name="cumsum")}


def pack(array):
    return {"shape": list(array.shape), "base64": base64.b64encode(array.astype("<f4").tobytes()).decode()}


folder = sys.argv[1] if len(sys.argv) > 1 else "."
network = Network()
x = np.random.default_rng(4).normal(0, 1, (3, 6, 5, 2)).astype("float32")
y = network(x)["sums"].numpy()
with tempfile.TemporaryDirectory() as made:
    tf.saved_model.save(network, made, signatures=network.__call__)
    with zipfile.ZipFile(os.path.join(folder, "blackbox.zip"), "w") as packed:
        for name in ("saved_model.pb", "variables/variables.index", "variables/variables.data-00000-of-00001"):
            packed.writestr(zipfile.ZipInfo(name), open(os.path.join(made, name), "rb").read(), zipfile.ZIP_DEFLATED, 9)
        packed.writestr(zipfile.ZipInfo("case.json"), json.dumps({"array": pack(x), "result": pack(y)}))
