"""The networks of incrementalNetworks.ts in Python's TensorFlow, graph mode: a line with a name comes in, wall and CPU ms go out."""

import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
import tensorflow as tf
from tensorflow.keras import layers

SAME = {"padding": "same"}


def of(rank, name):
    return getattr(layers, f"{name}{rank}D")


def twice(rank, x, width):
    for _ in range(2):
        x = of(rank, "Conv")(width, 3, activation="relu", **SAME)(x)
    return x


def classifier(rank, size, widths, tail):
    first = x = layers.Input((size,) * rank + (1,))
    for width in widths:
        x = of(rank, "MaxPool")(2)(twice(rank, x, width))
    for _ in range(tail):
        x = of(rank, "Conv")(widths[-1], 3, activation="relu", **SAME)(x)
    x = of(rank, "GlobalAveragePooling")()(x)
    return tf.keras.Model(first, layers.Dense(10)(x))


def unet(rank, size, depth, width):
    first = x = layers.Input((size,) * rank + (1,))
    skips = []
    for level in range(depth):
        x = twice(rank, x, width << level)
        skips.append(x)
        x = of(rank, "MaxPool")(2)(x)
    x = twice(rank, x, width << depth)
    for level in reversed(range(depth)):
        up = getattr(layers, f"Conv{rank}DTranspose")(width << level, 2, strides=2, **SAME)(x)
        x = twice(rank, layers.Concatenate()([skips[level], up]), width << level)
    return tf.keras.Model(first, of(rank, "Conv")(1, 1)(x))


CASES = {
    "classifier-2d-256": lambda: classifier(2, 256, [16, 32, 64, 128], 2),
    "classifier-2d-512": lambda: classifier(2, 512, [16, 32, 64, 128], 2),
    "classifier-3d-64": lambda: classifier(3, 64, [8, 16, 32], 0),
    "classifier-3d-96": lambda: classifier(3, 96, [8, 16, 32], 0),
    "unet-2d-512": lambda: unet(2, 512, 4, 16),
    "unet-3d-96": lambda: unet(3, 96, 3, 8),
}

print(tf.__version__, flush=True)
held = {}
for line in sys.stdin:
    name = line.strip()
    if name not in held:
        tf.keras.backend.clear_session()
        model = CASES[name]()
        shape = (1,) + model.input_shape[1:]
        graph = tf.function(lambda x, model=model: model(x, training=False))
        held = {name: (graph.get_concrete_function(tf.TensorSpec(shape)), np.random.randn(*shape).astype("f"))}
    graph, values = held[name]
    wall, cpu = time.perf_counter(), time.process_time()
    graph(tf.constant(values)).numpy()
    print((time.perf_counter() - wall) * 1e3, (time.process_time() - cpu) * 1e3, flush=True)
