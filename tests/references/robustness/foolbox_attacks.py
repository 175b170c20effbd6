"""
What foolbox's attacks find on a small network whose weights and images follow a formula: python3 foolbox_attacks.py > foolbox_attacks.json
(foolbox 3.3, jax on the CPU). tests/engine/analysis/robustness/attacks.test.ts holds it. The network: 6 x 6 image, 3 x 3 convolution ('valid') to
4 channels, tanh, flattened, dense to 3 scores.
"""
import json
import warnings

warnings.filterwarnings("ignore")
import eagerpy as ep
import foolbox
import jax
import jax.numpy as jnp
import numpy as np

jax.config.update("jax_enable_x64", False)


def noise(count, seed):
    """Deterministic numbers in [-1, 1), a linear congruential sequence."""
    state = (seed * 2654435761 + 12345) & 0xFFFFFFFF
    out = []
    for _ in range(count):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        out.append(state / 2**31 - 1)
    return np.array(out, dtype=np.float32)


def network(classes):
    kernel = noise(3 * 3 * 1 * 4, 11).reshape(3, 3, 1, 4)
    dense = noise(64 * classes, 12).reshape(64, classes) / 4

    def scores(x):
        y = jax.lax.conv_general_dilated(x, kernel, (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC"))
        return jnp.tanh(y).reshape(x.shape[0], -1) @ dense

    return scores


epsilons = [0.005, 0.01, 0.02, 0.05, 0.1]
images = np.stack([0.5 + 0.3 * noise(36, 100 + n).reshape(6, 6, 1) for n in range(8)])
found = {"epsilons": epsilons, "cases": []}
for classes in (2, 3):
    scores = network(classes)
    model = foolbox.JAXModel(scores, bounds=(-10, 10), data_format="channels_last")
    labels = np.argmax(np.array(scores(jnp.array(images))), axis=1)
    x, y = ep.astensor(jnp.array(images)), ep.astensor(jnp.array(labels))
    case = {"classes": classes, "labels": labels.tolist(), "scores": np.array(scores(jnp.array(images))).tolist()}
    _, _, flipped = foolbox.attacks.LinfFastGradientAttack(random_start=False)(model, x, y, epsilons=epsilons)
    case["fgsm"] = np.array(flipped.raw).astype(int).tolist()
    attack = foolbox.attacks.LinfPGD(rel_stepsize=2.5 / 40, steps=40, random_start=False)
    _, _, flipped = attack(model, x, y, epsilons=epsilons)
    case["pgd"] = np.array(flipped.raw).astype(int).tolist()
    raw, _, flipped = foolbox.attacks.L2DeepFoolAttack(steps=50, overshoot=0.02)(model, x, y, epsilons=None)
    distance = np.linalg.norm((np.array(raw.raw) - images).reshape(len(images), -1), axis=1)
    case["deepfool"] = [float(d) if f else None for d, f in zip(distance, np.array(flipped.raw))]
    found["cases"].append(case)
print(json.dumps(found))
