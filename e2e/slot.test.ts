import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { systemRandom } from '@millrace/kernel/random';
import type { RunOrder } from '@millrace/protocol/agent/messages';
import type { Fact } from '@millrace/protocol/journal/record';
import type { PlannedSh, PlannedStep } from '@millrace/protocol/plan';
import { openDataFolder, socketOf } from '@millrace/worker/data-folder';
import type { DataFolder } from '@millrace/worker/data-folder';
import { journalFile } from '@millrace/worker/journal/journal-file';
import { walkJournal } from '@millrace/worker/journal/recover-journal';
import { connectLocal } from '@millrace/worker/local-socket';
import { nodeDisk } from '@millrace/worker/node-disk';
import { PosixPlatform, posixProcesses } from '@millrace/worker/platform-posix';
import type { FromSlot, ToSlot } from '@millrace/worker/slot/link';
import { buildMarker } from '@millrace/worker/slot/marker';
import { slotProgram } from '@millrace/worker/slot/program';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { pause, until } from './harness/until.ts';

const root = path.dirname(import.meta.dirname);
const holding = { build: 7, fence: 1 };

/** An agent's end of the line to the slot. */
interface Line {
  readonly said: FromSlot[];
  say(message: ToSlot): void;
  close(): void;
}

describe('a slot’s process', () => {
  let folder: DataFolder;
  let pid: number;
  let lines: Line[];

  beforeAll(() => {
    const built = spawnSync(process.execPath, ['packages/worker/scripts/build-slot.js'], { cwd: root });
    expect(built.stderr.toString()).toBe('');
  });

  beforeEach(async () => {
    folder = openDataFolder(fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-slot-')), systemRandom);
    lines = [];
    expect(slotProgram()).toMatch(/slot\.js$/);
    startSlot();
    await connect();
  });

  afterEach(async () => {
    for (const line of lines) line.close();
    posixProcesses.signalProcess(pid, 'SIGTERM');
    await until('the slot’s death', () => !posixProcesses.processAlive(pid));
    expect(marked()).toBe(0);
    fs.rmSync(folder.path, { recursive: true });
  });

  function startSlot(): void {
    ({ pid } = posixProcesses.startProcess({
      args: [process.execPath, slotProgram(), '--data', folder.path, '--slot', '0', '--worker', 'local'],
      folder: folder.path,
      env: { PATH: process.env['PATH'] ?? '', HOME: folder.path, SECRET: 'of the worker' },
      logFile: path.join(folder.logs, 'slot-0.log'),
    }));
  }

  async function connect(): Promise<Line> {
    const said: FromSlot[] = [];
    for (;;) {
      try {
        const connection = await connectLocal(socketOf(folder, 'slot-0'))(
          {
            onMessage: (line) => said.push(JSON.parse(String(line)) as FromSlot),
            onDrain: () => undefined,
            onClose: () => undefined,
          },
          AbortSignal.timeout(10_000),
        );
        const line = {
          said,
          say: (message: ToSlot) => void connection.send(JSON.stringify(message)),
          close: () => connection.close(),
        };
        lines.push(line);
        return line;
      } catch {
        await pause(10);
      }
    }
  }

  function order(steps: readonly PlannedStep[], more: Partial<RunOrder['plan']> = {}): RunOrder {
    const plan = {
      version: 1,
      properties: {},
      env: {},
      steps,
      onSilence: 'retry',
      lostAfterMs: 120_000,
      ...more,
    } as const;
    return { ...holding, slot: 0, planHash: 'ab'.repeat(32), plan, builder: 'Linux / x64', number: 1 };
  }

  function facts(): readonly Fact[] {
    const file = journalFile(folder.path, holding);
    const bytes = nodeDisk.open(file.path);
    const found: Fact[] = [];
    const { stopped } = walkJournal(bytes, file.base, file.base, ({ fact }) =>
      found.push(fact.kind === 'log-chunk' ? { ...fact, data: Uint8Array.from(fact.data) } : fact),
    );
    bytes.close();
    // It may be read while it is written.
    expect(['end', 'torn']).toContain(stopped.kind);
    return found;
  }

  function output(log = 0): Buffer {
    return Buffer.concat(
      facts().map((fact) =>
        fact.kind === 'log-chunk' && fact.log === log ? zstdDecompressSync(fact.data) : Buffer.alloc(0),
      ),
    );
  }

  const begun = (): boolean => fs.existsSync(journalFile(folder.path, holding).path);
  const ended = (line: Line): boolean => line.said.some((message) => message.type === 'ended');
  const marked = (): number =>
    new PosixPlatform(folder.path).signalMarked(buildMarker(folder.spoolId, holding));

  const base = {
    limits: {},
    killGraceMs: 2_000,
    logBytesMax: 1024 ** 3,
    env: {},
    always: false,
    folder: '.',
  };
  function sh(line: string, change: Partial<PlannedSh> = {}): PlannedSh {
    return { ...base, kind: 'sh', name: 'sh', command: { line }, separateStreams: false, ...change } as const;
  }

  test('tries again, counts warnings, and takes properties from output, which conditions and commands see', async () => {
    const [line] = lines;
    if (line === undefined) return;
    const marker = path.join(folder.path, 'tried');
    const steps = [
      sh(`test -e ${marker} || { touch ${marker}; echo first; exit 75; }; echo second`, {
        retry: { tries: 2, backoffMs: 10, results: ['failure'], exitCodes: [75] },
      }),
      sh('echo " v1.2 "; echo noise >&2; echo "a.c:1: warning: x" >&2', {
        name: 'version',
        separateStreams: true,
        captures: [{ property: 'version' }],
        warnings: { exitCodes: [], patterns: [{ source: String.raw`\bwarning:`, ignoreCase: false }] },
      }),
      sh('printf "$MILLRACE_PROP_VERSION"', {
        name: 'tell',
        when: {
          kind: 'value',
          of: { kind: 'property', name: 'version' },
          test: { kind: 'like', globs: ['v1.*'] },
        },
      }),
    ];
    line.say({ type: 'run', order: order(steps) });
    await until('the end of the build', () => ended(line));
    expect(facts().filter((fact) => fact.kind === 'try-ended')).toMatchObject([{ try: 1, exitCode: 75 }]);
    expect(facts().filter((fact) => fact.kind === 'step-finished')).toMatchObject([
      { result: 'success' },
      { result: 'warnings', warnings: 1 },
      { result: 'success' },
    ]);
    expect([0, 1, 4].map((log) => output(log).toString())).toEqual(['first\n', 'second\n', 'v1.2']);
    expect(facts()).toContainEqual({ kind: 'property-set', step: 1, name: 'version', value: 'v1.2' });
  });

  test('runs a build: true order, a small environment, a folder of its own', async () => {
    const [line] = lines;
    if (line === undefined) return;
    const steps = [
      sh('for i in 1 2 3; do echo out $i; echo err $i >&2; done; printf "\\377\\376 no text"'),
      sh('env', { name: 'env' }),
      sh('pwd; exit 3', { name: 'pwd' }),
    ];
    line.say({ type: 'run', order: order(steps, { properties: { target: 'a b; c' } }) });
    await until('the end of the build', () => ended(line));
    const ends = facts().filter((fact) => fact.kind === 'step-finished' || fact.kind === 'build-finished');
    expect(ends).toMatchObject([
      { result: 'success', exitCode: 0 },
      { result: 'success', exitCode: 0 },
      { result: 'failure', exitCode: 3 },
      { result: 'failure' },
    ]);
    expect(output(0).toString('latin1')).toBe(
      'out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3\n\u00ff\u00fe no text',
    );
    const environment = output(1).toString();
    expect(environment).toContain('MILLRACE_PROP_TARGET=a b; c\n');
    expect(environment).toContain('MILLRACE_BUILDER=Linux / x64\n');
    expect(environment).not.toContain('SECRET');
    expect(output(2).toString()).toMatch(/builds\/linux-x64-[0-9a-f]{8}-0\n$/);
  });

  test('outlives its agents, and ends a whole tree on cancel', async () => {
    const [first] = lines;
    if (first === undefined) return;
    first.say({ type: 'run', order: order([sh('setsid sleep 1000 & echo started; sleep 1000')]) });
    first.say({ type: 'watched', logs: [0] });
    await until('output', () => begun() && output().length > 0);
    first.close();
    const next = await connect();
    await until('the slot’s state', () => next.said.length >= 2);
    expect(next.said[0]).toEqual({ type: 'slot-state', slot: 0, build: holding });
    expect(marked()).toBeGreaterThanOrEqual(3);
    next.say({ type: 'cancel', ...holding, reason: 'cancelled', message: 'Enough.' });
    await until('the end of the build', () => ended(next));
    expect(marked()).toBe(0);
    expect(facts().at(-1)).toMatchObject({ result: 'cancelled', reason: 'cancelled', message: 'Enough.' });
    // It says so after the end, in a line of its own.
    await until('the slot is free', () => next.said.at(-1)?.type === 'slot-state');
    expect(next.said.at(-1)).toEqual({ type: 'slot-state', slot: 0, build: null });
  });

  test('a killed slot leaves a journal of whole records, and another takes its place', async () => {
    const [line] = lines;
    if (line === undefined) return;
    line.say({ type: 'run', order: order([sh('while :; do echo more; done')]) });
    await until('much output', () => begun() && output().length > 1_000_000);
    posixProcesses.signalProcess(pid, 'SIGKILL');
    await until('the slot’s death', () => !posixProcesses.processAlive(pid));
    // The command goes on writing into its FIFO until somebody ends it.
    new PosixPlatform(folder.path).signalMarked(buildMarker(folder.spoolId, holding), 'SIGKILL');
    await until('the end of the tree', () => marked() === 0);
    startSlot();
    const next = await connect();
    await until('the slot’s state', () => next.said.length > 0);
    expect(next.said[0]).toEqual({ type: 'slot-state', slot: 0, build: null });
    next.say({ type: 'run', order: order([sh('true')]) });
    await until('a refusal', () => next.said.some(({ type }) => type === 'refused'));
  });

  test('a slot that is told to stop ends its build first', async () => {
    const [line] = lines;
    if (line === undefined) return;
    line.say({ type: 'run', order: order([sh('echo started; sleep 1000')]) });
    line.say({ type: 'watched', logs: [0] });
    await until('output', () => begun() && output().length > 0);
    posixProcesses.signalProcess(pid, 'SIGTERM');
    await until('the slot’s death', () => !posixProcesses.processAlive(pid));
    expect(facts().at(-1)).toMatchObject({ result: 'exception', reason: 'slot-lost' });
    startSlot();
    await connect();
  });
});
