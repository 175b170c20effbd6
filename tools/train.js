// Runs the demo networks' training script: node tools/train.js [--real FOLDER] [--out FOLDER] …
import { runnerImport } from 'vite';

await runnerImport('./resources/demo/training/train.ts');
