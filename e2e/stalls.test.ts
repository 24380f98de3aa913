import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { askLocally } from '../packages/cli/src/profile/ask-locally.ts';
import type { Stall } from '@millrace/protocol/api/profiles';
import { expect, test } from 'vitest';

/** The file whose code it is stuck in; V8 may have put its functions into one. */
const stuck = 'stalling-process.ts';

test('a main thread that is blocked is profiled all the same, and its stall is told when it comes back', async () => {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-stall-')));
  const program = path.join(import.meta.dirname, 'harness/stalling-process.ts');
  const child = spawn(process.execPath, [program, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async (): Promise<string> => String((await lines.next()).value);
    expect(await next()).toBe('ready');

    const go = path.join(folder, 'go');
    child.stdin.write(`${go}\n`);
    const asked = { seconds: 0.5, cpuProfile: false };
    // Until one was taken while it was blocked all the time: the first may have begun before the line was read.
    let profile = await askLocally(folder, asked);
    while (profile.blockedMs < 500) profile = await askLocally(folder, asked);
    expect(profile).toMatchObject({ master: 'm1', loopDelay: null, store: null });
    expect(profile.busyShare).toBeGreaterThan(0.9);
    expect(profile.threads[0]?.functions[0]?.file).toContain(stuck);

    fs.writeFileSync(go, '');
    // A busy machine may have held it up before.
    let stall = JSON.parse(await next()) as Stall;
    while (!stall.function.includes(stuck)) stall = JSON.parse(await next()) as Stall;
    expect(stall.ms).toBeGreaterThan(500);
    expect(stall.samples).toBeGreaterThan(0);
    child.stdin.end('close\n');
    let last = await next();
    while (last.startsWith('{')) last = await next();
    expect(last).toBe('closed');
  } finally {
    child.kill('SIGKILL');
    fs.rmSync(folder, { recursive: true, force: true });
  }
});
