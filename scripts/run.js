// Runs other programs for the scripts beside this file. Plain JavaScript: these start on Node 20.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** The path of a program that npm installed for this project. */
export const bin = (name) => path.join(root, 'node_modules', '.bin', name);

/** Where programs are looked for: the project's own first, so that `node` is Node 24. */
export const projectEnv = (extra = {}) => ({
  ...process.env,
  PATH: path.join(root, 'node_modules', '.bin') + path.delimiter + process.env.PATH,
  ...extra,
});

/**
 * Runs a program to its end with this terminal, and returns its exit status.
 * A program that could not be started counts as 127.
 */
export function run(command, args, { env = {}, cwd = root, stdio = 'inherit', timeoutMs } = {}) {
  const result = spawnSync(command, args, {
    cwd,
    stdio,
    env: projectEnv(env),
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  if (result.error) console.error(`${command}: ${result.error.message}`);
  return result.status ?? (result.error ? 127 : 1);
}
