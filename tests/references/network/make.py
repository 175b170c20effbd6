"""Small Keras networks with their outputs, against which the readers and operations of main/engine/network are held.

Run it once under each of two environments (any Linux, CPU):

    python -m venv k2 && k2/bin/pip install tensorflow-cpu==2.15.1        # Keras 2.15
    python -m venv k3 && k3/bin/pip install tensorflow-cpu==2.19.0        # Keras 3
    k2/bin/python make.py . && k3/bin/python make.py .

Each network is written as .keras, repacked with deflate, and where said as .h5, gzipped: both to keep the folder small; nothing in them
is changed. cases-keras{2,3}.json.gz keeps inputs, outputs and the outputs of the layers named in `inner`, float32 as base64.
Weights are drawn with a fixed seed.
"""

import base64
import gzip
import json
import os
import sys
import zipfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

import numpy as np
import tensorflow as tf

import keras

L = keras.layers
VERSION = keras.__version__
MAJOR = int(VERSION.split(".")[0])


def unet2d():
    """Odd sizes, skips, strided and transposed convolutions, both upsamplings."""
    x = keras.Input((20, 18, 1), name="ct")
    a = L.Conv2D(4, 3, padding="same", activation="relu", name="a1")(x)
    a = L.Conv2D(4, 3, padding="same", use_bias=False, name="a2")(a)
    a = L.BatchNormalization(name="a_bn")(a)
    a = L.Activation("relu", name="a_relu")(a)
    b = L.MaxPooling2D(2, name="b_pool")(a)
    b = L.SeparableConv2D(6, 3, padding="same", name="b1")(b)
    b = L.LeakyReLU(name="b_leaky")(b)
    c = L.Conv2D(8, 3, strides=2, padding="same", name="c1")(b)
    c = L.ELU(name="c_elu")(c)
    c = L.Dropout(0.5, name="c_drop")(c)
    u = L.Conv2DTranspose(6, 3, strides=2, padding="same", name="u1")(c)
    u = L.Cropping2D(((0, 0), (0, 1)), name="u_crop")(u)
    u = L.Concatenate(name="u_cat")([u, b])
    u = L.Conv2D(4, 3, padding="same", activation="elu", name="u2")(u)
    v = L.UpSampling2D(2, interpolation="bilinear", name="v_up")(u)
    v = L.Concatenate(name="v_cat")([v, a])
    v = L.Conv2D(3, 1, activation="softmax", name="organs")(v)
    return keras.Model(x, v, name="unet2d"), ["a1", "a_bn", "b_leaky", "u1", "v_up", "u_cat"]


def windows2d():
    """Every way to slide a window in 2D, on odd sizes."""
    x = keras.Input((9, 7, 2), name="x")
    outputs = [
        L.Conv2D(2, (3, 2), strides=2, padding="same", name="same_s2")(x),
        L.Conv2D(3, 4, strides=3, padding="same", activation="tanh", name="same_k4_s3")(x),
        L.Conv2D(3, 3, strides=2, padding="valid", name="valid_s2")(x),
        L.Conv2D(3, 3, dilation_rate=2, padding="same", name="same_d2")(x),
        L.Conv2D(3, 3, dilation_rate=(3, 2), padding="valid", name="valid_d32")(x),
        L.DepthwiseConv2D(3, strides=2, depth_multiplier=2, padding="same", name="depth_s2")(x),
        L.DepthwiseConv2D(3, dilation_rate=2, padding="same", activation="relu", name="depth_d2")(x),
        L.SeparableConv2D(5, 3, depth_multiplier=2, padding="valid", name="sep")(x),
        L.SeparableConv2D(5, 3, strides=2, padding="same", name="sep_s2")(x),
        L.Conv2DTranspose(3, 3, strides=2, padding="same", name="t_same_3_2")(x),
        L.Conv2DTranspose(3, 4, strides=2, padding="same", name="t_same_4_2")(x),
        L.Conv2DTranspose(3, 2, strides=3, padding="valid", name="t_valid_2_3")(x),
        L.Conv2DTranspose(3, 5, strides=2, padding="valid", name="t_valid_5_2")(x),
        L.Conv2DTranspose(3, 3, strides=2, padding="same", output_padding=1, name="t_same_out1")(x),
        L.Conv2DTranspose(3, 3, strides=2, padding="same", output_padding=0, name="t_same_out0")(x),
        L.Conv2DTranspose(3, 3, strides=2, padding="valid", output_padding=1, name="t_valid_out1")(x),
        L.MaxPooling2D(3, strides=2, padding="same", name="max_same")(x),
        L.MaxPooling2D((2, 3), padding="valid", name="max_valid")(x),
        L.AveragePooling2D(3, strides=2, padding="same", name="mean_same")(x),
        L.AveragePooling2D(3, strides=1, padding="same", name="mean_same_s1")(x),
        L.AveragePooling2D(2, padding="valid", name="mean_valid")(x),
        L.UpSampling2D((2, 3), name="nearest")(x),
        L.UpSampling2D((3, 2), interpolation="bilinear", name="bilinear")(x),
        L.ZeroPadding2D(((1, 2), (0, 3)), name="pad")(x),
        L.Cropping2D(((1, 2), (0, 3)), name="crop")(x),
        L.GlobalAveragePooling2D(name="mean")(x),
        L.GlobalMaxPooling2D(keepdims=True, name="max")(x),
    ]
    return keras.Model(x, outputs, name="windows2d"), []


def volume3d():
    x = keras.Input((7, 6, 5, 1), name="ct")
    a = L.Conv3D(4, 3, padding="same", activation="relu", name="a1")(x)
    a = L.BatchNormalization(name="a_bn")(a)
    b = L.MaxPooling3D(2, padding="same", name="b_pool")(a)
    b = L.Conv3D(6, (3, 2, 3), padding="same", name="b1")(b)
    b = L.PReLU(shared_axes=[1, 2, 3], name="b_prelu")(b)
    s = L.Conv3D(4, 3, strides=2, padding="same", name="strided")(a)
    m = L.AveragePooling3D(3, strides=2, padding="same", name="mean_same")(a)
    t = L.Conv3DTranspose(4, 3, strides=2, padding="same", name="t1")(b)
    t = L.Cropping3D(((0, 1), (0, 0), (1, 0)), name="t_crop")(t)
    u = L.UpSampling3D((2, 2, 2), name="up")(b)
    u = L.Cropping3D(((1, 0), (0, 0), (0, 1)), name="u_crop")(u)
    v = L.Concatenate(name="cat")([t, u, a])
    v = L.ZeroPadding3D(1, name="pad")(v)
    dose = L.Conv3D(1, 3, padding="valid", name="dose")(v)
    g = L.GlobalAveragePooling3D(name="mean")(L.Multiply(name="gate")([s, m]))
    return keras.Model(x, [dose, g, t], name="volume3d"), ["a_bn", "b_pool", "b_prelu", "mean_same", "up", "pad"]


def lines1d():
    x = keras.Input((11, 2), name="profile")
    outputs = [
        L.Conv1D(4, 3, padding="causal", dilation_rate=2, activation="relu", name="causal")(x),
        L.Conv1D(4, 4, strides=3, padding="same", name="same_s3")(x),
        L.SeparableConv1D(5, 3, padding="same", name="sep")(x),
        L.DepthwiseConv1D(3, strides=2, padding="same", depth_multiplier=2, name="depth")(x),
        L.Conv1DTranspose(4, 3, strides=2, padding="same", name="t_same")(x),
        L.MaxPooling1D(3, strides=2, padding="same", name="max")(x),
        L.AveragePooling1D(3, strides=2, padding="same", name="mean_same")(x),
        L.UpSampling1D(3, name="up")(x),
        L.ZeroPadding1D((1, 2), name="pad")(x),
        L.Cropping1D((1, 2), name="crop")(x),
        L.Dense(4, activation="sigmoid", name="dense")(x),
        L.GlobalMaxPooling1D(name="global_max")(x),
        L.GlobalAveragePooling1D(name="global_mean")(x),
    ]
    return keras.Model(x, outputs, name="lines1d"), []


def activations():
    words = "linear relu elu selu gelu sigmoid tanh softmax softplus softsign swish mish exponential hard_sigmoid".split()
    if MAJOR == 3:
        words += "relu6 leaky_relu silu celu log_softmax hard_silu hard_tanh tanh_shrink".split()
        words += "soft_shrink hard_shrink squareplus sparse_plus log_sigmoid".split()
    x = keras.Input((2, 4, 3), name="x")
    outputs = [L.Activation(word, name=f"act_{word}")(x) for word in words]
    outputs += [
        L.ReLU(max_value=1.5, negative_slope=0.1, threshold=0.4, name="relu_all")(x),
        L.ReLU(max_value=1.0, name="relu_max")(x),
        L.ReLU(threshold=0.5, name="relu_threshold")(x),
        L.LeakyReLU(0.2, name="leaky")(x),
        L.ELU(0.7, name="elu")(x),
        L.PReLU(name="prelu")(x),
        L.PReLU(shared_axes=[1, 2], name="prelu_shared")(x),
        L.Softmax(axis=1, name="softmax_rows")(x),
        L.Softmax(axis=[1, 2], name="softmax_map")(x),
        L.Conv2D(2, 1, activation="gelu", name="conv_gelu")(x),
    ]
    if MAJOR == 2:
        outputs.append(L.ThresholdedReLU(theta=0.6, name="thresholded")(x))
    return keras.Model(x, outputs, name="activations"), []


def merges():
    x = keras.Input((6, 5, 4), name="ct")
    y = keras.Input((6, 5, 4), name="dose")
    shared = L.Conv2D(4, 3, padding="same", activation="relu", name="shared")
    p, q = shared(x), shared(y)
    squeeze = L.GlobalAveragePooling2D(name="squeeze")(p)
    gate = L.Dense(2, activation="relu", name="gate1")(squeeze)
    gate = L.Dense(4, activation="sigmoid", name="gate2")(gate)
    gate = L.Reshape((1, 1, 4), name="gate_shape")(gate)
    excited = L.Multiply(name="excite")([p, gate])
    inner_in = keras.Input((6, 5, 4), name="inner_in")
    h = L.Conv2D(3, 3, padding="same", name="inner_conv")(inner_in)
    h = L.BatchNormalization(name="inner_bn")(h)
    inner = keras.Model(inner_in, L.Activation("tanh", name="inner_tanh")(h), name="inner")
    n1, n2 = inner(excited), inner(q)
    outputs = [
        L.Add(name="add")([p, q, x]),
        L.Subtract(name="subtract")([p, q]),
        L.Average(name="average")([p, q, y]),
        L.Maximum(name="maximum")([p, q]),
        L.Minimum(name="minimum")([p, q]),
        L.Concatenate(axis=1, name="cat_rows")([n1, n2]),
        L.Dot(axes=1, name="dot")([L.Dense(3, name="d1")(squeeze), L.Dense(3, name="d2")(L.GlobalMaxPooling2D(name="top")(q))]),
        L.Dot(axes=-1, normalize=True, name="cosine")([squeeze, L.GlobalMaxPooling2D(name="top2")(p)]),
        L.Reshape((5, -1), name="reshape")(n1),
        L.Permute((2, 1, 3), name="permute")(n1),
        L.RepeatVector(3, name="repeat")(squeeze),
        L.Rescaling([0.5, 1.0, 2.0, 4.0], offset=-1.0, name="rescale")(x),
        L.Normalization(name="normal")(x),
        L.LayerNormalization(name="layer_norm")(p),
        L.LayerNormalization(axis=[1, 2, 3], name="layer_norm_all")(p),
        L.GroupNormalization(2, name="group_norm")(p),
        L.GroupNormalization(-1, name="instance_norm")(p),
        L.UnitNormalization(name="unit_norm")(p),
        L.Dense(2, name="dense")(L.Flatten(name="flat")(n2)),
    ]
    return keras.Model([x, y], outputs, name="merges"), ["shared", "excite", "gate2"]


def classifier():
    """A sub-model within a sequential one, without an input layer of its own."""
    body = keras.Sequential([L.Conv2D(4, 3, strides=2, name="b1"), L.BatchNormalization(name="b2"), L.ReLU(name="b3")], name="body")
    return (
        keras.Sequential(
            [
                keras.Input((15, 14, 1), name="slice"),
                L.Conv2D(3, 3, activation="relu", name="first"),
                L.Conv2D(3, 3, name="second"),
                body,
                L.SpatialDropout2D(0.3, name="drop"),
                L.Flatten(name="flat"),
                L.Dense(5, activation="relu", name="fc"),
                L.GaussianNoise(0.1, name="noise"),
                L.Dense(3, activation="softmax", name="classes"),
            ],
            name="classifier",
        ),
        ["second", "flat", "fc"],
    )


def arithmetic():
    """Functions of tensors between layers, as Python's operators leave them."""
    x = keras.Input((6, 6, 2), name="x")
    a = L.Conv2D(2, 3, padding="same", name="a")(x)
    return keras.Model(x, [a + x, a * 0.5 - 1.0, (x - a) * x, 2.0 - a, tf.nn.relu(a) if MAJOR == 2 else keras.ops.relu(a)], name="arithmetic"), []


def unknown():
    """A layer whose work is code in the file: never run."""
    x = keras.Input((6, 6, 1), name="x")
    a = L.Conv2D(2, 3, name="before")(x)
    b = L.Lambda(lambda t: t * 2.0, output_shape=(4, 4, 2), name="secret")(a)
    c = L.Conv2D(2, 3, name="after")(b)
    return keras.Model(x, c, name="unknown"), ["before"]


def set_weights(model, rng):
    for layer in flat(model):
        if type(layer).__name__ == "Normalization":
            layer.adapt(rng.normal(1.0, 2.0, size=(3, *model.inputs[0].shape[1:])).astype("f4"))
            continue
        values = []
        for i, w in enumerate(layer.get_weights()):
            fan = max(1, int(np.prod(w.shape[:-1])))
            value = rng.normal(size=w.shape) / np.sqrt(fan) if w.ndim > 1 else rng.normal(size=w.shape) * 0.3
            if "Normalization" in type(layer).__name__:
                value = np.abs(value) + 0.5 if i in (0, 3) else value
            values.append(value.astype(w.dtype))
        if values:
            layer.set_weights(values)


def flat(model):
    for layer in model.layers:
        if hasattr(layer, "layers"):
            yield from flat(layer)
        else:
            yield layer


def pack(array):
    array = np.ascontiguousarray(array, dtype="<f4")
    return {"shape": list(array.shape), "base64": base64.b64encode(array.tobytes()).decode()}


def save(model, folder, file):
    path = os.path.join(folder, file)
    model.save(path)
    if path.endswith(".h5"):
        with open(path, "rb") as whole, gzip.GzipFile(f"{path}.gz", "wb", mtime=0) as packed:
            packed.write(whole.read())
        os.remove(path)
        return f"{file}.gz"
    with zipfile.ZipFile(path) as whole:
        entries = [(name, whole.read(name)) for name in whole.namelist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in entries:
            packed.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return file


def main(folder):
    tag = f"keras{MAJOR}"
    both = {"unet2d", "merges", "classifier"}
    # Operations are Keras' in both versions: what only slides windows is kept once.
    builds = [unet2d, volume3d, activations, merges, classifier, arithmetic, unknown] + ([windows2d, lines1d] if MAJOR == 3 else [])
    cases = []
    for build in builds:
        keras.backend.clear_session()
        rng = np.random.default_rng(20)
        model, inner = build()
        set_weights(model, rng)
        name = build.__name__
        endings = [".keras", ".h5"] if name in both else [".keras" if MAJOR == 3 else ".h5"]
        inputs = {t.name.split(":")[0]: rng.normal(size=(2 if name in both else 1, *t.shape[1:])).astype("f4") for t in model.inputs}
        given = list(inputs.values())
        results = model(given if len(given) > 1 else given[0], training=False)
        results = results if isinstance(results, (list, tuple)) else [results]
        outputs = [pack(r) for r in results]
        named = {}
        for layer in inner:
            part = keras.Model(model.inputs, model.get_layer(layer).get_output_at(0) if MAJOR == 2 else model.get_layer(layer)._inbound_nodes[0].output_tensors[0])
            named[layer] = pack(part(given if len(given) > 1 else given[0], training=False))
        files = []
        for ending in endings:
            file = f"{tag}-{name}{ending}"
            files.append(save(model, folder, file))
        cases.append(
            {
                "network": name,
                "files": files,
                "parameters": int(model.count_params()),
                "inputs": {key: pack(value) for key, value in inputs.items()},
                "outputs": outputs,
                "inner": named,
            }
        )
    story = {"tensorflow": tf.__version__, "keras": VERSION, "cases": cases}
    with gzip.GzipFile(os.path.join(folder, f"cases-{tag}.json.gz"), "wb", mtime=0) as out:
        out.write(json.dumps(story).encode())


if __name__ == "__main__":
    main(sys.argv[1])
