import { describe, expect, test } from 'vitest';
import { readFromAgent, readFromMaster } from './message-schema.ts';
import type { FromAgent } from './messages.ts';

const hello: FromAgent = {
  type: 'hello',
  version: 1,
  worker: 'local',
  spool: 's',
  slots: 2,
  facts: { os: 'linux', architecture: 'x64', hostname: 'h', cpus: 2, memoryBytes: 1, version: '0.1.0' },
  journals: [{ build: 1, fence: 1, ended: false }],
  room: { accepts: true },
};

describe('a message of an agent', () => {
  test('is read when it is one of those that are known', () => {
    expect(readFromAgent(JSON.stringify(hello))).toEqual(hello);
  });

  test.each([
    ['{', 'it is not JSON'],
    ['"x"', 'its type is none of hello, heartbeat, refused, forked, room'],
    ['{"type":"shutdown"}', 'its type is none of'],
    [JSON.stringify({ ...hello, slots: 0 }), '/slots'],
    [JSON.stringify({ ...hello, journals: [{ build: -1, fence: 1, ended: true }] }), '/journals/0/build'],
    [JSON.stringify({ type: 'refused', build: 1, fence: 2 ** 32, message: '' }), '/fence'],
  ])('is refused with what is wrong in it: %s', (text, message) => {
    expect(() => readFromAgent(text)).toThrow(message);
  });
});

describe('a message of a master', () => {
  test('is read when it is one of those that are known', () => {
    const message = { type: 'watch', build: 1, log: 0, on: true };
    expect(readFromMaster(JSON.stringify(message))).toEqual(message);
  });

  test('is refused with what is wrong in it', () => {
    expect(() => readFromMaster('{"type":"cancel","build":1,"fence":1,"reason":"x","message":""}')).toThrow(
      '/reason',
    );
  });
});
