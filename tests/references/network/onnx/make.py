"""Small ONNX networks and single operations with their outputs, against which main/engine/network/reader/onnx is held.

    python -m venv o && o/bin/pip install onnx==1.23.2 onnxruntime==1.32.0
    o/bin/python make.py .

Models are made with onnx.helper (nothing is exported from elsewhere), run by ONNX Runtime on the CPU without optimisations and, where it
knows the operation, by onnx.reference: both must agree to 2e-5. (Its batch normalisation before opset 14 is that of training.) networks.json.gz keeps whole networks with the value of every node,
operations.json.gz one case for each operation and each of its settings. Arrays are float32 as base64, in the file's order of axes. Weights are drawn with a
fixed seed.
"""

import base64
import gzip
import json
import os
import sys

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

random = np.random.default_rng(20261122)
ort.set_default_logger_severity(3)


def draw(*shape, scale=1.0):
    """Multiples of 1/64: they keep the files small."""
    return (np.round(random.standard_normal(shape) * scale * 64) / 64).astype(np.float32)


def packed(array):
    """The last four bits of the fraction go: they change 1e-6 of a value at most, and fill the file."""
    array = np.asarray(array, np.float32)
    bits = np.ascontiguousarray(array).view(np.uint32)
    array = ((bits + 8) & np.uint32(0xFFFFFFF0)).view(np.float32).reshape(array.shape)
    return {"shape": list(array.shape), "base64": base64.b64encode(array.tobytes()).decode()}


class Model:
    def __init__(self, opset=17, name="net"):
        self.opset, self.name = opset, name
        self.nodes, self.weights, self.inputs, self.outputs = [], [], [], []
        self.feeds, self.count = {}, 0

    def input(self, name, *shape, free=None, values=None):
        dims = [free[a] if free and free[a] is not None else n for a, n in enumerate(shape)]
        self.inputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, dims))
        self.feeds[name] = draw(*shape) if values is None else values
        return name

    def weight(self, array, name=None):
        array = np.asarray(array)
        self.count += 1
        name = name or f"w{self.count}"
        self.weights.append(numpy_helper.from_array(array, name))
        return name

    def op(self, op, inputs, name=None, outputs=1, domain="", **attributes):
        self.count += 1
        base = name or f"{op.lower()}{self.count}"
        names = [f"{base}_out"] if outputs == 1 else [f"{base}_out{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(op, inputs, names, name=base, domain=domain, **attributes))
        return names[0] if outputs == 1 else names

    def conv(self, x, cin, cout, k, name=None, bias=True, group=1, spatial=None, **attributes):
        kernel = [k] * spatial if isinstance(k, int) else list(k)
        w = self.weight(draw(cout, cin // group, *kernel, scale=1 / np.sqrt(cin // group * np.prod(kernel))))
        b = [self.weight(draw(cout, scale=0.3))] if bias else []
        return self.op("Conv", [x, w, *b], name, group=group, **attributes)

    def up(self, x, cin, cout, k, name=None, group=1, spatial=None, bias=True, **attributes):
        kernel = [k] * spatial if isinstance(k, int) else list(k)
        w = self.weight(draw(cin, cout // group, *kernel, scale=1 / np.sqrt(cin)))
        b = [self.weight(draw(cout, scale=0.3))] if bias else []
        return self.op("ConvTranspose", [x, w, *b], name, group=group, **attributes)

    def batch_norm(self, x, c, name=None):
        parts = [self.weight(a) for a in (draw(c) * 0.2 + 1, draw(c) * 0.2, draw(c) * 0.2, np.abs(draw(c)) + 0.5)]
        return self.op("BatchNormalization", [x, *parts], name, epsilon=1e-4)

    def proto(self, every=False):
        known = {n for node in self.nodes for n in node.output if n}
        ends = sorted(known) if every else self.outputs
        infos = [onnx.ValueInfoProto(name=n) for n in ends]
        graph = helper.make_graph(self.nodes, self.name, self.inputs, infos, self.weights)
        imports = getattr(self, "imports", [helper.make_opsetid("", self.opset)])
        model = helper.make_model(graph, opset_imports=imports, ir_version=8, functions=getattr(self, "functions", []))
        return model

    def run(self, every=False, check=True):
        model = self.proto(every)
        options = ort.SessionOptions()
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.intra_op_num_threads = 1
        inferred = onnx.shape_inference.infer_shapes(model)
        types = {v.name: v for v in inferred.graph.value_info}
        for o in model.graph.output:
            o.CopyFrom(types.get(o.name, helper.make_tensor_value_info(o.name, TensorProto.FLOAT, None)))
        session = ort.InferenceSession(model.SerializeToString(), options)
        names = [o.name for o in model.graph.output]
        found = session.run(names, self.feeds)
        if check:
            other = ReferenceEvaluator(model).run(names, self.feeds)
            order = [n for node in self.nodes for n in node.output if n in names]
            both = {n: (a, b) for n, a, b in zip(names, found, other)}
            for n, (a, b) in ((n, both[n]) for n in order):
                assert a.shape == b.shape, (n, a.shape, b.shape)
                worst = np.max(np.abs(a - b) / (1 + np.abs(a)))
                assert worst <= 2e-5, (self.name, n, worst)
        return dict(zip(names, found)), model


def residual(m, x, cin, cout, spatial, name, stride=1):
    a = m.conv(x, cin, cout, 3, f"{name}_conv1", spatial=spatial, bias=False, pads=[1] * 2 * spatial, strides=[stride] * spatial)
    a = m.op("Relu", [m.batch_norm(a, cout, f"{name}_bn1")], f"{name}_relu1")
    a = m.batch_norm(m.conv(a, cout, cout, 3, f"{name}_conv2", spatial=spatial, bias=False, pads=[1] * 2 * spatial), cout, f"{name}_bn2")
    s = m.conv(x, cin, cout, 1, f"{name}_short", spatial=spatial, strides=[stride] * spatial)
    return m.op("Relu", [m.op("Add", [a, s], f"{name}_add")], f"{name}_relu2")


def classifier(spatial, sizes, opset):
    """ResNet blocks, a dense block, squeeze and excitation, Flatten of NCHW before a dense layer."""
    m = Model(opset, f"classifier{spatial}d")
    x = m.input("ct", 2, 1, *sizes, free=["batch", None] + [None] * spatial)
    a = m.op("Relu", [m.conv(x, 1, 6, 5 if spatial == 2 else 3, "stem", spatial=spatial, pads=[2 if spatial == 2 else 1] * 2 * spatial, strides=[2] * spatial)], "stem_relu")
    a = m.op("MaxPool", [a], "pool", kernel_shape=[3] * spatial, strides=[2] * spatial, pads=[1] * 2 * spatial)
    a = residual(m, a, 6, 8, spatial, "block", 1)
    d = m.op("Relu", [m.batch_norm(a, 8, "dense_bn")], "dense_relu")
    d = m.op("Concat", [a, m.conv(d, 8, 4, 3, "dense_conv", spatial=spatial, pads=[1] * 2 * spatial)], "dense_cat", axis=1)
    g = m.op("GlobalAveragePool", [d], "se_pool")
    g = m.op("Relu", [m.conv(g, 12, 3, 1, "se_down", spatial=spatial)], "se_relu")
    g = m.op("Sigmoid", [m.conv(g, 3, 12, 1, "se_up", spatial=spatial)], "se_gate")
    d = m.op("Mul", [d, g], "se_scale")
    d = m.op("AveragePool", [d], "mean", kernel_shape=[2] * spatial, strides=[2] * spatial)
    f = m.op("Flatten", [d], "flat", axis=1)
    shape = m.run(every=True, check=False)[0]["flat_out"].shape
    f = m.op("Relu", [m.op("Gemm", [f, m.weight(draw(9, shape[1], scale=0.1)), m.weight(draw(9))], "hidden", transB=1)], "hidden_relu")
    f = m.op("Dropout", [f], "drop")
    f = m.op("MatMul", [f, m.weight(draw(9, 4))], "logits")
    m.outputs = [m.op("Softmax", [f], "classes", axis=1)]
    return m


def unet(spatial, sizes, opset, grown):
    """nnU-Net's shape: instance norm, leaky ReLU, strided convolutions down, transposed up, two outputs."""
    m = Model(opset, f"unet{spatial}d")
    free = ["n", None] + (["h", "w", "d"][:spatial] if grown else [None] * spatial)
    x = m.input("volume", 2, 2, *sizes, free=free)

    def block(x, cin, cout, name, stride=1):
        a = m.conv(x, cin, cout, 3, f"{name}_conv", spatial=spatial, pads=[1] * 2 * spatial, strides=[stride] * spatial)
        a = m.op("InstanceNormalization", [a, m.weight(draw(cout) * 0.2 + 1), m.weight(draw(cout) * 0.2)], f"{name}_norm")
        return m.op("LeakyRelu", [a], f"{name}_lrelu", alpha=0.01)

    a = block(x, 2, 4, "enc0")
    b = block(a, 4, 6, "enc1", 2)
    c = block(b, 6, 8, "enc2", 2)
    u = m.up(c, 8, 6, 2, "up1", spatial=spatial, strides=[2] * spatial)
    u = block(m.op("Concat", [u, b], "cat1", axis=1), 12, 6, "dec1")
    deep = m.conv(u, 6, 3, 1, "deep", spatial=spatial)
    scales = m.weight(np.array([1, 1] + [2] * spatial, np.float32))
    roi = m.weight(np.zeros(0, np.float32)) if opset < 13 else ""
    v = m.op("Resize", [u, roi, scales], "up0", mode="linear", coordinate_transformation_mode="half_pixel")
    v = block(m.op("Concat", [v, a], "cat0", axis=1), 10, 4, "dec0")
    v = m.conv(v, 4, 3, 1, "seg", spatial=spatial)
    m.outputs = [m.op("Softmax", [v], "organs", axis=1), deep]
    return m


def meshnet(opset):
    """Dilated 3D convolutions with batch norm, the last one a PReLU; the size is free."""
    m = Model(opset, "meshnet")
    x = m.input("t1", 1, 1, 10, 9, 11, free=[None, None, "d", "h", "w"])
    for i, d in enumerate([1, 2, 3]):
        x = m.conv(x, 1 if i == 0 else 4, 4, 3, f"c{i}", spatial=3, dilations=[d] * 3, pads=[d] * 6, bias=False)
        x = m.op("Relu", [m.batch_norm(x, 4, f"bn{i}")], f"r{i}")
    x = m.op("PRelu", [x, m.weight(np.abs(draw(4, 1, 1, 1)))], "prelu")
    m.outputs = [m.conv(x, 4, 2, 1, "out", spatial=3)]
    return m


def vnet(opset):
    """Strided down, transposed up, sums of inputs repeated over channels, ELU."""
    m = Model(opset, "vnet")
    x = m.input("mr", 1, 1, 8, 8, 8)
    wide = m.op("Concat", [x] * 4, "wide", axis=1)
    a = m.op("Elu", [m.op("Add", [m.conv(x, 1, 4, 5, "in_conv", spatial=3, pads=[2] * 6), wide], "in_sum")], "in_elu")
    b = m.op("Elu", [m.conv(a, 4, 8, 2, "down", spatial=3, strides=[2] * 3)], "down_elu")
    c = m.conv(b, 8, 8, 5, "mid", spatial=3, auto_pad="SAME_UPPER")
    b = m.op("Elu", [m.op("Add", [c, b], "mid_sum")], "mid_elu")
    u = m.op("Elu", [m.up(b, 8, 4, 2, "up", spatial=3, strides=[2] * 3)], "up_elu")
    u = m.op("Concat", [u, a], "cat", axis=1)
    u = m.conv(u, 8, 2, 1, "out", spatial=3)
    u = m.op("Transpose", [u], "last", perm=[0, 2, 3, 4, 1])
    m.outputs = [m.op("Softmax", [u], "soft", axis=-1)]
    return m


def from_tensorflow(opset):
    """As converters from TensorFlow write it: channels last outside, Transposes around the convolutions, a Shape chain before Reshape."""
    m = Model(opset, "converted")
    x = m.input("image", 2, 8, 6, 3, free=["unk__1", None, None, None])
    a = m.op("Transpose", [x], "to_nchw", perm=[0, 3, 1, 2])
    a = m.op("Relu", [m.conv(a, 3, 4, 3, "c1", spatial=2, auto_pad="SAME_UPPER")], "r1")
    a = m.op("Pad", [a, m.weight(np.array([0, 0, 1, 1, 0, 0, 1, 1])), m.weight(np.float32(0))], "pad")
    a = m.conv(a, 4, 5, 3, "c2", spatial=2, strides=[2, 2])
    a = m.op("Transpose", [a], "to_nhwc", perm=[0, 2, 3, 1])
    a = m.op("Add", [a, m.weight(draw(5))], "bias")
    s = m.op("Slice", [m.op("Shape", [a], "shape"), m.weight(np.array([0])), m.weight(np.array([1]))], "batch")
    t = m.op("Concat", [s, m.weight(np.array([-1]))], "target", axis=0)
    a = m.op("Reshape", [a, t], "flat")
    m.outputs = [m.op("MatMul", [a, m.weight(draw(4 * 3 * 5, 3))], "logits")]
    return m


def attention(opset):
    """A map as a sequence of voxels, multiplied with itself; free sizes through Shape."""
    m = Model(opset, "attention")
    x = m.input("x", 2, 6, 4, 5)
    q, k, v = (m.conv(x, 6, 6, 1, n, spatial=2) for n in ("q", "k", "v"))
    shape = m.weight(np.array([0, 6, -1]))
    q, k, v = (m.op("Reshape", [t, shape], f"{n}_flat") for t, n in ((q, "q"), (k, "k"), (v, "v")))
    q = m.op("Transpose", [q], "q_turn", perm=[0, 2, 1])
    w = m.op("Softmax", [m.op("MatMul", [q, k], "qk")], "weights", axis=-1)
    v = m.op("Transpose", [v], "v_turn", perm=[0, 2, 1])
    y = m.op("MatMul", [w, v], "mixed")
    y = m.op("Reshape", [m.op("Transpose", [y], "back", perm=[0, 2, 1]), m.weight(np.array([0, 6, 4, 5]))], "image")
    m.outputs = [m.op("Add", [m.conv(y, 6, 6, 1, "proj", spatial=2), x], "sum")]
    return m


def group_norm(opset):
    """GroupNorm as PyTorch writes it before opset 18, and a channel shuffle."""
    m = Model(opset, "group-norm")
    x = m.input("x", 2, 8, 6, 5)
    a = m.conv(x, 8, 8, 3, "conv", spatial=2, pads=[1] * 4)
    g = m.op("Reshape", [a, m.weight(np.array([0, 4, -1]))], "groups")
    g = m.op("InstanceNormalization", [g, m.weight(np.ones(4, np.float32)), m.weight(np.zeros(4, np.float32))], "norm")
    g = m.op("Reshape", [g, m.op("Shape", [a], "sizes")], "image")
    g = m.op("Add", [m.op("Mul", [g, m.weight(draw(8, 1, 1))], "scale"), m.weight(draw(8, 1, 1))], "shift")
    s = m.op("Reshape", [g, m.weight(np.array([0, 2, 4, 6, 5]))], "apart")
    s = m.op("Reshape", [m.op("Transpose", [s], "swap", perm=[0, 2, 1, 3, 4]), m.weight(np.array([0, 8, 6, 5]))], "shuffled")
    m.outputs = [m.conv(s, 8, 8, 3, "grouped", spatial=2, group=8, pads=[1] * 4)]
    return m


def with_functions(opset):
    """Layers as functions of the file, one within the other, with attributes handed in and left at their defaults."""
    m = Model(opset, "functions")
    x = m.input("x", 2, 3, 6, 5)
    imports = [helper.make_opsetid("", opset), helper.make_opsetid("local", 1)]
    leaky = helper.make_node("LeakyRelu", ["a"], ["b"], name="leaky")
    slope = leaky.attribute.add()
    slope.name, slope.ref_attr_name, slope.type = "alpha", "slope", onnx.AttributeProto.FLOAT
    act = helper.make_function("local", "Act", ["a"], ["b"], [leaky], imports, attribute_protos=[helper.make_attribute("slope", 0.3)])
    body = [
        helper.make_node("Conv", ["x", "w", "b"], ["c"], name="conv", pads=[1, 1, 1, 1]),
        helper.make_node("Act", ["c"], ["d"], name="act", domain="local"),
        helper.make_node("Add", ["d", "x"], ["y"], name="add"),
    ]
    block = helper.make_function("local", "Block", ["x", "w", "b"], ["y"], body, imports)
    m.functions, m.imports = [act, block], imports
    for i in range(2):
        x = m.op("Block", [x, m.weight(draw(3, 3, 3, 3, scale=0.3)), m.weight(draw(3))], f"block{i}", domain="local")
    m.outputs = [m.op("Act", [x], "last", domain="local", slope=0.1)]
    return m


NETWORKS = [
    classifier(2, (24, 20), 13),
    classifier(3, (14, 12, 16), 17),
    unet(2, (16, 12), 11, grown=True),
    unet(3, (8, 12, 8), 18, grown=False),
    meshnet(9),
    vnet(13),
    from_tensorflow(15),
    attention(17),
    group_norm(12),
    with_functions(17),
]

CASES = []


def case(name, op, shape, *weights, opset=17, check=True, inputs=None, values=None, outputs=1, **attributes):
    """One operation on one map; weights may be None where an input is left out."""
    m = Model(opset, name)
    x = m.input("x", *shape, values=values)
    more = [m.input(f"x{i + 2}", *s) for i, s in enumerate(inputs or [])]
    given = [x, *more, *("" if w is None else m.weight(w) for w in weights)]
    made = m.op(op, given, "op", outputs=outputs, **attributes)
    m.outputs = [made] if outputs == 1 else made
    CASES.append((m, check))


i64 = lambda *v: np.array(v, np.int64)
f32 = lambda *v: np.array(v, np.float32)

# Convolutions
for n, size in ((1, (9,)), (2, (9, 8)), (3, (6, 7, 5))):
    w = lambda cout, cin, k=3: draw(cout, cin, *[k] * n, scale=0.3)
    case(f"conv{n}d-pads", "Conv", (2, 3, *size), w(4, 3), draw(4), pads=[1] * n + [2] * n)
    case(f"conv{n}d-strides-upper", "Conv", (2, 3, *size), w(4, 3), strides=[2] * n, auto_pad="SAME_UPPER")
    case(f"conv{n}d-strides-lower", "Conv", (2, 3, *size), w(4, 3, 4 if n < 3 else 2), strides=[2] * n, auto_pad="SAME_LOWER")
    case(f"conv{n}d-dilations", "Conv", (2, 3, *size), w(4, 3, 2), dilations=[2] * n, pads=[1] * 2 * n)
    case(f"conv{n}d-dilated-strided", "Conv", (1, 2, *size), w(3, 2, 2), dilations=[2] * n, strides=[2] * n, auto_pad="VALID")
    case(f"conv{n}d-groups", "Conv", (2, 4, *size), w(6, 2), draw(6), group=2, pads=[1] * 2 * n)
    case(f"conv{n}d-depthwise", "Conv", (2, 4, *size), w(4, 1), group=4, pads=[1] * 2 * n, strides=[2] * n)
    case(f"conv{n}d-depthwise-multiplier", "Conv", (2, 3, *size), w(6, 1, 2), draw(6), group=3, dilations=[2] * n)
    t = lambda cin, cout, k=3: draw(cin, cout, *[k] * n, scale=0.3)
    case(f"transposed{n}d-plain", "ConvTranspose", (2, 3, *size), t(3, 4), draw(4))
    case(f"transposed{n}d-strides", "ConvTranspose", (2, 3, *size), t(3, 4), strides=[2] * n, pads=[1] * 2 * n, output_padding=[1] * n)
    case(f"transposed{n}d-uneven", "ConvTranspose", (2, 3, *size), t(3, 2, 4), strides=[3] * n, pads=[0] * n + [2] * n)
    case(f"transposed{n}d-dilations", "ConvTranspose", (2, 3, *size), t(3, 2, 2), dilations=[2] * n, pads=[1] * 2 * n)
    case(f"transposed{n}d-groups", "ConvTranspose", (2, 4, *size), t(4, 3), draw(6), group=2, strides=[2] * n, check=False)
    case(f"transposed{n}d-upper", "ConvTranspose", (2, 3, *size), t(3, 2), strides=[2] * n, auto_pad="SAME_UPPER", check=False)
    case(f"transposed{n}d-lower", "ConvTranspose", (2, 3, *size), t(3, 2), strides=[2] * n, auto_pad="SAME_LOWER", check=False)
    case(f"transposed{n}d-shape", "ConvTranspose", (2, 3, *size), t(3, 2), strides=[2] * n, output_shape=[2 * s for s in size], check=False)
    # Pooling
    case(f"max{n}d-pads", "MaxPool", (2, 3, *size), kernel_shape=[3] * n, strides=[2] * n, pads=[1] * 2 * n)
    case(f"max{n}d-ceil", "MaxPool", (2, 3, *size), kernel_shape=[3] * n, strides=[2] * n, ceil_mode=1, check=False)
    case(f"max{n}d-ceil-pads", "MaxPool", (2, 3, *size), kernel_shape=[2] * n, strides=[3] * n, pads=[1] * n + [0] * n, ceil_mode=1, check=False)
    case(f"max{n}d-dilations", "MaxPool", (2, 3, *size), kernel_shape=[2] * n, dilations=[2] * n, pads=[1] * 2 * n, check=False)
    case(f"max{n}d-upper", "MaxPool", (2, 3, *size), kernel_shape=[3] * n, strides=[2] * n, auto_pad="SAME_UPPER")
    case(f"max{n}d-lower", "MaxPool", (2, 3, *size), kernel_shape=[2] * n, strides=[2] * n, auto_pad="SAME_LOWER", check=False)
    for count in (0, 1):
        case(f"average{n}d-pads-{count}", "AveragePool", (2, 3, *size), kernel_shape=[3] * n, strides=[2] * n, pads=[1] * 2 * n, count_include_pad=count)
        case(f"average{n}d-ceil-{count}", "AveragePool", (2, 3, *size), opset=19, kernel_shape=[3] * n, strides=[2] * n, pads=[1] * n + [0] * n, ceil_mode=1, count_include_pad=count, check=False)
    case(f"average{n}d-upper", "AveragePool", (2, 3, *size), kernel_shape=[3] * n, strides=[2] * n, auto_pad="SAME_UPPER")
    case(f"average{n}d-dilations", "AveragePool", (2, 3, *size), opset=19, kernel_shape=[2] * n, dilations=[2] * n, check=False)
    case(f"global-mean{n}d", "GlobalAveragePool", (2, 3, *size))
    case(f"global-max{n}d", "GlobalMaxPool", (2, 3, *size), check=False)
    # Normalisation
    case(f"instance{n}d", "InstanceNormalization", (2, 3, *size), draw(3), draw(3), epsilon=1e-3)
    case(f"batch{n}d", "BatchNormalization", (2, 3, *size), draw(3), draw(3), draw(3), np.abs(draw(3)) + 0.1)
    case(f"group{n}d-old", "GroupNormalization", (2, 6, *size), draw(3), draw(3), opset=18, num_groups=3, check=False)
    case(f"group{n}d", "GroupNormalization", (2, 6, *size), draw(6), draw(6), opset=21, num_groups=3)
    case(f"layer{n}d", "LayerNormalization", (2, 3, *size), draw(3, *size), draw(3, *size), axis=1)
    case(f"layer{n}d-last", "LayerNormalization", (2, 3, *size), draw(size[-1]), axis=-1)
    # Sampling
    scales = f32(1, 1, *[2.0] * n)
    odd = f32(1, 1, *[1.6] * n)
    less = f32(1, 1, *[0.6] * n)
    sizes = i64(2, 3, *[s + 3 for s in size])
    for where in ("half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric"):
        for mode in ("nearest", "linear", "cubic") if n == 2 else ("nearest", "linear"):
            for what, s in (("twice", scales), ("odd", odd), ("less", less)):
                if where == "align_corners" and what != "twice":
                    continue
                case(f"resize{n}d-{mode}-{where}-{what}", "Resize", (2, 3, *size), None, s, mode=mode, coordinate_transformation_mode=where, check=n < 3)
    for rounding in ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil"):
        for where in ("asymmetric", "half_pixel"):
            case(f"resize{n}d-{rounding}-{where}", "Resize", (2, 3, *size), None, odd, mode="nearest", nearest_mode=rounding, coordinate_transformation_mode=where, check=False)
    case(f"resize{n}d-sizes", "Resize", (2, 3, *size), None, None, sizes, mode="linear", check=n < 3)
    case(f"upsample{n}d-nearest", "Upsample", (2, 3, *size), scales, opset=9, mode="nearest", check=False)
    case(f"pad{n}d-constant", "Pad", (2, 3, *size), i64(*[0, 1] + [2] * n + [0, 2] + [1] * n), f32(0.5)[0], mode="constant")
    case(f"pad{n}d-zero", "Pad", (2, 3, *size), i64(*[0, 0] + [2] * n + [0, 0] + [1] * n), mode="constant")
    case(f"pad{n}d-reflect", "Pad", (2, 3, *size), i64(*[0, 0] + [2] * n + [0, 0] + [1] * n), mode="reflect")
    case(f"pad{n}d-edge", "Pad", (2, 3, *size), i64(*[0, 0] + [2] * n + [0, 0] + [3] * n), mode="edge")
    case(f"pad{n}d-cut", "Pad", (2, 3, *size), i64(*[0, 0] + [-1] * n + [0, 0] + [2] * n), mode="constant", check=False)
    case(f"prelu{n}d", "PRelu", (2, 3, *size), np.abs(draw(3, *[1] * n)))
case("pad2d-wrap", "Pad", (2, 3, 5, 4), i64(0, 0, 2, 1, 0, 0, 3, 2), opset=19, mode="wrap")
case("pad2d-axes", "Pad", (2, 3, 5, 4), i64(1, 2), None, i64(-1), opset=18, mode="reflect")
case("pad2d-attributes", "Pad", (2, 3, 5, 4), opset=9, pads=[0, 0, 1, 2, 0, 0, 0, 1], mode="edge", check=False)
case("upsample2d-linear", "Upsample", (2, 3, 5, 4), f32(1, 1, 2, 3), opset=9, mode="linear", check=False)
case("resize10", "Resize", (2, 3, 5, 4), f32(1, 1, 2, 0.5), opset=10, mode="linear", check=False)
case("resize2d-exclude", "Resize", (2, 3, 6, 5), None, f32(1, 1, 1.5, 0.7), mode="cubic", cubic_coeff_a=-0.5, exclude_outside=1)
case("resize2d-antialias", "Resize", (1, 2, 9, 8), None, f32(1, 1, 0.5, 0.4), opset=18, mode="linear", antialias=1, exclude_outside=1, check=False)
case("resize2d-axes", "Resize", (2, 3, 6, 5), None, None, i64(9, 4), opset=18, mode="linear", axes=[2, 3])
case("resize2d-symmetric", "Resize", (2, 3, 6, 5), None, f32(1, 1, 1.3, 0.7), opset=19, mode="linear", coordinate_transformation_mode="half_pixel_symmetric", check=False)
case("resize2d-not-larger", "Resize", (2, 3, 6, 5), None, None, i64(9, 9), opset=18, mode="nearest", axes=[2, 3], keep_aspect_ratio_policy="not_larger", check=False)
case("resize2d-crop", "Resize", (1, 2, 6, 5), f32(0, 0, 0.2, -0.3, 1, 1, 0.8, 1.1), f32(1, 1, 1.5, 2), mode="linear", coordinate_transformation_mode="tf_crop_and_resize", extrapolation_value=7.0, check=False)
case("depth-to-space", "DepthToSpace", (2, 12, 3, 4), blocksize=2)
case("depth-to-space-crd", "DepthToSpace", (2, 12, 3, 4), blocksize=2, mode="CRD")
case("space-to-depth", "SpaceToDepth", (2, 3, 4, 6), blocksize=2)
case("lrn", "LRN", (2, 7, 4, 5), size=5, alpha=0.02, beta=0.6, bias=1.3, check=False)
case("unit", "LpNormalization", (2, 5, 4, 3), axis=1, p=2)

# Activations
X = (2, 3, 4, 5)
for op, attributes in [
    ("Relu", {}), ("LeakyRelu", {"alpha": 0.2}), ("Elu", {"alpha": 1.5}), ("Selu", {}), ("Selu", {"alpha": 2.0, "gamma": 0.7}), ("Celu", {"alpha": 2.0}),
    ("Sigmoid", {}), ("Tanh", {}), ("HardSigmoid", {}), ("HardSigmoid", {"alpha": 1 / 6}), ("HardSigmoid", {"alpha": 0.4, "beta": 0.3}), ("HardSwish", {}),
    ("Softplus", {}), ("Softsign", {}), ("ThresholdedRelu", {"alpha": 0.4}), ("Shrink", {"lambd": 0.7}), ("Shrink", {"lambd": 0.5, "bias": 0.5}),
    ("Abs", {}), ("Neg", {}), ("Exp", {}), ("Floor", {}), ("Ceil", {}), ("Round", {}), ("Sign", {}), ("Erf", {}), ("Sin", {}), ("Cos", {}), ("Atan", {}), ("Reciprocal", {}), ("Sinh", {}), ("Cosh", {}), ("Asinh", {}),
    ("Softmax", {"axis": 1}), ("Softmax", {"axis": -1}), ("LogSoftmax", {"axis": 1}), ("LogSoftmax", {"axis": 2}), ("Identity", {}), ("Transpose", {"perm": [0, 3, 1, 2]}), ("Transpose", {"perm": [0, 1, 3, 2]}),
]:
    case(f"{op.lower()}-{len(CASES)}", op, X, **attributes)
case("mish", "Mish", X, opset=18)
case("gelu", "Gelu", X, opset=20)
case("gelu-tanh", "Gelu", X, opset=20, approximate="tanh")
case("softmax-old", "Softmax", X, opset=11, check=False)
case("softmax-old-2", "Softmax", X, opset=11, axis=2, check=False)
case("clip", "Clip", X, f32(-0.5)[0], f32(0.7)[0])
case("clip-6", "Clip", X, f32(0)[0], f32(6)[0], values=draw(*X, scale=5))
case("clip-lower", "Clip", X, f32(0.1)[0])
case("clip-old", "Clip", X, opset=9, min=-0.3, max=0.4, check=False)
case("sqrt", "Sqrt", X, values=np.abs(draw(*X)))
case("log", "Log", X, values=np.abs(draw(*X)) + 0.1)
case("pow", "Pow", X, f32(3)[0], values=np.abs(draw(*X)))
case("pow-2", "Pow", X, f32(2)[0])
# Sums and their like
for op in ("Add", "Sub", "Mul", "Div"):
    case(f"{op.lower()}-channel", op, X, np.abs(draw(3, 1, 1)) + 0.5)
    case(f"{op.lower()}-last", op, X, np.abs(draw(5)) + 0.5)
    case(f"{op.lower()}-number", op, X, np.abs(draw()) + 0.5)
    case(f"{op.lower()}-map", op, X, inputs=[(2, 3, 1, 1)])
case("max", "Max", X, inputs=[X, X])
case("min", "Min", X, f32(0.2)[0])
case("sum", "Sum", X, inputs=[X, X])
case("mean", "Mean", X, inputs=[X, X])
m = Model(17, "where")
c = m.op("Greater", [m.input("x", *X), m.input("y", *X)], "greater")
m.outputs = [m.op("Where", [c, "x", m.weight(f32(-2)[0])], "op")]
CASES.append((m, True))
m = Model(17, "first-number")
x = m.input("x", *X, values=draw(*X) + 9)
m.outputs = [m.op("Div", [m.weight(draw(3, 1, 1)), m.op("Sub", [m.weight(draw(5)), x], "minus")], "op")]
CASES.append((m, True))
# Shapes
case("flatten", "Flatten", X)
case("flatten-3d", "Flatten", (2, 3, 4, 2, 3))
case("reshape-spatial", "Reshape", X, i64(0, 3, -1))
case("reshape-channels", "Reshape", (2, 6, 4, 5), i64(0, 2, 3, 4, 5))
case("reshape-all", "Reshape", X, i64(0, 5, 4, 3))
case("reshape-vector", "Reshape", X, i64(2, -1))
case("squeeze", "Squeeze", (2, 1, 4, 5), i64(1))
case("squeeze-old", "Squeeze", (2, 3, 1, 1), opset=11, axes=[2, 3])
case("unsqueeze", "Unsqueeze", (2, 4, 5), i64(1))
case("unsqueeze-old", "Unsqueeze", (2, 3), opset=11, axes=[2, 3])
case("slice", "Slice", X, i64(1, -3), i64(3, 9999), i64(1, 3), i64(1, 2))
case("slice-old", "Slice", X, opset=9, axes=[2], starts=[1], ends=[-1], check=False)
case("split", "Split", (2, 6, 4, 5), i64(1, 2, 3), axis=1, outputs=3)
case("split-equal", "Split", (2, 6, 4, 5), opset=18, axis=2, outputs=2, num_outputs=2)
case("split-old", "Split", (2, 6, 4, 5), opset=11, axis=1, split=[4, 2], outputs=2)
case("concat-channels", "Concat", X, inputs=[(2, 2, 4, 5)], axis=1)
case("concat-rows", "Concat", X, inputs=[(2, 3, 1, 5)], axis=-2)
case("gather-one", "Gather", X, np.int64(2), axis=1)
case("gather-some", "Gather", X, i64(3, 0, -1), axis=3)
case("gather-run", "Gather", X, i64(1, 2), axis=1)
case("tile", "Tile", X, i64(1, 2, 1, 3))
case("expand", "Expand", (2, 3, 1, 1), i64(1, 3, 4, 5))
case("matmul", "MatMul", X, draw(5, 7))
case("matmul-maps", "MatMul", X, inputs=[(2, 3, 5, 2)])
case("gemm", "Gemm", (3, 5), draw(4, 5), draw(4), alpha=0.5, beta=2.0, transB=1)
case("gemm-number", "Gemm", (3, 5), draw(5, 4), draw(1))
# Reductions
for op in ("ReduceMean", "ReduceMax", "ReduceMin", "ReduceSumSquare", "ReduceL1", "ReduceL2", "ReduceProd", "ReduceLogSumExp"):
    case(f"{op.lower()}", op, X, axes=[2, 3])
    case(f"{op.lower()}-channels", op, X, axes=[1], keepdims=0)
    case(f"{op.lower()}-18", op, X, i64(-1), opset=18, keepdims=0)
case("reducesum", "ReduceSum", X, i64(2, 3), keepdims=0)
case("argmax", "ArgMax", X, axis=1, check=False)
case("argmin", "ArgMin", X, axis=2, keepdims=0, check=False)


def entry(m, every, check=True):
    values, _ = m.run(every, check)
    proto = m.proto()
    kept = onnx.load_from_string(proto.SerializeToString())
    result = {
        "name": m.name,
        "opset": m.opset,
        "model": base64.b64encode(kept.SerializeToString()).decode(),
        "inputs": {n: packed(a) for n, a in m.feeds.items()},
        "outputs": {n: packed(values[n]) for n in m.outputs},
    }
    if every:
        result["inner"] = {n.name: packed(values[n.output[0]]) for n in m.nodes if n.op_type not in ("Shape", "Slice") or m.name != "converted"}
        for n in ("shape", "batch", "target", "sizes"):
            result["inner"].pop(n, None)
        if hasattr(m, "functions"):
            result["inner"] = {}
    return result


def written(path, name, entries):
    text = json.dumps({"onnx": onnx.__version__, "onnxruntime": ort.__version__, "cases": entries}).encode()
    with open(os.path.join(path, name), "wb") as file:
        file.write(gzip.compress(text, 9, mtime=0))
    print(name, len(entries), os.path.getsize(os.path.join(path, name)))


if __name__ == "__main__":
    where = sys.argv[1] if len(sys.argv) > 1 else "."
    written(where, "networks.json.gz", [entry(m, True, m.opset >= 14 and not hasattr(m, 'functions')) for m in NETWORKS])
    made = []
    for m, check in CASES:
        try:
            made.append(entry(m, False, check))
        except Exception as thrown:
            print("left out", m.name, str(thrown)[:150])
    written(where, "operations.json.gz", made)
