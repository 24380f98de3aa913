import { execFile } from 'node:child_process';
import path from 'node:path';

/** What `npm run -s simulate` says and exits with. A process of its own: nobody counts lines there, and it is faster. */
export function runSimulate(...args: readonly string[]): Promise<{ status: number; output: string }> {
  const main = ['--import', './simulations/plant.ts', 'simulations/main.ts'];
  return new Promise((resolve) => {
    const options = { cwd: path.dirname(import.meta.dirname), encoding: 'utf8' } as const;
    const child = execFile(process.execPath, [...main, ...args], options, (_error, stdout, stderr) => {
      resolve({ status: child.exitCode ?? -1, output: stdout + stderr });
    });
  });
}
