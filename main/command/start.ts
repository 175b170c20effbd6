import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { IsolensError, problemOf } from '../../shared/problem/problem';
import type { Shard } from '../../shared/result';
import type { Language } from '../../shared/words';
import { makePhantoms } from '../engine/job/makePhantoms';
import { isolensVersion } from '../engine/job/version';
import { describe } from './describe';
import { doctor } from './doctor';
import { statusOf, type ExitStatus } from './exitStatus';
import { lists, split } from './lists';
import { merge } from './merge';
import { openkbp } from './openkbp';
import { run, type RunWords } from './run';
import { terminal } from './terminal';

/** Where a command was cut by Ctrl+C: it stops between two native calls and keeps what it has. */
const stop = new AbortController();
process.on('SIGINT', () => {
  stop.abort(new IsolensError('engine/cancelled'));
});
process.on('SIGTERM', () => {
  stop.abort(new IsolensError('engine/cancelled'));
});

function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least)
      throw new InvalidArgumentError(`a whole number of at least ${String(least)}`);
    return value;
  };
}

function shard(text: string): Shard {
  const [, index = NaN, count = NaN] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (!(index >= 1 && index <= count)) throw new InvalidArgumentError('I/N, with I from 1 to N');
  return { index, count };
}

function shares(text: string): number[] {
  const values = text.split(',').map(Number);
  if (values.length < 2 || values.some((value) => !(value > 0)))
    throw new InvalidArgumentError('two or more numbers above 0, with commas');
  return values;
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('a number above 0');
  return value;
}

function commands(say: ReturnType<typeof terminal>, end: (status: ExitStatus) => void): Command {
  const { signal } = stop;
  const program = new Command('isolens').version(isolensVersion).exitOverride().showSuggestionAfterError();
  program.configureOutput({ writeErr: () => undefined });
  program
    .command('describe <network>')
    .description('what is in a network')
    .option('--json <file>', 'write isolens/describe@1 to this file (- for standard output)')
    .action(async (path: string, words: { json?: string }) => {
      await describe(path, words);
    });
  program
    .command('run <job>')
    .description('run a job without a display')
    .requiredOption('--out <folder>', 'where the results go')
    .option('--resume', 'take the finished parts of an earlier run in the same folder')
    .addOption(new Option('--backend <rung>', 'what computes').choices(['gpu', 'native', 'wasm']))
    .option('--memory-gib <n>', 'memory for tensors', positive)
    .option('--shard <I/N>', 'every N-th input only; merge puts the parts together', shard)
    .option('--pdf', 'print the report as PDF too')
    .addOption(new Option('--language <code>', 'language of the report').choices(['en', 'fr']))
    .action(async (job: string, words: RunWords) => {
      end(await run(job, words, signal, say.progress));
    });
  program
    .command('merge <folders...>')
    .description('shards of one job back into one result')
    .requiredOption('--out <folder>', 'where the results go')
    .addOption(new Option('--language <code>', 'language of the report').choices(['en', 'fr']))
    .action(async (folders: string[], words: { out: string; language?: Language }) => {
      end(await merge(folders, words, signal, say.progress));
    });
  program
    .command('split <list>')
    .description('a saved list of studies into several; no patient is in two')
    .requiredOption('--by <how>', 'folder, random, or the name of a tag')
    .option('--shares <n,n>', 'with random: how many of a hundred patients go to each', shares, [80, 20])
    .option('--seed <s>', 'with random: the same seed draws the same patients', wholeNumber(0), 1)
    .requiredOption('--out <folder>', 'where the lists go')
    .action(split);
  program.command('lists <list...>').description('counts saved lists, and the patients that two share').action(lists);
  program
    .command('phantom')
    .description('synthetic head-and-neck patients as DICOM')
    .requiredOption('--out <folder>', 'where they go, a folder each')
    .requiredOption('--patients <n>', 'how many', wholeNumber(1))
    .option('--seed <s>', 'the same seed makes the same patients', wholeNumber(0), 1)
    .option('--marker', 'each with a bright bar in the couch, outside the body', false)
    .action(async (wish: { out: string; patients: number; seed: number; marker: boolean }) => {
      await makePhantoms({ ...wish, signal, progress: say.progress });
    });
  program
    .command('openkbp <folder>')
    .description("OpenKBP's CSV patients as DICOM studies")
    .requiredOption('--out <folder>', 'where they go, a folder each')
    .action(async (from: string, { out }: { out: string }) => {
      end(await openkbp({ from, out, signal, progress: say.progress }, say.problem));
    });
  program
    .command('doctor')
    .description('what computes here, and what is missing')
    .action(async () => {
      end(await doctor());
    });
  return program;
}

async function start(): Promise<ExitStatus> {
  const say = terminal();
  let status: ExitStatus = 0;
  try {
    await commands(say, (given) => (status = given)).parseAsync();
    say.done();
  } catch (thrown) {
    if (thrown instanceof CommanderError) {
      if (thrown.exitCode === 0) return 0;
      const reason = thrown.message.replace(/^error: /, '');
      say.problem({ code: 'command/wrong-words', facts: { reason }, where: {} });
      return 2;
    }
    const problem = signalled() ? new IsolensError('engine/cancelled').problem : problemOf(thrown);
    say.problem(problem);
    return signalled() ? 130 : statusOf(thrown);
  }
  return status;
}

const signalled = (): boolean => stop.signal.aborted;

void start().then((status) => {
  // Native thread pools keep a process alive that has nothing more to do.
  process.exit(status);
});
