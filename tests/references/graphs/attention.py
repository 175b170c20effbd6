"""Attention as Keras exports it: Einsum over heads in two dimensions and along a sequence, layer norms and dense layers written by Einsum.

    k2/bin/python attention.py .        (tensorflow-cpu==2.15.1, as make.py says)
    k3/bin/python attention.py .        (tensorflow-cpu==2.19.0)

`attention-keras2.zip` and `attention-keras3.zip`: frozen.pb and case.json with an input, what Python gives for it, and 32 values of every node.
"""

import json
import os
import sys
import tempfile

import make
import numpy as np
import tensorflow as tf
from make import L, keras


def network():
    x = keras.Input((6, 5, 3), name="ct")
    y = L.Conv2D(8, 3, padding="same", activation="relu", name="conv")(x)
    y = L.LayerNormalization(name="norm1")(y)
    # Keras asks for the axes, or takes all between batch and channels.
    y = L.Add(name="add1")([y, L.MultiHeadAttention(2, 3, value_dim=4, attention_axes=(1, 2), name="plane")(y, y)])
    y = L.Reshape((30, 8), name="line")(y)
    y = L.LayerNormalization(epsilon=1e-5, name="norm2")(y)
    y = L.Add(name="add2")([y, L.MultiHeadAttention(3, 4, output_shape=8, name="sequence")(y, y)])
    y = L.EinsumDense("abc,cde->abde", output_shape=(30, 2, 5), bias_axes="de", activation="relu", name="apart")(y)
    y = L.EinsumDense("abde,dec->abc", output_shape=(30, 6), name="together")(y)
    y = L.EinsumDense("...c,cd->...d", output_shape=4, bias_axes="d", name="any")(y)
    y = L.GlobalAveragePooling1D(name="mean")(y)
    return keras.Model(x, L.Dense(3, name="scores")(y), name="attention")


tf.random.set_seed(1)
model = network()
rng = np.random.default_rng(9)
for variable in model.weights:
    shape = tuple(variable.shape)
    name = getattr(variable, "path", variable.name)
    fan = np.prod(shape[:-1]) if len(shape) > 1 else 1
    spread = rng.normal(0, 1.2 / np.sqrt(fan) if len(shape) > 1 else 0.3, shape)
    variable.assign((1 + spread if "gamma" in name else spread).astype("float32"))
graph = make.frozen_of(lambda ct: model(ct, training=False), tf.TensorSpec([None, 6, 5, 3], tf.float32, name="ct"))
image = rng.normal(0, 1, (2, 6, 5, 3)).astype("float32")
case = {
    "network": "attention",
    "input": "ct",
    "array": make.pack(image),
    "result": make.pack(model(image, training=False).numpy()),
    "nodes": make.nodes_of(graph, {"ct:0": image}),
}
with tempfile.TemporaryDirectory() as made:
    open(os.path.join(made, "frozen.pb"), "wb").write(graph.SerializeToString())
    json.dump(case, open(os.path.join(made, "case.json"), "w"))
    make.zipped(made, os.path.join(sys.argv[1], f"attention-keras{3 if make.KERAS3 else 2}.zip"))
