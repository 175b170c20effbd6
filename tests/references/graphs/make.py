"""Small networks in every format of TensorFlow, with what Python computed at every node of their frozen graph.

    python -m venv k2 && k2/bin/pip install tensorflow-cpu==2.15.1                    # Keras 2.15
    k2/bin/pip install --no-deps tensorflowjs==4.22.0 tensorflow-hub==0.16.1 tf-keras==2.15.1          # its converter alone
    k2/bin/python make.py .
    python -m venv k3 && k3/bin/pip install tensorflow-cpu==2.19.0                    # Keras 3
    k3/bin/python make.py .

One zip for each network: Keras 2.15 writes model.keras, model.h5, the folders `folder` (config.json, model.weights.h5) and `split` (architecture and
weights apart), saved_model, frozen.pb, and tfjs graph models: as they are, with uint8, uint16 and float16 weights; Keras 3 writes its own
export as `<network>-keras3.zip`. cases.json.gz keeps inputs and outputs, and of each node of the frozen graph its shape and 32 values
evenly apart. Weights are drawn with a fixed seed. `phase.pb` is a graph of TensorFlow 1 with dropout behind a switch; `first.pb` keeps channels first.
"""

import base64
import gzip
import json
import os
import sys
import tempfile
import unittest.mock
import zipfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

import numpy as np
import tensorflow as tf

import keras

L = keras.layers
KERAS3 = keras.__version__.startswith("3")


def classifier2d():
    x = keras.Input((16, 12, 2), name="ct")
    y = L.ZeroPadding2D(((1, 2), (0, 1)), name="pad")(x)
    y = L.Conv2D(4, 3, strides=2, name="c1")(y)
    y = L.BatchNormalization(name="bn1")(y)
    y = L.ReLU(6.0, name="relu6")(y)
    y = L.SeparableConv2D(6, 3, padding="same", activation="elu", name="sep")(y)
    skip = y
    y = L.Conv2D(6, 3, padding="same", dilation_rate=2, use_bias=False, name="dilated")(y)
    y = L.PReLU(shared_axes=[1, 2], name="prelu")(y)
    y = L.Add(name="add")([y, skip])
    y = L.AveragePooling2D(3, strides=2, padding="same", name="mean")(y)
    y = L.DepthwiseConv2D(3, padding="same", depth_multiplier=2, activation="swish", name="depth")(y)
    se = L.GlobalAveragePooling2D(keepdims=True, name="squeeze")(y)
    se = L.Conv2D(12, 1, activation="sigmoid", name="excite")(se)
    y = L.Multiply(name="gate")([y, se])
    y = L.Dropout(0.5, name="drop")(y)
    y = L.Flatten(name="flat")(y)
    y = L.Dense(8, activation="tanh", name="d1")(y)
    y = L.Dense(3, activation="softmax", name="classes")(y)
    return keras.Model(x, y, name="classifier2d")


def unet2d():
    # Keras 3 cannot export bilinear upsampling of a free size.
    x = keras.Input((16, 12, 1) if KERAS3 else (None, None, 1), name="ct")
    a = L.Conv2D(4, 3, padding="same", activation="relu", name="a1")(x)
    a = L.Conv2D(4, 3, padding="same", use_bias=False, name="a2")(a)
    a = L.BatchNormalization(name="a_bn")(a)
    a = L.LeakyReLU(0.1, name="a_leaky")(a)
    b = L.MaxPooling2D(2, name="b_pool")(a)
    b = L.Conv2D(6, 3, padding="same", activation="selu", name="b1")(b)
    b = L.SpatialDropout2D(0.3, name="b_drop")(b)
    c = L.Conv2D(8, 3, strides=2, padding="same", activation="softplus", name="c1")(b)
    u = L.Conv2DTranspose(6, 3, strides=2, padding="same", activation="relu", name="u1")(c)
    u = L.Concatenate(name="u_cat")([u, b])
    u = L.Conv2D(4, 3, padding="same", activation="elu", name="u2")(u)
    v = L.UpSampling2D(2, interpolation="bilinear", name="v_up")(u)
    v = L.Concatenate(name="v_cat")([v, a])
    w = L.UpSampling2D(2, name="w_up")(u)
    w = L.Conv2D(8, 1, name="w1")(w)
    v = L.Add(name="v_add")([v, w])
    v = L.Conv2D(3, 1, activation="softmax", name="organs")(v)
    return keras.Model(x, v, name="unet2d")


def classifier3d():
    x = keras.Input((8, 7, 6, 2), name="volume")
    y = L.Conv3D(4, 3, padding="same", name="c1")(x)
    y = L.BatchNormalization(name="bn1")(y)
    y = L.Activation("relu", name="relu1")(y)
    y = L.MaxPooling3D(2, strides=2, padding="same", name="pool1")(y)
    y = L.Conv3D(5, (3, 1, 2), strides=(2, 1, 1), activation="relu", name="c2")(y)
    y = L.AveragePooling3D((1, 2, 2), name="pool2")(y)
    y = L.GlobalMaxPooling3D(name="gap")(y)
    y = L.Dense(2, name="logits")(y)
    return keras.Model(x, y, name="classifier3d")


def unet3d():
    x = keras.Input((8, 8, 6, 1), name="volume")
    a = L.Conv3D(4, 3, padding="same", use_bias=False, name="a1")(x)
    a = L.BatchNormalization(name="a_bn")(a)
    a = L.Activation("relu", name="a_relu")(a)
    b = L.Conv3D(6, 3, strides=2, padding="same", name="b1")(a)
    b = L.PReLU(shared_axes=[1, 2, 3], name="b_prelu")(b)
    c = L.Conv3D(6, 3, padding="same", activation="tanh", name="c1")(b)
    c = L.Add(name="c_add")([b, c])
    u = L.UpSampling3D(2, name="u_up")(c)
    u = L.Concatenate(name="u_cat")([u, a])
    u = L.Conv3D(4, 3, padding="same", activation="relu", name="u1")(u)
    v = L.Conv3DTranspose(4, 2, strides=2, name="v1")(c)
    u = L.Concatenate(name="v_cat")([u, v])
    u = L.Cropping3D(((0, 1), (1, 0), (1, 1)), name="crop")(u)
    y = L.Conv3D(1, 1, activation="sigmoid", name="organ")(u)
    return keras.Model(x, y, name="unet3d")


def set_weights(model, rng):
    for variable in model.variables:
        name = getattr(variable, "path", variable.name)
        shape = tuple(variable.shape)
        if variable.dtype not in ("float32", tf.float32):
            continue
        if "variance" in name or "gamma" in name:
            value = rng.uniform(0.5, 1.5, shape)
        elif len(shape) <= 1 or "alpha" in name:
            value = rng.normal(0, 0.2, shape)
        else:
            value = rng.normal(0, 1.2 / np.sqrt(np.prod(shape[:-1])), shape)
        variable.assign(value.astype("float32"))


def pack(array):
    array = np.ascontiguousarray(array, dtype="<f4")
    return {"shape": list(array.shape), "base64": base64.b64encode(array.tobytes()).decode()}


def sampled(array):
    flat = np.asarray(array, dtype="<f4").ravel()
    picks = np.linspace(0, flat.size - 1, min(32, flat.size)).round().astype(int)
    return {"shape": list(np.shape(array)), "at": picks.tolist(), "base64": base64.b64encode(flat[picks].tobytes()).decode()}


def frozen_of(call, spec):
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    return convert_variables_to_constants_v2(tf.function(call).get_concrete_function(spec)).graph.as_graph_def()


def nodes_of(graph, feeds):
    """Every float tensor that hangs on the input, by its node's name."""
    with tf.Graph().as_default() as whole:
        tf.import_graph_def(graph, name="")
        reached = set(name.split(":")[0] for name in feeds)
        wanted = []
        for op in whole.get_operations():
            if any(t.op.name in reached for t in op.inputs):
                reached.add(op.name)
                if op.outputs and op.outputs[0].dtype in (tf.float32, tf.bool):
                    wanted.append(op)
        with tf.compat.v1.Session(graph=whole) as session:
            found = {}
            for op in wanted:
                try:
                    found[op.name] = sampled(session.run(op.outputs[0], feeds))
                except (tf.errors.InvalidArgumentError, tf.errors.UnimplementedError):
                    pass  # behind a branch that is not taken
            return found


def zipped(folder, path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as made:
        for root, _, files in sorted(os.walk(folder)):
            for file in sorted(files):
                whole = os.path.join(root, file)
                if os.path.basename(whole) in ("fingerprint.pb", "keras_metadata.pb"):
                    continue
                info = zipfile.ZipInfo(os.path.relpath(whole, folder))
                made.writestr(info, open(whole, "rb").read(), zipfile.ZIP_DEFLATED, 9)


def in_keras2(model, folder, size):
    own = os.path.join(folder, "folder")
    os.makedirs(own)
    os.makedirs(os.path.join(folder, "split"))
    model.save(os.path.join(folder, "model.keras"))
    model.save(os.path.join(folder, "model.h5"))
    with zipfile.ZipFile(os.path.join(folder, "model.keras")) as whole:
        whole.extractall(own)
    open(os.path.join(folder, "split", "architecture.json"), "w").write(model.to_json())
    model.save_weights(os.path.join(folder, "split", "weights.h5"), save_format="h5")
    model.export(os.path.join(folder, "saved_model"))
    graph = frozen_of(lambda ct: model(ct, training=False), tf.TensorSpec([None, *size], tf.float32, name=model.input_names[0]))
    open(os.path.join(folder, "frozen.pb"), "wb").write(graph.SerializeToString())
    # Frameworks that it converts from and that are not here.
    for name in ("tensorflow_decision_forests", "tensorflowjs.converters.jax_conversion"):
        sys.modules.setdefault(name, unittest.mock.MagicMock())
    from tensorflowjs.converters import tf_saved_model_conversion_v2 as converter

    saved = os.path.join(folder, "saved_model")
    for kind in (None, "uint8", "uint16", "float16") if model.name == "classifier3d" else (None,):
        name = "tfjs" if kind is None else f"tfjs-{kind}"
        converter.convert_tf_saved_model(saved, os.path.join(folder, name), quantization_dtype_map=None if kind is None else {kind: "*"}, skip_op_check=True)
    return graph


def phase(folder, rng):
    """TensorFlow 1: dropout in a Switch and a Merge, a batch normalisation apart, a default for the phase."""
    tf1 = tf.compat.v1
    tf1.disable_control_flow_v2()
    with tf.Graph().as_default() as graph:
        x = tf1.placeholder(tf.float32, [None, 8, 8, 1], name="image")
        training = tf1.placeholder_with_default(False, [], name="training")
        kernel = tf.constant(rng.normal(0, 0.4, (3, 3, 1, 4)).astype("float32"), name="kernel")
        y = tf.nn.conv2d(x, kernel, 1, "SAME", name="conv")
        mean, variance, gamma, beta = (tf.constant(rng.uniform(0.5, 1.5, 4).astype("float32")) for _ in range(4))
        y = tf.nn.batch_normalization(y, mean, variance, beta, gamma, 1e-3, name="bn")
        y = tf.maximum(y, 0.0, name="relu")
        y = tf1.cond(training, lambda: tf.nn.dropout(y, 0.5), lambda: tf.identity(y), name="dropout")
        y = tf.nn.lrn(y, name="lrn") if False else y
        y = tf.pad(y, [[0, 0], [1, 1], [2, 0], [0, 0]], mode="REFLECT", name="mirror")
        y = tf.nn.space_to_depth(y, 1, name="same") if False else y
        shape = tf.shape(y)
        y = tf1.image.resize_bilinear(y, [13, 17], align_corners=True, name="aligned")
        y = tf1.image.resize_nearest_neighbor(y, [7, 5], name="nearest")
        y = tf1.image.resize_bilinear(y, [9, 11], half_pixel_centers=True, name="halves")
        left, right = tf.split(y, [1, 3], axis=-1, name="split")
        y = tf.concat([right * 2.0, 1.0 - left], -1, name="cat")
        y = y[:, 1:-1, ::2, :]
        y = tf.nn.depth_to_space(y, 2, name="finer")
        y = tf.transpose(y, [0, 2, 1, 3], name="turned")
        y = tf.tile(y, [1, 1, 1, 2], name="twice")
        y = tf.reduce_mean(y, [1, 2], name="mean")
        y = tf.math.squared_difference(y, 0.5, name="square")
        y = tf.reshape(y, tf.stack([shape[0], -1]), name="row")
        y = tf.matmul(y, tf.constant(rng.normal(0, 1, (3, 2)).astype("float32")), transpose_b=True, name="scores") if False else y
        y = tf.nn.softmax(y, name="classes")
        tf.argmax(y, -1, name="class")
        definition = graph.as_graph_def()
    tf1.enable_control_flow_v2()
    open(os.path.join(folder, "phase.pb"), "wb").write(definition.SerializeToString())
    x = rng.normal(0, 1, (2, 8, 8, 1)).astype("float32")
    return {"network": "phase", "input": "image", "array": pack(x), "nodes": nodes_of(definition, {"image:0": x}), "output": "classes"}


def first(folder, rng):
    """Channels first, as networks trained on GPUs have it. TensorFlow cannot run it on a CPU: the numbers are those of the same graph, turned."""

    def body(x, first):
        form, turn = ("NCHW", lambda t: tf.transpose(t, [0, 3, 1, 2])) if first else ("NHWC", lambda t: t)
        generator = np.random.default_rng(5)
        step = (lambda a, b: [1, 1, a, b]) if first else (lambda a, b: [1, a, b, 1])
        weights = lambda *shape: tf.constant(generator.normal(0, 0.5, shape).astype("float32"))
        y = tf.nn.conv2d(x, weights(3, 3, 2, 4), step(2, 1), "SAME", data_format=form, name="conv")
        y = tf.nn.bias_add(y, weights(4), data_format=form, name="bias")
        y, *_ = tf.compat.v1.nn.fused_batch_norm(y, weights(4), weights(4), weights(4), weights(4) ** 2 + 0.5, is_training=False, data_format=form, name="bn")
        y = tf.nn.relu(y, name="relu")
        y = tf.nn.max_pool(y, step(2, 2), step(1, 2), "VALID", data_format=form, name="pool")
        y = tf.concat([y, y * weights(*((4, 1, 1) if first else (4,)))], 1 if first else 3, name="cat")
        z = tf.reshape(y if first else turn2(y), [-1, 8 * 3 * 3], name="flat")
        return y, tf.matmul(z, weights(72, 3), name="scores")

    turn2 = lambda t: tf.transpose(t, [0, 3, 1, 2])
    with tf.Graph().as_default() as graph:
        body(tf.compat.v1.placeholder(tf.float32, [None, 2, 8, 6], name="image"), True)
        definition = graph.as_graph_def()
    open(os.path.join(folder, "first.pb"), "wb").write(definition.SerializeToString())
    x = rng.normal(0, 1, (2, 8, 6, 2)).astype("float32")
    with tf.Graph().as_default() as graph:
        body(tf.compat.v1.placeholder(tf.float32, [None, 8, 6, 2], name="image"), False)
        nodes = nodes_of(graph.as_graph_def(), {"image:0": x})
    return {"network": "first", "input": "image", "array": pack(x), "nodes": nodes, "output": "scores"}


sizes = {"classifier2d": (16, 12, 2), "unet2d": (16, 12, 1), "classifier3d": (8, 7, 6, 2), "unet3d": (8, 8, 6, 1)}


def main(folder):
    path = os.path.join(folder, "cases.json.gz")
    cases = []
    for seed, make in enumerate((classifier2d, unet2d, classifier3d, unet3d)):
        rng = np.random.default_rng(100 + seed)
        model = make()
        set_weights(model, rng)
        x = rng.normal(0, 1, (2, *sizes[model.name])).astype("float32")
        y = model.predict(x, verbose=0)
        with tempfile.TemporaryDirectory() as made:
            if KERAS3:
                model.export(os.path.join(made, "saved_model"), verbose=False)
                model.save(os.path.join(made, "whole.keras"))
                with zipfile.ZipFile(os.path.join(made, "whole.keras")) as whole:
                    whole.extractall(os.path.join(made, "folder"))
                os.remove(os.path.join(made, "whole.keras"))
                zipped(made, os.path.join(folder, f"{model.name}-keras3.zip"))
            else:
                name = model.input_names[0]
                shape = [None if n is None else n for n in model.input_shape[1:]]
                graph = in_keras2(model, made, shape)
                cases.append({"network": model.name, "input": name, "array": pack(x), "result": pack(y), "nodes": nodes_of(graph, {f"{name}:0": x})})
                zipped(made, os.path.join(folder, f"{model.name}.zip"))
        if KERAS3:
            cases.append({"network": model.name, "input": model.inputs[0].name, "array": pack(x), "result": pack(y)})
    if not KERAS3:
        rng = np.random.default_rng(7)
        cases += [phase(folder, rng), first(folder, rng)]
    with gzip.GzipFile(os.path.join(folder, f"cases-keras{3 if KERAS3 else 2}.json.gz"), "wb", mtime=0) as packed:
        packed.write(json.dumps({"tensorflow": tf.__version__, "cases": cases}).encode())


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else ".")
