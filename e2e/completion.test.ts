import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const bin = path.resolve('packages/cli/bin/millrace.js');

/** A shell finds `millrace` on its path, and a master that knows two workers. */
let folder: string;
let master: http.Server;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-completion-'));
  const script = `#!/bin/sh\nexec "${process.execPath}" "${bin}" "$@"\n`;
  fs.writeFileSync(path.join(folder, 'millrace'), script, { mode: 0o755 });
  master = http.createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ items: [{ name: 'linux-1' }, { name: '$(reboot)' }], nextCursor: null }));
  });
  await new Promise<void>((resolve) => master.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(master.address() as AddressInfo).port}`;
  env = { ...process.env, PATH: `${folder}:${process.env.PATH}`, MILLRACE_URL: url };
});
afterAll(async () => {
  await new Promise((resolve) => master.close(resolve));
  fs.rmSync(folder, { recursive: true });
});

/** The master answers in this process, so the shell runs beside it. */
function run(shell: string, ...args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(shell, args, { env, cwd: folder });
    let text = '';
    child.stdout.on('data', (part: Buffer) => (text += part.toString()));
    child.stderr.on('data', (part: Buffer) => (text += part.toString()));
    child.on('error', reject);
    child.on('close', () => resolve(text));
  });
}

const has = (shell: string): boolean => spawnSync(shell, ['--version']).status === 0;

describe('completion', () => {
  test('bash completes commands, options and the names of workers', async () => {
    const ask = (...words: string[]) =>
      `COMP_WORDS=(millrace ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}; _millrace; echo "\${COMPREPLY[*]}"`;
    const lines = [
      'eval "$(millrace completion bash)"',
      ask('buil'),
      ask('builds', '--sort', '=', '-s'),
      ask('worker', 'pause', ''),
    ];
    expect((await run('bash', '-c', lines.join('\n'))).split('\n')).toEqual([
      'builds build builders builder buildsets buildset',
      '-startedAt',
      'linux-1',
      '',
    ]);
  });

  test.runIf(has('zsh'))('zsh takes its script, and completes by it', async () => {
    const script = `
      compdef() { :; }; _describe() { print -l -- \${(P)2}; }; _files() { print files; }
      source <(millrace completion zsh)
      words=(millrace worker pause ''); CURRENT=4; _millrace
      words=(millrace up --config ''); CURRENT=4; _millrace`;
    expect(await run('zsh', '-f', '-c', script)).toBe('linux-1:\nfiles\n');
  });

  test.runIf(has('fish'))('fish takes its script, and completes by it', async () => {
    const script = 'millrace completion fish | source; complete -C "millrace worker pause "';
    expect(await run('fish', '--no-config', '-c', script)).toBe('linux-1\n');
  });
});
