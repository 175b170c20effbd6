"""Occlusion by Captum, MONAI and tf-explain on the networks that `export.ts` wrote: python occlude.py FOLDER.

Each case's folder holds `graph.json`, `numbers.bin` (float32, little-endian) and `input.bin`. Writes `peers.json` there: for each program
what it gives for every window, in the order of the lattice (first axis slowest), and wall and CPU time a window, in ms. The windows
lie side by side, so that a voxel's value is its window's own.
"""

import json
import os
import resource
import sys
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import torch
from captum.attr import Occlusion
from monai.visualize import OcclusionSensitivity

THREADS = 2
BATCHES = (1, 4, 16)
CLASS = 0
GREY = 127.5


def numbers(folder, graph):
    flat = np.fromfile(folder / "numbers.bin", dtype="<f4")
    for node in graph["nodes"]:
        node["values"] = {
            w["name"]: flat[w["offset"] : w["offset"] + int(np.prod(w["shape"]))].reshape(w["shape"])
            for w in node["weights"]
        }
    return graph


class Network(torch.nn.Module):
    """The graph, channels first. A map is summed over the region, so that every network gives one row of scores an entry."""

    def __init__(self, graph):
        super().__init__()
        self.nodes = graph["nodes"]
        self.region = graph["region"]
        self.rank = len(graph["sizes"])
        self.held = {}
        for node in self.nodes:
            for name, value in node["values"].items():
                tensor = torch.from_numpy(value.copy())
                if name == "kernel" and node["op"].startswith("convTranspose"):
                    tensor = tensor.permute(self.rank, self.rank + 1, *range(self.rank)).contiguous()
                elif name == "kernel" and node["op"].startswith("conv"):
                    tensor = tensor.permute(self.rank + 1, self.rank, *range(self.rank)).contiguous()
                self.held[node["name"], name] = tensor

    def forward(self, x):
        live = {}
        fn = torch.nn.functional
        for node in self.nodes:
            op, name = node["op"], node["name"]
            read = [live[i] for i in node["inputs"]]
            weight = self.held.get((name, "kernel"))
            bias = self.held.get((name, "bias"))
            if op == "input":
                y = x
            elif op in ("conv2d", "conv3d"):
                conv = fn.conv2d if self.rank == 2 else fn.conv3d
                y = conv(read[0], weight, bias, padding=weight.shape[2] // 2)
                if node["relu"]:
                    y = fn.relu(y)
            elif op in ("convTranspose2d", "convTranspose3d"):
                conv = fn.conv_transpose2d if self.rank == 2 else fn.conv_transpose3d
                y = conv(read[0], weight, bias, stride=2)
            elif op in ("maxPool2d", "maxPool3d"):
                y = (fn.max_pool2d if self.rank == 2 else fn.max_pool3d)(read[0], 2)
            elif op == "concatenate":
                y = torch.cat(read, 1)
            elif op == "globalAveragePool":
                y = read[0].mean(tuple(range(2, read[0].dim())))
            elif op == "dense":
                y = read[0] @ weight + bias
            else:
                raise ValueError(f"no counterpart of {op}")
            live[name] = y
        if self.region is None:
            return y
        box = tuple(slice(a, b) for a, b in zip(self.region["start"], self.region["end"]))
        return y[(slice(None), slice(None), *box)].sum(tuple(range(2, y.dim())))


def keras(graph):
    """The same graph in Keras, ending in softmax; 2D classifiers alone."""
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(THREADS)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    live, layers = {}, []
    for node in graph["nodes"]:
        op, values = node["op"], node["values"]
        read = [live[i] for i in node["inputs"]]
        if op == "input":
            first = y = tf.keras.Input((*graph["sizes"], 1))
        elif op == "conv2d":
            kernel = values["kernel"]
            layer = tf.keras.layers.Conv2D(
                kernel.shape[-1], kernel.shape[:2], padding="same", activation="relu" if node["relu"] else None
            )
            y = layer(read[0])
            layers.append((layer, values))
        elif op == "maxPool2d":
            y = tf.keras.layers.MaxPooling2D(2)(read[0])
        elif op == "globalAveragePool":
            y = tf.keras.layers.GlobalAveragePooling2D()(read[0])
        elif op == "dense":
            layer = tf.keras.layers.Dense(values["kernel"].shape[-1], activation="softmax")
            y = layer(read[0])
            layers.append((layer, values))
        else:
            raise ValueError(f"no counterpart of {op}")
        live[node["name"]] = y
    model = tf.keras.Model(first, y)
    for layer, values in layers:
        layer.set_weights([values["kernel"], values["bias"]])
    return model


def spent():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return time.perf_counter(), usage.ru_utime + usage.ru_stime


def timed(work, windows):
    wall, cpu = spent()
    result = work()
    after, used = spent()
    return result, {"wallMs": 1000 * (after - wall) / windows, "cpuMs": 1000 * (used - cpu) / windows}


def best(runs):
    return min(runs, key=lambda run: run[1]["cpuMs"])


def firsts(values, sizes, window):
    """The value at each window's first voxel."""
    return np.asarray(values)[tuple(slice(None, None, window) for _ in sizes)].reshape(-1).astype(float).tolist()


def with_torch(graph, image):
    sizes, window = graph["sizes"], graph["window"]
    windows = int(np.prod([n // window for n in sizes]))
    network = Network(graph).eval()
    x = torch.from_numpy(image.reshape(1, 1, *sizes).copy())
    found = {}
    with torch.no_grad():
        network(x)
        found["intact"] = float(network(x)[0, CLASS])
        runs = []
        for batch in BATCHES:
            run = lambda: Occlusion(network).attribute(
                x,
                sliding_window_shapes=(1, *[window] * len(sizes)),
                strides=(1, *[window] * len(sizes)),
                baselines=0,
                target=CLASS,
                perturbations_per_eval=batch,
            )
            runs.append(timed(run, windows))
        values, times = best(runs)
        found["captum"] = {"values": firsts(values[0, 0], sizes, window), **times}
        runs = []
        for batch in BATCHES:
            occlusion = OcclusionSensitivity(
                network, mask_size=window, n_batch=batch, overlap=0.0, activate=False, mode=0.0, verbose=False
            )
            runs.append(timed(lambda: occlusion(x)[0], windows))
        values, times = best(runs)
        # Its classes stand in the second axis.
        found["monai"] = {"values": firsts(values[0, CLASS], sizes, window), **times}
    return found


def with_tf_explain(graph, image):
    from tf_explain.core.occlusion_sensitivity import OcclusionSensitivity as Sensitivity

    sizes, window = graph["sizes"], graph["window"]
    windows = int(np.prod([n // window for n in sizes]))
    model = keras(graph)
    picture = image.reshape(*sizes, 1)
    explainer = Sensitivity(batch_size=BATCHES[-1])
    explainer.get_sensitivity_map(model, picture, CLASS, window)
    values, times = timed(lambda: explainer.get_sensitivity_map(model, picture, CLASS, window), windows)
    intact = float(model(picture[None])[0, CLASS])
    # Resized to the picture by whole factors: the middle of a window is its own value.
    middle = np.asarray(values)[window // 2 :: window, window // 2 :: window]
    return {"values": middle.reshape(-1).astype(float).tolist(), "intact": intact, "grey": GREY, **times}


def main(folder):
    torch.set_num_threads(THREADS)
    for case in sorted(p for p in Path(folder).iterdir() if (p / "graph.json").exists()):
        graph = numbers(case, json.loads((case / "graph.json").read_text()))
        image = np.fromfile(case / "input.bin", dtype="<f4")
        found = with_torch(graph, image)
        if len(graph["sizes"]) == 2 and graph["region"] is None:
            found["tfExplain"] = with_tf_explain(graph, image)
        (case / "peers.json").write_text(json.dumps(found))
        print(f"{case.name}: Captum {found['captum']['wallMs']:.1f} ms a window, MONAI {found['monai']['wallMs']:.1f}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
