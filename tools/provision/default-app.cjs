/**
 * What Electron runs when it is started on a folder, `electron [switches] FOLDER [words]`: the npm carrier leaves its own out.
 */
const { app } = require('electron');
const fs = require('node:fs');
const path = require('node:path');

const words = process.argv.slice(1);
if (words.includes('--version') || words.includes('-v')) {
  console.log(`v${process.versions.electron}`);
  process.exit(0);
}
const folder = words.find((word) => !word.startsWith('-'));
if (!folder) {
  console.error('usage: electron FOLDER');
  process.exit(2);
}
const home = path.resolve(folder);
const facts = JSON.parse(fs.readFileSync(path.join(home, 'package.json'), 'utf8'));
app.setName(facts.productName ?? facts.name);
app.setVersion(facts.version);
app.setAppPath(home);
require(path.join(home, facts.main));
