import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

interface Cruise {
  readonly summary: {
    readonly violations: readonly { readonly from: string; readonly rule: { readonly name: string } }[];
  };
}

/** A tree with one planted mistake a file, and the rule that must catch it. */
const planted: readonly (readonly [file: string, text: string, rule: string])[] = [
  ['shared/reachesOut.ts', "import '../main/engine/volume/clean';", 'room shared/'],
  ['shared/otherPackage.ts', "import 'pinia';", 'shared knows zod only'],
  ['shared/usesNode.ts', "import 'node:fs';", 'no Node in the window'],
  ['main/engine/files/knowsDicom.ts', "import '../dicom/clean';", 'room main/engine/files/'],
  ['main/engine/volume/knowsNetworks.ts', "import '../network/clean';", 'room main/engine/volume/'],
  ['main/engine/volume/readsDisk.ts', "import 'node:fs';", 'dicom is given bytes, not the disk'],
  ['main/engine/dicom/knowsStudies.ts', "import '../study/clean';", 'room main/engine/dicom/'],
  ['main/engine/dicom/readsDisk.ts', "import 'node:fs/promises';", 'dicom is given bytes, not the disk'],
  ['main/engine/network/knowsPatients.ts', "import '../study/clean';", 'room main/engine/network/'],
  ['main/engine/network/secondDoor.ts', "import '@tensorflow/tfjs-core';", 'TensorFlow by one door'],
  ['main/engine/study/knowsNetworks.ts', "import '../network/clean';", 'room main/engine/study/'],
  ['main/engine/study/readsBytes.ts', "import 'dicom-parser';", 'DICOM bytes in dicom only'],
  ['main/engine/phantom/knowsRecipes.ts', "import '../recipe/clean';", 'room main/engine/phantom/'],
  ['main/engine/openkbp/knowsRecipes.ts', "import '../recipe/clean';", 'room main/engine/openkbp/'],
  ['main/engine/recipe/knowsDicom.ts', "import '../dicom/clean';", 'room main/engine/recipe/'],
  ['main/engine/result/knowsNetworks.ts', "import '../network/clean';", 'room main/engine/result/'],
  ['main/engine/analysis/maps/knowsJobs.ts', "import '../../job/clean';", 'room main/engine/analysis/'],
  ['main/engine/analysis/maps/knowsDicom.ts', "import '../../dicom/clean';", 'room main/engine/analysis/'],
  ['main/engine/analysis/maps/knowsOther.ts', "import '../occlusion/clean';", 'analyses do not know each other'],
  ['main/engine/analysis/maps/tensors.ts', "import '../../network/tensorflow';", 'TensorFlow stays within network'],
  ['main/engine/job/opensWindows.ts', "import 'electron';", 'Electron only at the edge'],
  ['main/engine/job/drawsPages.ts', "import 'vue';", 'no screen in the engine'],
  ['main/command/skipsJobs.ts', "import '../engine/network/clean';", 'room main/command/'],
  ['main/command/opensWindows.ts', "import 'electron';", 'Electron only at the edge'],
  ['main/desktop/knowsEngine.ts', "import '../engine/job/clean';", 'room main/desktop/'],
  ['preload/knowsEngine.ts', "import '../main/engine/job/clean';", 'room preload/'],
  ['preload/usesNode.ts', "import 'node:fs';", 'no Node in the window'],
  ['preload/otherPackage.ts', "import 'pinia';", 'preload knows Electron only'],
  ['renderer/bridge/knowsMain.ts', "import '../../main/desktop/clean';", 'room renderer/bridge/'],
  ['renderer/stores/knowsPanels.ts', "import '../panels/clean';", 'room renderer/stores/'],
  ['renderer/stores/usesNode.ts', "import 'node:path';", 'no Node in the window'],
  ['renderer/viewer/knowsPanels.ts', "import '../panels/clean';", 'room renderer/viewer/'],
  ['renderer/charts/knowsStores.ts', "import '../stores/clean';", 'room renderer/charts/'],
  ['renderer/controls/knowsStores.ts', "import '../stores/clean';", 'room renderer/controls/'],
  ['renderer/locales/knowsStores.ts', "import '../stores/clean';", 'room renderer/locales/'],
  ['renderer/panels/asksItself.ts', "import '../bridge/clean';", 'room renderer/panels/'],
  ['renderer/panels/draws.ts', "import 'cornerstone-core';", 'Cornerstone in the viewer only'],
  [
    'renderer/panels/Planted.vue',
    '<script setup lang="ts">\nimport { clean } from \'../bridge/clean\';\nclean();\n</script>\n<template><p /></template>',
    'room renderer/panels/',
  ],
  ['renderer/panels/forgotten.ts', 'export const nobody = 1;', 'no orphans'],
  ['renderer/charts/turnsA.ts', "import './turnsB';", 'no cycles'],
  ['renderer/charts/missing.ts', "import './nowhere';", 'what is imported exists'],
  ['renderer/charts/testing.ts', "import '../../tests/clean';", 'tests and tools stay outside'],
  ['main/engine/job/onlyForDevelopment.ts', "import 'vitest';", 'no package that only development has'],
  ['main/elsewhere/lost.ts', "import '../../shared/clean';", 'every file belongs to a room'],
  ['main/engine/recipe/knowsAnalyses.ts', "import '../analysis/occlusion/clean';", 'analyses are known to job only'],
];

const clean = [
  'shared',
  ...['files', 'volume', 'dicom', 'network', 'study', 'recipe', 'job', 'analysis/occlusion'].map(
    (room) => `main/engine/${room}`,
  ),
  ...['main/desktop', 'tests'],
  ...['bridge', 'stores', 'panels'].map((room) => `renderer/${room}`),
].map((room) => `${room}/clean.ts`);

describe('the table of rooms', () => {
  let tree: string;
  let violations: Cruise['summary']['violations'];

  beforeAll(() => {
    tree = mkdtempSync(join(tmpdir(), 'isolens-arrows-'));
    const write = (file: string, text: string): void => {
      mkdirSync(dirname(join(tree, file)), { recursive: true });
      writeFileSync(join(tree, file), `${text}\n`);
    };
    for (const name of ['.dependency-cruiser.cjs', 'tsconfig.base.json', 'package.json']) {
      cpSync(join(root, name), join(tree, name));
    }
    symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
    for (const file of clean) write(file, 'export const clean = (): number => 1;');
    write('main/engine/network/tensorflow.ts', "import '@tensorflow/tfjs-core';\nexport const tf = 1;");
    write('renderer/charts/turnsB.ts', "import './turnsA';");
    write('main/engine/volume/allowed.ts', "import '../../../shared/clean';");
    for (const [file, text] of planted) write(file, text);
    const words = [join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'), '--output-type', 'json'];
    const rooms = ['--config', '.dependency-cruiser.cjs', 'shared', 'main', 'preload', 'renderer'];
    let told: string;
    try {
      told = execFileSync(process.execPath, [...words, ...rooms], { cwd: tree, encoding: 'utf8', maxBuffer: 1 << 26 });
    } catch (thrown) {
      // Violations end it with a status above 0; what it found is on its output all the same.
      told = (thrown as { stdout: string }).stdout;
    }
    violations = (JSON.parse(told) as Cruise).summary.violations;
  });

  afterAll(() => {
    rmSync(tree, { recursive: true, force: true });
  });

  it.each(planted)('catches %s', (file, _text, rule) => {
    expect(violations.filter(({ from }) => from === file).map((violation) => violation.rule.name)).toContain(rule);
  });

  it('lets the allowed arrows pass', () => {
    const allowed = ['main/engine/volume/allowed.ts', 'main/engine/network/tensorflow.ts'];
    expect(violations.filter(({ from }) => allowed.includes(from))).toEqual([]);
  });
});
