import { zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { Fact, LogChunk } from '@millrace/protocol/journal/record';
import type { Plan, PlannedStep } from '@millrace/protocol/plan';
import { BuildPrinter } from './build-printer.ts';
import { JsonPrinter } from './json-printer.ts';

const base = { limits: {}, killGraceMs: 1, logBytesMax: 1, env: {}, always: false, folder: '' };
const steps: readonly PlannedStep[] = [
  { ...base, kind: 'checkout', name: 'checkout' },
  { ...base, kind: 'sh', name: 'make test', command: { line: 'make test' }, separateStreams: false },
];
const plan: Plan = { version: 1, properties: {}, env: {}, steps, onSilence: 'wait', lostAfterMs: 1 };

function scene(terminal = false) {
  const written: Buffer[] = [];
  const output = {
    isTerminal: terminal,
    columns: 80,
    write: (part: Uint8Array | string) => {
      written.push(Buffer.from(part));
      return Promise.resolve();
    },
  };
  return { output, text: () => Buffer.concat(written).toString() };
}

const chunk = (log: number, text: string): LogChunk => ({
  kind: 'log-chunk',
  log,
  firstByte: 0,
  firstLine: 0,
  bytes: text.length,
  lines: 0,
  data: zstdCompressSync(Buffer.from(text)),
});

const whole: readonly (readonly [number, Fact])[] = [
  [0, { kind: 'begin', build: 1, fence: 1, planHash: '', worker: 'here' }],
  [0, { kind: 'step-started', step: 0 }],
  [0, { kind: 'log-opened', step: 0, log: 0, name: 'output', stream: 'combined' }],
  [0, chunk(0, '$ git fetch\n')],
  [500, { kind: 'step-finished', step: 0, result: 'success' }],
  [500, { kind: 'step-started', step: 1 }],
  [500, { kind: 'log-opened', step: 1, log: 1, name: 'output', stream: 'combined' }],
  [500, chunk(1, 'no line feed\u0007 \u001b[31mred')],
  [3_500, { kind: 'log-closed', log: 1, lines: 0, bytes: 20 }],
  [3_500, { kind: 'step-finished', step: 1, result: 'failure', exitCode: 2 }],
  [3_500, { kind: 'build-finished', result: 'failure' }],
];

test('a person sees steps with marks and times, what they print, and of a checkout only its end', async () => {
  const { output, text } = scene();
  const printer = new BuildPrinter(plan, output, false);
  for (const [seq, [at, fact]] of whole.entries()) await printer.show({ seq, at, fact });
  expect(text()).toBe(`◐ checkout
✓ checkout  0.5 s

◐ make test
no line feed\u0007 \u001b[31mred
✗ make test  3 s  failure, exit code 2

✗ failure in 4 s
`);
});

test('a terminal is given text and colours and nothing that moves its cursor', async () => {
  const { output, text } = scene(true);
  const printer = new BuildPrinter(plan, output, true);
  for (const [seq, [at, fact]] of whole.entries()) await printer.show({ seq, at, fact });
  expect(text()).toContain('no line feed\\x07 \u001b[31mred\u001b[0m');
});

test('what a checkout printed is shown where it fails', async () => {
  const { output, text } = scene();
  const printer = new BuildPrinter(plan, output, false);
  for (const [at, fact] of whole.slice(0, 4)) await printer.show({ seq: 0, at, fact });
  const fact = { kind: 'step-finished', step: 0, result: 'exception', reason: 'checkout-failed' } as const;
  await printer.show({ seq: 4, at: 500, fact });
  expect(text()).toContain('$ git fetch\n✗ checkout'.replace('✗', 'ϟ'));
});

test('a program is given a line of JSON for each record, with the names of steps and output as text', async () => {
  const { output, text } = scene();
  const printer = new JsonPrinter(plan, output);
  for (const [seq, [at, fact]] of whole.entries()) await printer.show({ seq, at, fact });
  const noText = { ...chunk(1, ''), data: zstdCompressSync(Buffer.from([0xff])) };
  await printer.show({ seq: 11, at: 0, fact: noText });
  const lines = text()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines[3]).toEqual({
    seq: 3,
    at: 0,
    kind: 'output',
    step: 0,
    name: 'checkout',
    log: 0,
    line: 0,
    byte: 0,
    text: '$ git fetch\n',
  });
  expect(lines[9]).toMatchObject({
    kind: 'step-finished',
    step: 1,
    name: 'make test',
    result: 'failure',
    exitCode: 2,
  });
  expect(lines[11]).toMatchObject({ kind: 'output', base64: '/w==' });
});
