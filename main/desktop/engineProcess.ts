import { spawn, type ChildProcess } from 'node:child_process';
import { cpus } from 'node:os';
import type { FromEngine, ToEngine } from '../../shared/contract/wire';

/** One life of the engine: a plain Node process at the other end of a pipe. It ends when the pipe closes. */
export interface EngineProcess {
  send(message: ToEngine): void;
  kill(): void;
}

/** What the engine's process is told before TensorFlow loads: thread pools cannot be changed afterwards. */
function environment(): NodeJS.ProcessEnv {
  const cores = cpus().length;
  const threads = String(cores > 2 ? cores - 1 : cores);
  const given = process.env;
  return {
    ...given,
    TF_CPP_MIN_LOG_LEVEL: given['TF_CPP_MIN_LOG_LEVEL'] ?? '2',
    TF_NUM_INTRAOP_THREADS: given['TF_NUM_INTRAOP_THREADS'] ?? threads,
    TF_NUM_INTEROP_THREADS: given['TF_NUM_INTEROP_THREADS'] ?? '1',
    OMP_NUM_THREADS: given['OMP_NUM_THREADS'] ?? threads,
  };
}

export function startEngineProcess(
  node: string,
  entry: string,
  on: { readonly message: (message: FromEngine) => void; readonly end: (reason: string) => void },
): EngineProcess {
  const child: ChildProcess = spawn(node, [entry], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    serialization: 'advanced',
    env: environment(),
    windowsHide: true,
  });
  let ended = false;
  const end = (reason: string): void => {
    if (ended) return;
    ended = true;
    on.end(reason);
  };
  child.on('message', (message) => {
    on.message(message as FromEngine);
  });
  child.once('error', (error) => {
    end(error.message);
  });
  child.once('exit', (code, signal) => {
    end(signal ?? `exit ${String(code)}`);
  });
  return {
    send(message) {
      // A message to a process that has just died is answered by its end.
      if (child.connected) child.send(message, () => undefined);
    },
    kill() {
      child.kill('SIGKILL');
    },
  };
}
