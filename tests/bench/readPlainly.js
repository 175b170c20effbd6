// Reads every file of a folder into memory and holds them: what there is to be beaten. node readPlainly.js FOLDER
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

const folder = process.argv[2];
const begun = performance.now();
const held = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
const milliseconds = performance.now() - begun;
const bytes = held.reduce((sum, file) => sum + file.length, 0);
process.stdout.write(JSON.stringify({ milliseconds, files: held.length, bytes, resident: process.memoryUsage.rss() }));
