// Runs a demo network's training script: node tools/train.js [NETWORK] [--real FOLDER] [--out FOLDER] …
import { runnerImport } from 'vite';

await runnerImport('./resources/demo/training/train.ts');
