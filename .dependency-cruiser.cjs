/**
 * Who may import whom: a row for each room. Data goes one way (file → dicom → study → volume → recipe → network →
 * analysis → result → contract → store → viewer); an arrow back is a bug.
 */
const zod = 'node_modules/zod/';

/** Folder of the room → what it may import of our own, beside itself. Paths are regular expressions from the root. */
const rooms = {
  '^shared/': [],
  '^main/engine/files/': ['^shared/'],
  '^main/engine/volume/': ['^shared/'],
  '^main/engine/dicom/': ['^shared/', '^main/engine/volume/'],
  '^main/engine/network/': ['^shared/'],
  '^main/engine/study/': ['^shared/', '^main/engine/(files|dicom|volume)/'],
  '^main/engine/phantom/': ['^shared/', '^main/engine/(dicom|volume)/'],
  '^main/engine/openkbp/': ['^shared/', '^main/engine/(dicom|volume)/'],
  '^main/engine/recipe/': ['^shared/', '^main/engine/(study|volume)/'],
  '^main/engine/result/': ['^shared/', '^main/engine/volume/'],
  '^main/engine/analysis/': ['^shared/', '^main/engine/(study|volume|recipe|network|result)/'],
  '^main/engine/job/': ['^shared/', '^main/engine/(?!start\\.ts)'],
  '^main/engine/start\\.ts$': ['^shared/', '^main/engine/job/'],
  '^main/command/': ['^shared/', '^main/engine/job/'],
  '^main/desktop/': ['^shared/'],
  '^preload/': ['^shared/'],
  '^renderer/bridge/': ['^shared/'],
  '^renderer/locales/': ['^shared/', '^renderer/controls/numbers\\.ts$'],
  '^renderer/controls/': ['^shared/', '^renderer/locales/'],
  '^renderer/charts/': ['^shared/', '^renderer/(locales|controls)/'],
  '^renderer/stores/': ['^shared/', '^renderer/(bridge|locales)/'],
  '^renderer/viewer/': ['^shared/', '^renderer/(bridge|stores|locales|controls)/'],
  '^renderer/panels/': ['^shared/', '^renderer/(stores|viewer|charts|controls|locales)/'],
  '^renderer/[^/]+$': ['^shared/', '^renderer/'],
};

const ours = '^(shared|main|preload|renderer)/';
const outside = 'node_modules/';

const arrows = Object.entries(rooms).map(([room, allowed]) => ({
  name: `room ${room.replace(/[\\^$]/g, '')}`,
  comment: 'This room may not import that one: see the table of rooms in .dependency-cruiser.cjs.',
  severity: 'error',
  from: { path: room },
  to: { path: ours, pathNot: [room, ...allowed] },
}));

/** Packages and Node's own modules that only some rooms may use. */
const doors = [
  {
    name: 'every file belongs to a room',
    comment: 'Add the room to the table in .dependency-cruiser.cjs first.',
    severity: 'error',
    from: {
      path: ours,
      pathNot: Object.keys(rooms),
    },
    to: {},
  },
  {
    name: 'shared knows zod only',
    severity: 'error',
    from: { path: '^shared/' },
    to: { dependencyTypesNot: ['local'], pathNot: [zod, ours] },
  },
  {
    name: 'Electron only at the edge',
    severity: 'error',
    from: { path: ours, pathNot: ['^main/desktop/', '^preload/'] },
    to: { path: ['^electron$', 'node_modules/electron/'] },
  },
  {
    name: 'preload knows Electron only',
    severity: 'error',
    from: { path: '^preload/' },
    to: { dependencyTypesNot: ['local'], pathNot: ['^electron$', 'node_modules/electron/', zod, ours] },
  },
  {
    name: 'TensorFlow by one door',
    severity: 'error',
    from: { path: ours, pathNot: '^main/engine/network/tensorflow\\.ts$' },
    to: { path: ['^@tensorflow/', 'node_modules/@tensorflow/'] },
  },
  {
    name: 'TensorFlow stays within network',
    comment: 'Jobs start it and watch its memory; no analysis, recipe or result touches a tensor.',
    severity: 'error',
    from: { path: ours, pathNot: '^main/engine/(network|job)/' },
    to: { path: '^main/engine/network/tensorflow\\.ts$' },
  },
  {
    name: 'Cornerstone in the viewer only',
    severity: 'error',
    from: { path: ours, pathNot: '^renderer/viewer/' },
    to: { path: ['^cornerstone-core', 'node_modules/cornerstone-core/', 'node_modules/@types/cornerstone-core/'] },
  },
  {
    name: 'DICOM bytes in dicom only',
    severity: 'error',
    from: { path: ours, pathNot: '^main/engine/dicom/' },
    to: { path: 'node_modules/(dicom-parser|dcmjs)/' },
  },
  {
    name: 'dicom is given bytes, not the disk',
    severity: 'error',
    from: { path: '^main/engine/(dicom|volume)/' },
    to: { path: '^(node:)?(fs|fs/promises|net|http|https|child_process)$' },
  },
  {
    name: 'no Node in the window',
    severity: 'error',
    from: { path: '^(shared|renderer|preload)/' },
    to: { dependencyTypes: ['core'], pathNot: '^electron$' },
  },
  {
    name: 'no screen in the engine',
    severity: 'error',
    from: { path: '^(shared|main)/' },
    to: { path: 'node_modules/(vue|pinia|vue-i18n|@vue|@observablehq)/' },
  },
  {
    name: 'analyses do not know each other',
    comment:
      'What several need lies beside them: statistics over patients in analysis/statistics/, how an output is read in analysis/.',
    severity: 'error',
    from: { path: '^main/engine/analysis/([^/]+)/' },
    to: { path: '^main/engine/analysis/[^/]+/', pathNot: '^main/engine/analysis/($1|statistics)/' },
  },
  {
    name: 'analyses are known to job only',
    severity: 'error',
    from: { path: ours, pathNot: '^main/engine/(analysis|job)/' },
    to: { path: '^main/engine/analysis/' },
  },
  { name: 'no cycles', severity: 'error', from: {}, to: { circular: true } },
  {
    name: 'no orphans',
    severity: 'error',
    from: { path: ours, orphan: true, pathNot: ['\\.d\\.ts$', '/tsconfig\\.json$'] },
    to: {},
  },
  { name: 'what is imported exists', severity: 'error', from: { path: ours }, to: { couldNotResolve: true } },
  {
    name: 'tests and tools stay outside',
    comment: 'The guide and the methods are text that the help shows; nothing else of resources/ is built in.',
    severity: 'error',
    from: { path: ours },
    to: { path: '^(tests|tools|resources)/', pathNot: '^resources/docs/(guide|methods)/[^/]+\\.md$' },
  },
  {
    name: 'no package that only development has',
    severity: 'error',
    from: { path: ours },
    to: {
      dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
      dependencyTypesNot: ['type-only'],
      pathNot: ['node_modules/electron/', 'node_modules/@types/', '^electron$'],
    },
  },
];

module.exports = {
  forbidden: [...arrows, ...doors],
  options: {
    doNotFollow: { path: outside },
    exclude: { path: ['(^|/)out/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.d.ts', '.vue', '.js', '.cjs', '.mjs', '.json'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      exportsFields: ['exports'],
    },
    builtInModules: { add: ['electron'] },
    skipAnalysisNotInRules: true,
  },
};
