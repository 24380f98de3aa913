import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SseParser } from '@millrace/protocol/sse-parser';
import { lineFeeds, LineSplitter } from '../logs/line-splitter.ts';
import type { Lines, Piece } from '../logs/line-splitter.ts';
import { logLine } from '../logs/log-line.ts';
import { logEvents } from './log-events.ts';

const part = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1 }).map((text) => Buffer.from(text)),
  fc.string({ unit: 'grapheme-ascii', minLength: 1 }).map((text) => Buffer.from(text)),
  fc.uint8Array({ minLength: 1 }).map((bytes) => Buffer.from(bytes)),
  fc
    .constantFrom('\n', 'plain\n', 'one\n\ntwo\n', '"quoted" \\\n', '\t\r\n', '\u007f\n', 'ä\n')
    .map((text) => Buffer.from(text)),
);

test('lines together are the same events as each by itself, wherever their bytes were cut', () => {
  fc.assert(
    fc.property(fc.array(part), fc.nat(1_000), (parts, byte) => {
      const start = { byte, line: 7 };
      const single = new LineSplitter(start, 1_000);
      const together = new LineSplitter(start, 1_000);
      const expected: Piece[] = [];
      const found: (Piece | Lines)[] = [];
      for (const bytes of parts) {
        expected.push(...single.push(bytes));
        found.push(...together.pushLines(bytes, lineFeeds(bytes)));
        expect(together.place).toEqual(single.place);
      }
      expected.push(...single.flush('all'));
      found.push(...together.flush('all'));
      const messages = new SseParser().push(logEvents(found));
      expect(messages.map(({ data }) => JSON.parse(data) as unknown)).toEqual(expected.map(logLine));
      expect(messages.map(({ id }) => Number(id))).toEqual(expected.map(({ next }) => next.byte));
    }),
  );
});
