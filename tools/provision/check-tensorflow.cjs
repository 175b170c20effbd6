/** Run in a process of its own: loads TensorFlow and compares a 3D convolution with numbers worked out by hand. Says JSON. */
const path = require('node:path');
const { createRequire } = require('node:module');

const load = createRequire(path.resolve(__dirname, '../../package.json'));
const known = [-44, -48, -56, -60, -80, -84, -92, -96];

async function main(rung) {
  const tf = load(rung === 'wasm' ? '@tensorflow/tfjs-core' : '@tensorflow/tfjs-node');
  if (rung === 'wasm') {
    const wasm = load('@tensorflow/tfjs-backend-wasm');
    wasm.setWasmPaths(path.dirname(load.resolve('@tensorflow/tfjs-backend-wasm')) + path.sep);
    await tf.setBackend('wasm');
  }
  const input = tf.tensor5d(
    Float32Array.from({ length: 27 }, (_, i) => i),
    [1, 3, 3, 3, 1],
  );
  const kernel = tf.tensor5d(Float32Array.from([1, -2, 3, -4, 5, -6, 7, -8]), [2, 2, 2, 1, 1]);
  const found = [...(await tf.conv3d(input, kernel, 1, 'valid').data())];
  const same = found.length === known.length && found.every((value, i) => Math.abs(value - known[i]) < 1e-4);
  const backend = tf.backend();
  console.log(
    JSON.stringify({
      same,
      found,
      backend: tf.getBackend(),
      version: backend.binding?.TF_Version ?? load('@tensorflow/tfjs-core/package.json').version,
      gpu: backend.isUsingGpuDevice === true,
    }),
  );
}

main(process.argv[2]).catch((error) => {
  console.error(error.message);
  process.exit(1);
});
