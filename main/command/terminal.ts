import type { Progress } from '../../shared/job';
import { sentencesOf, type Problem } from '../../shared/problem/problem';

const barWidth = 24;
const lineEveryMs = 1000;

function timeLeft(seconds: number | null): string {
  if (seconds === null) return '';
  const whole = Math.ceil(seconds);
  return whole < 60
    ? ` · ${String(whole)} s left`
    : ` · ${String(Math.floor(whole / 60))} min ${String(whole % 60)} s left`;
}

/** Where a command's progress and end are said: a bar on a terminal, otherwise one JSON line a second. */
export interface Terminal {
  readonly progress: (progress: Progress) => void;
  /** The last line of a command that a problem ended. */
  readonly problem: (problem: Problem) => void;
  /** Ends the bar's line. */
  readonly done: () => void;
}

export function terminal(out: NodeJS.WriteStream = process.stderr): Terminal {
  let last = 0;
  let barShown = false;
  const endBar = (): void => {
    if (barShown) out.write('\n');
    barShown = false;
  };
  return {
    progress(progress) {
      const now = Date.now();
      const { stage, done, total, secondsLeft, input } = progress;
      if (out.isTTY) {
        if (now - last < 100) return;
        const share = total > 0 ? Math.min(1, done / total) : 0;
        const bar = '█'.repeat(Math.round(share * barWidth)).padEnd(barWidth, '·');
        const what = input === undefined ? stage : `${input} · ${stage}`;
        out.write(`\r\u001b[K${bar} ${String(Math.round(share * 100)).padStart(3)} % ${what}${timeLeft(secondsLeft)}`);
        barShown = true;
      } else {
        if (now - last < lineEveryMs) return;
        out.write(`${JSON.stringify({ progress })}\n`);
      }
      last = now;
    },
    problem(problem) {
      endBar();
      const { message, wayOn } = sentencesOf(problem, 'en');
      if (out.isTTY) out.write(`${message} [${problem.code}] ${wayOn}\n`);
      else out.write(`${JSON.stringify({ error: { code: problem.code, message, wayOn } })}\n`);
    },
    done: endBar,
  };
}
