import { expect, test } from 'vitest';
import { SseParser } from './sse.ts';

test('messages are the same wherever the text is cut', () => {
  const text =
    ':\n\nevent: ready\nid: c1\ndata: {}\n\nid: c2\r\ndata: {"a":1}\r\n\r\nevent: end\ndata: x\ndata: y\n\ndata: un';
  const whole = new SseParser().push(text);
  expect(whole).toEqual([
    { event: 'ready', data: '{}', id: 'c1' },
    { event: 'message', data: '{"a":1}', id: 'c2' },
    { event: 'end', data: 'x\ny', id: 'c2' },
  ]);
  const parser = new SseParser();
  expect(Array.from(text).flatMap((character) => parser.push(character))).toEqual(whole);
});
