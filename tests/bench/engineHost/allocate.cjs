// One size of tensor in one process: a fill, an add, and a 3D convolution whose output is as large. Prints "ok" when it lived.
process.env.TF_CPP_MIN_LOG_LEVEL = '2';
process.env.CUDA_VISIBLE_DEVICES = '-1';
const tf = require('@tensorflow/tfjs-node');
const gigabytes = Number(process.argv[2]);
const channels = 8;
const slices = 64;
const side = Math.round(Math.sqrt((gigabytes * 1e9) / 4 / channels / slices));
const out = tf.tidy(() => {
  const x = tf.fill([1, slices, side, side, 1], 1);
  return tf
    .conv3d(x, tf.ones([1, 1, 1, 1, channels]), 1, 'same')
    .add(1)
    .max()
    .dataSync()[0];
});
const say = out === 2 ? 'ok' : `wrong: ${out}`;
if (process.parentPort) process.parentPort.postMessage(say);
else process.stdout.write(say);
setTimeout(() => process.exit(0), 100);
