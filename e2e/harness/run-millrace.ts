import { spawn } from 'node:child_process';
import path from 'node:path';

export const millrace = path.resolve(import.meta.dirname, '../../packages/cli/bin/millrace.js');

export interface EndedCommand {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command in a folder, to its end. `env` comes on top of the test's own environment. */
export function runMillrace(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<EndedCommand> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [millrace, ...args], {
      cwd: folder,
      env: { ...process.env, NO_COLOR: '1', ...env },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
}
