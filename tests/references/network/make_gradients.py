"""Gradients of the networks that make.py saved under Keras 3, by TensorFlow's own tape: what main/engine/network/gradient.ts is held against.

    python -m venv k3 && k3/bin/pip install tensorflow-cpu==2.21.0        # Keras 3
    k3/bin/python make_gradients.py .

For every output y of every network: the gradient of sum(r * y) with respect to each input, and for the first output also with respect to
the inner layers that cases-keras3.json.gz names. The inputs are those of cases-keras3.json.gz; r are the numbers of the linear
congruential generator below, so that they need no file. gradients-keras3.json.gz keeps the gradients, float32 as base64. An output whose
gradient TensorFlow cannot compute on a CPU is left out and printed.
"""

import base64
import gzip
import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import tensorflow as tf

import keras

SKIPPED = {"unknown"}


def weights(count, seed=99):
    state = (seed * 2654435761 + 12345) % 2**32
    values = np.empty(count, "f8")
    for i in range(count):
        state = (state * 1664525 + 1013904223) % 2**32
        values[i] = state / 2**31 - 1
    return values.astype("f4")


def unpack(packed):
    return np.frombuffer(base64.b64decode(packed["base64"]), "<f4").reshape(packed["shape"])


def pack(array):
    array = np.ascontiguousarray(array, dtype="<f4")
    return {"shape": list(array.shape), "base64": base64.b64encode(array.tobytes()).decode()}


def gradients(model, inputs, output, inner):
    names = [name for name in inner]
    tensors = [model.get_layer(name)._inbound_nodes[0].output_tensors[0] for name in names]
    part = keras.Model(model.inputs, [model.outputs[output], *tensors])
    given = [tf.constant(value) for value in inputs.values()]
    with tf.GradientTape() as tape:
        tape.watch(given)
        results = part(given if len(given) > 1 else given[0], training=False)
        results = results if isinstance(results, (list, tuple)) else [results]
        scalar = tf.reduce_sum(results[0] * tf.reshape(weights(int(tf.size(results[0]))), results[0].shape))
    found = tape.gradient(scalar, given + list(results[1:]))
    return {name: pack(value) for name, value in zip([*inputs, *names], found) if value is not None}


def main(folder):
    with gzip.open(os.path.join(folder, "cases-keras3.json.gz")) as file:
        cases = json.load(file)["cases"]
    kept = []
    for case in cases:
        if case["network"] in SKIPPED:
            continue
        file = next(f for f in case["files"] if f.endswith(".keras"))
        model = keras.models.load_model(os.path.join(folder, file))
        inputs = {name: unpack(value) for name, value in case["inputs"].items()}
        outputs = []
        for output in range(len(model.outputs)):
            try:
                outputs.append(gradients(model, inputs, output, case["inner"] if output == 0 else {}))
            except Exception as error:
                print(case["network"], output, str(error).splitlines()[0][:120])
                outputs.append(None)
        kept.append({"network": case["network"], "file": file, "outputs": outputs})
    story = {"tensorflow": tf.__version__, "keras": keras.__version__, "cases": kept}
    with gzip.GzipFile(os.path.join(folder, "gradients-keras3.json.gz"), "wb", mtime=0) as out:
        out.write(json.dumps(story).encode())


if __name__ == "__main__":
    main(sys.argv[1])
