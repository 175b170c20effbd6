import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { analyses } from '../../main/engine/analysis/list';
import { readRecipe } from '../../main/engine/recipe/readRecipe';
import { operationOf } from '../../main/engine/network/operation/list';
import { en } from '../../renderer/locales/en';
import { fr } from '../../renderer/locales/fr';
import { modes, runningModes } from '../../renderer/stores/workbench';
import { analysisDefinitions } from '../../shared/analysis/list';
import { engineRequests } from '../../shared/contract/engine';
import { desktopRequests } from '../../shared/contract/desktop';
import { Database } from '../../shared/database';
import { Job } from '../../shared/job';
import { problemCodes, sentencesOf } from '../../shared/problem/problem';
import { Recipe } from '../../shared/recipe';
import { languages, type Words } from '../../shared/words';

const root = fileURLToPath(new URL('../../', import.meta.url));
const texts: Record<(typeof languages)[number], Readonly<Record<string, string>>> = { en, fr };
const read = (path: string): string => readFileSync(root + path, 'utf8');

/** The keys of an object schema, of each of its branches where it is a union, and of what lies inside. */
function keysOf(schema: z.core.$ZodType): string[] {
  const { def } = schema._zod;
  if (schema instanceof z.ZodObject)
    return Object.entries(schema.shape as Record<string, z.ZodType>).flatMap(([key, inner]) => [key, ...keysOf(inner)]);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(keysOf);
  if (schema instanceof z.ZodArray) return keysOf(schema.element);
  if (schema instanceof z.ZodRecord) return keysOf(schema.valueType);
  return 'innerType' in def ? keysOf(def.innerType as z.core.$ZodType) : [];
}

const parametersOf = (schema: z.ZodType): readonly (readonly [string, z.ZodType])[] => {
  if (!(schema instanceof z.ZodObject)) throw new Error('the parameters of an analysis are an object');
  return Object.entries(schema.shape);
};

const said = (words: unknown): void => {
  for (const language of languages) expect((words as Words | undefined)?.[language].trim()).toBeTruthy();
};

describe('the list of analyses', () => {
  it('is the list of runners: the same definitions under the same ids, each once', () => {
    expect(analyses.map(({ definition }) => definition)).toEqual([...analysisDefinitions]);
    const ids = analysisDefinitions.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('has a tab for each analysis that the window runs, and each such tab has its analysis', () => {
    const ids = analysisDefinitions.map(({ id }) => id).filter((id) => id !== 'predict');
    expect([...runningModes].sort()).toEqual(ids.sort());
    for (const mode of runningModes) expect(modes).toContain(mode);
  });

  describe.each(analysisDefinitions.map((definition) => [definition.id, definition] as const))(
    '%s',
    (id, definition) => {
      it('has a runner, a panel and a page of its method, each in the place that its id names', () => {
        expect(existsSync(`${root}main/engine/analysis/${id}/${id}.ts`)).toBe(true);
        expect(readdirSync(`${root}renderer/panels/${id}`).some((name) => name.endsWith('.vue'))).toBe(true);
        expect(read(`resources/docs/methods/${id}.md`)).toMatch(/^# .+\n\n[*_]Question: .+\?[*_]/);
      });

      it('says its name and question in both languages, in the definition and in the window', () => {
        said(definition.name);
        said(definition.question);
        expect(definition.source).not.toBe('');
        const tab = (runningModes as readonly string[]).includes(id);
        const keys = [`mode.${id}`, ...(tab ? [`mode.${id}.question`, `answer.notRun.${id}`, `help.${id}`] : [])];
        for (const key of keys) said({ en: texts.en[key] ?? '', fr: texts.fr[key] ?? '' });
      });

      it('tells the form a label and a help for each parameter, in both languages', () => {
        for (const [key, parameter] of parametersOf(definition.parameters)) {
          const field = parameter.meta() as { label?: unknown; help?: unknown; control?: unknown } | undefined;
          expect(field, key).toBeDefined();
          said(field?.label);
          said(field?.help);
          expect(typeof field?.control, key).toBe('string');
        }
      });
    },
  );
});

describe('the list of tabs', () => {
  it('has a name and a question in both languages, and words for each tab that has nothing to run yet', () => {
    for (const mode of modes) {
      const later = (runningModes as readonly string[]).includes(mode) ? [] : [`later.${mode}`];
      for (const key of [`mode.${mode}`, `mode.${mode}.question`, ...later])
        said({ en: texts.en[key] ?? '', fr: texts.fr[key] ?? '' });
    }
  });
});

describe('the list of problems', () => {
  const factsIn = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').sort();

  it.each(problemCodes)('%s has a sentence and a way on in both languages, with the same facts', (code) => {
    const problem = { code, facts: {}, where: {} };
    const [english, french] = [sentencesOf(problem, 'en'), sentencesOf(problem, 'fr')];
    expect(code).toMatch(/^[a-z]+\/[a-z0-9-]+$/);
    for (const part of ['message', 'wayOn'] as const) {
      said({ en: english[part], fr: french[part] });
      expect([...new Set(factsIn(french[part]))]).toEqual([...new Set(factsIn(english[part]))]);
    }
  });
});

describe('the list of operations', () => {
  const isOperation = (value: unknown): value is { readonly ops: readonly string[] } =>
    typeof value === 'object' && value !== null && 'ops' in value && 'run' in value && Array.isArray(value.ops);

  it('holds every operation that a file exports, and no two of them answer to one word', async () => {
    const folder = `${root}main/engine/network/operation/`;
    const found: { readonly ops: readonly string[] }[] = [];
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.ts'))) {
      const module = (await import(/* @vite-ignore */ folder + file)) as Record<string, unknown>;
      found.push(...Object.values(module).filter(isOperation));
    }
    const words = found.flatMap(({ ops }) => ops);
    expect(words.length).toBeGreaterThan(20);
    expect(words.filter((word, at) => words.indexOf(word) !== at)).toEqual([]);
    for (const operation of found) for (const word of operation.ops) expect(operationOf(word), word).toBe(operation);
  });
});

describe('the list of requests', () => {
  it('names each request after the process that answers it', () => {
    for (const name of Object.keys(engineRequests)) expect(name).toMatch(/^engine\/\w+$/);
    for (const name of Object.keys(desktopRequests)) expect(name).toMatch(/^desktop\/\w+$/);
  });
});

/** The JSON blocks of a page. */
const examplesIn = (page: string): { readonly schema: string }[] =>
  [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text]) => JSON.parse(text ?? '') as { schema: string });

describe.each(languages)('the guide (%s)', (language) => {
  const guide = read(`resources/docs/guide/${language}.md`);
  const words = new Set([...guide.matchAll(/["`.]([A-Za-z]+)["`:\s]/g)].map(([, word]) => word));

  it.each([
    ['a recipe', keysOf(Recipe)],
    ['a job', keysOf(Job)],
    ...analysisDefinitions.map(({ id, parameters }) => [`the parameters of ${id}`, keysOf(parameters)] as const),
  ] as const)('names every word of %s', (_, keys) => {
    expect([...new Set(keys)].filter((key) => !words.has(key))).toEqual([]);
  });

  it('is held against words that lie deep in the schemas', () => {
    const deep = analysisDefinitions.flatMap(({ parameters }) => keysOf(parameters));
    expect([...keysOf(Recipe), ...keysOf(Job), ...deep]).toEqual(
      expect.arrayContaining(['spacingMm', 'aliases', 'sd', 'truth', 'deadPatients', 'doseIn', 'constant', 'size']),
    );
  });

  it('shows recipes and jobs that this version takes', () => {
    const shown = examplesIn(guide);
    expect(shown.map(({ schema }) => schema)).toEqual([
      ...Array.from({ length: 3 }, () => 'isolens/recipe@1'),
      'isolens/database@1',
      ...Array.from({ length: 2 }, () => 'isolens/job@1'),
    ]);
    for (const example of shown) {
      if (example.schema === 'isolens/recipe@1') {
        readRecipe(example, 'guide');
        continue;
      }
      if (example.schema === 'isolens/database@1') {
        Database.parse(example);
        continue;
      }
      for (const { id, parameters } of Job.parse(example).analyses) {
        const analysis = analysisDefinitions.find((definition) => definition.id === id);
        expect(analysis?.parameters.safeParse(parameters).error).toBeUndefined();
        expect(analysis).toBeDefined();
      }
    }
  });
});

it('the front page shows a recipe that this version takes', () => {
  const [recipe, ...more] = examplesIn(read('README.md'));
  expect(readRecipe(recipe, 'README.md').schema).toBe('isolens/recipe@1');
  expect(more).toEqual([]);
});
