import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { FakeClock } from '@millrace/testkit/fake-clock';
import { writeProgram } from '@millrace/testkit/write-program';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Programs } from './run-program.ts';
import type { ProgramCall } from './run-program.ts';

const clock = new FakeClock();
let base: string;
beforeEach(() => {
  base = fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-programs-'));
});
afterEach(() => {
  fs.rmSync(base, { recursive: true });
  expect(clock.pending).toBe(0);
});

/** A git that does what the script says. */
function call(script: string, more: Partial<ProgramCall> = {}): ProgramCall {
  const folder = fs.mkdtempSync(path.join(base, 'bin-'));
  writeProgram(path.join(folder, 'git'), `#!/bin/sh\n${script}\n`);
  const env = { PATH: `${folder}:${process.env.PATH}`, LOG: path.join(base, 'log') };
  return { program: 'git', args: [], env, limitMs: 1_000, ...more };
}

it('runs so many at once, the others after them', async () => {
  const programs = new Programs(clock, 1);
  const script = 'echo begin >> "$LOG"\necho end >> "$LOG"';
  await Promise.all([1, 2, 3].map(() => programs.run(call(script))));
  const lines = fs.readFileSync(path.join(base, 'log'), 'utf8').trim().split('\n');
  expect(lines).toEqual(['begin', 'end', 'begin', 'end', 'begin', 'end']);
});

it('hands over what is to be read, and tells what was said and complained of', async () => {
  const programs = new Programs(clock);
  expect(await programs.run(call('cat; echo é', { input: 'secret\n' }))).toEqual({
    kind: 'done',
    output: 'secret\né\n',
  });
  expect(await programs.run(call('echo no >&2; exit 3'))).toEqual({
    kind: 'failed',
    exitCode: 3,
    complaint: 'no\n',
  });
});

it('ends what was left behind, which would hold the output for ever', async () => {
  const ended = await new Programs(clock).run(call('sleep 1000 &\necho done'));
  expect(ended).toEqual({ kind: 'done', output: 'done\n' });
});

it('waits no longer than its limit for one that has left the group and holds the output', async () => {
  // It has left before its parent ends, with which the group does.
  const leaving = `setsid sh -c 'echo $$ > "$LOG.part" && mv "$LOG.part" "$LOG"; exec sleep 1000' &`;
  const running = new Programs(clock).run(call(`${leaving}\nwhile ! test -e "$LOG"; do sleep 0.01; done`));
  const log = path.join(base, 'log');
  const left = Number(await vi.waitFor(() => fs.readFileSync(log, 'utf8'), { timeout: 15_000 }));
  await clock.advance(1_000);
  expect(await running).toEqual({ kind: 'stopped', why: 'time' });
  process.kill(left);
});

it('stops one that prints without end, and says where there is no such program', async () => {
  const programs = new Programs(clock);
  expect(await programs.run(call('exec yes'))).toEqual({ kind: 'stopped', why: 'output' });
  const nowhere = { ...call(''), env: { PATH: path.join(base, 'nothing') } };
  expect(await programs.run(nowhere)).toMatchObject({ kind: 'not-started', missing: true });
});
