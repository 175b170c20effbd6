/** One question whose answer was planted, and what was found. */
interface Answer {
  readonly truth: string;
  readonly found: string;
  readonly at: string;
}

interface Rate {
  readonly verdict: string;
  readonly planted: number;
  readonly found: number;
  /** Null where nothing was found. */
  readonly precision: number | null;
  /** Null where nothing was planted. */
  readonly recall: number | null;
}

/** Counts what was planted against what was found. */
export class Tally {
  private readonly answers: Answer[] = [];
  networks = 0;

  add(truth: string, found: string, at = ''): void {
    this.answers.push({ truth, found, at });
  }

  rates(): Rate[] {
    const verdicts = [...new Set(this.answers.flatMap(({ truth, found }) => [truth, found]))].sort();
    return verdicts.map((verdict) => {
      const planted = this.answers.filter(({ truth }) => truth === verdict).length;
      const found = this.answers.filter((answer) => answer.found === verdict).length;
      const both = this.answers.filter((answer) => answer.truth === verdict && answer.found === verdict).length;
      return {
        verdict,
        planted,
        found,
        precision: found === 0 ? null : both / found,
        recall: planted === 0 ? null : both / planted,
      };
    });
  }

  /** What was found in another's place, and where; each once. */
  wrong(): string[] {
    const all = this.answers.filter(({ truth, found }) => truth !== found);
    return [...new Set(all.map(({ truth, found, at }) => `${at}: ${truth} → ${found}`))];
  }

  /** Prints the table: one line a verdict. */
  print(title: string): void {
    const two = (value: number | null): string => (value === null ? '–' : value.toFixed(3));
    const lines = this.rates().map(
      ({ verdict, planted, found, precision, recall }) =>
        `| ${verdict} | ${String(planted)} | ${String(found)} | ${two(precision)} | ${two(recall)} |`,
    );
    process.stdout.write(
      `\nplanted truth, ${title}: ${String(this.networks)} networks\n| verdict | planted | found | precision | recall |\n${lines.join('\n')}\n`,
    );
  }
}
