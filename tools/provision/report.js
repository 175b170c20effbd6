/** What provisioning says while it works, and sizes as people read them. */
import process from 'node:process';

export function megabytes(bytes) {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(2)} GB` : `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}

/** Says things as `provision: part: text`; `quiet` keeps back all but warnings. */
export function reporter({ quiet = false } = {}) {
  const write = (text) => process.stderr.write(`provision: ${text}\n`);
  return {
    say: (part, text) => {
      if (!quiet) write(`${part}: ${text}`);
    },
    warn: (part, text) => write(`${part}: ${text}`),
    /** A line that is written over on a terminal, and otherwise said every ten seconds. */
    progress: (part, what, total) => {
      let last = process.stderr.isTTY ? 0 : Date.now();
      let wrote = false;
      const terminal = process.stderr.isTTY;
      return {
        at: (done) => {
          const now = Date.now();
          if (now - last < (terminal ? 200 : 10_000)) return;
          last = now;
          const share = total ? ` of ${megabytes(total)} (${Math.min(99, Math.floor((100 * done) / total))} %)` : '';
          const line = `provision: ${part}: ${what}: ${megabytes(done)}${share}`;
          process.stderr.write(terminal ? `\r\x1b[K${line}` : `${line}\n`);
          wrote = true;
        },
        end: () => {
          if (wrote && terminal) process.stderr.write('\r\x1b[K');
        },
      };
    },
  };
}

/** One line out of what a failed command said: the last that is not empty, so that a message stays a sentence. */
export function lastLine(text) {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/complete log of this run|npm warn|npm notice/.test(line));
  const telling = lines.filter((line) => /error|fail|cannot|not found|no matching/i.test(line));
  return (
    telling.find((line) => !/npm error (code|errno|syscall)|^npm error$/.test(line)) ??
    lines.at(-1) ??
    'it said nothing'
  ).slice(0, 300);
}
