import { expect, test } from 'vitest';
import type { LogLine, LogLines as LogLinesAnswer } from '@millrace/protocol/api/logs';
import { LogLines, pageLines } from './log-lines.ts';

/** A log of so many lines at the master, which counts how it is asked. */
function logOf(lines: number, state: 'open' | 'closed' = 'closed') {
  const asked: [number, number][] = [];
  const log = new LogLines({
    lines: (from, count): Promise<LogLinesAnswer> => {
      asked.push([from, count]);
      const items = Array.from({ length: Math.max(0, Math.min(count, lines - from)) }, (_, index) =>
        line(from + index),
      );
      return Promise.resolve({ items, nextCursor: null, lines, state });
    },
    later: () => undefined,
  });
  return { log, asked };
}

const line = (number: number): LogLine => ({
  byte: number * 8,
  line: number,
  text: `${String(number).padStart(7)}\n`,
});
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('of a very long log only the end is loaded, and then what comes into view', async () => {
  const { log, asked } = logOf(1_000_000);
  await log.loadEnd(1_000_000);
  expect(log.total).toBe(1_000_000);
  expect(log.line(999_999)).toBe(' 999999\n');
  expect(log.line(500)).toBeUndefined();
  log.want(450, 520);
  log.want(450, 520);
  await settled();
  expect(log.line(500)).toBe('    500\n');
  expect(asked).toEqual([
    [999_600, pageLines],
    [400, pageLines],
  ]);
});

test('a log that has grown since it was listed is loaded to its end', async () => {
  const { log } = logOf(1_000, 'open');
  await log.loadEnd(10);
  expect(log.line(999)).toBe('    999\n');
  expect(log.nextByte).toBe(8_000);
});

test('followed lines go on where the loaded ones end, also in pieces', async () => {
  const { log } = logOf(2, 'open');
  await log.loadEnd(2);
  log.append([
    { byte: 16, line: 2, text: 'par' },
    { byte: 19, line: 2, text: 'tial\n' },
  ]);
  log.append([{ byte: 24, line: 3, base64: btoa('\u00ff\n') }]);
  expect(log.line(2)).toBe('partial\n');
  expect(log.line(3)).toBe('\ufffd\n');
  expect(log.nextByte).toBe(26);
  expect(log.total).toBe(4);
});

test('output that was not kept is told, and its lines are not asked for again and again', async () => {
  const asked: number[] = [];
  const log = new LogLines({
    lines: (from): Promise<LogLinesAnswer> => {
      asked.push(from);
      const gap = { byte: 8, line: 1, gap: { lines: 5_000, bytes: 40_000 } };
      return Promise.resolve({
        items: from === 0 ? [line(0), gap] : [],
        nextCursor: null,
        lines: 5_002,
        state: 'closed',
      });
    },
    later: () => undefined,
  });
  await log.loadEnd(1);
  await settled();
  log.want(0, 900);
  await settled();
  const before = asked.length;
  log.want(0, 900);
  await settled();
  expect(log.line(1)).toContain('5,000 lines (40,000 bytes) were not kept');
  expect(asked.length).toBe(before);
});

test('a log that is long and looked at everywhere keeps a bounded number of lines', async () => {
  const { log } = logOf(400_000);
  await log.loadEnd(400_000);
  for (let at = 0; at < 400_000; at += pageLines) log.want(at, at);
  await settled();
  log.want(200_000, 200_000);
  await settled();
  let held = 0;
  for (let at = 0; at < 400_000; at += pageLines) if (log.line(at) !== undefined) held += 1;
  expect(held).toBeLessThanOrEqual(50);
});

test('what could not be had is asked for again only later', async () => {
  let later: (() => void) | undefined;
  let asked = 0;
  const log = new LogLines({
    lines: () => {
      asked += 1;
      return Promise.reject(new Error('away'));
    },
    later: (act) => {
      later = act;
    },
  });
  log.append([line(0), { byte: 8, line: 900, text: 'x\n' }]);
  log.want(500, 500);
  await settled();
  log.want(500, 500);
  await settled();
  expect(asked).toBe(1);
  expect(log.error).toBeInstanceOf(Error);
  later?.();
  log.want(500, 500);
  await settled();
  expect(asked).toBe(2);
});
