import { expect, test } from 'vitest';
import { SseParser } from './sse-parser.ts';

const text = ': hello\r\n\r\nid: 5\r\ndata: {"a":1}\r\n\r\nevent: end\ndata: x\ndata: y\n\ndata: unfinished';

test('messages are the same wherever the text is cut', () => {
  const whole = new SseParser().push(text);
  expect(whole).toEqual([
    { event: 'message', data: '{"a":1}', id: '5' },
    { event: 'end', data: 'x\ny', id: '5' },
  ]);
  const parser = new SseParser();
  expect(Array.from(text).flatMap((character) => parser.push(character))).toEqual(whole);
});

test('a message with an event and no data counts', () => {
  expect(new SseParser().push('event: ready\nid: c1\n\n')).toEqual([{ event: 'ready', data: '', id: 'c1' }]);
});
