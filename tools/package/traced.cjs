/** Run in a process of its own: loads what the engine takes from node_modules and says which files that opened. */
const fs = require('node:fs');
const path = require('node:path');
const { createRequire } = require('node:module');

const root = path.resolve(__dirname, '../..');
const load = createRequire(path.join(root, 'package.json'));
for (const name of process.argv.slice(2)) load(name);

const packages = fs.realpathSync(path.join(root, 'node_modules')) + path.sep;
const files = Object.keys(load.cache).filter((file) => file.startsWith(packages));
const manifests = new Set();
for (const file of files) {
  for (let folder = path.dirname(file); folder.length > packages.length; folder = path.dirname(folder)) {
    for (const name of ['package.json', 'LICENSE', 'LICENSE.md', 'LICENSE.txt', 'license', 'NOTICE']) {
      const beside = path.join(folder, name);
      if (fs.existsSync(beside)) manifests.add(beside);
    }
  }
}
console.log(
  JSON.stringify([...files, ...manifests].map((file) => path.join('node_modules', path.relative(packages, file)))),
);
