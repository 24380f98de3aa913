import { expect, test } from 'vitest';
import type { Worker } from '@millrace/protocol/api/workers';
import { workerSentence } from './worker-sentence.ts';

const ready: Worker = {
  name: 'linux-1',
  connected: true,
  master: 'm',
  silent: false,
  accepts: true,
  message: null,
  hold: null,
  slots: 2,
  builds: [],
  heardAt: 1,
  trust: 'default',
  clockOffsetMs: null,
  facts: null,
};
const paused: Worker['hold'] = { state: 'paused', by: 'ann', reason: 'a new disk', at: 1 };

test('a worker is told of by what matters most about it', () => {
  expect(workerSentence(ready)).toMatchObject({ mark: 'success', text: 'Ready.', well: true });
  expect(workerSentence({ ...ready, builds: [7] })).toMatchObject({
    mark: 'running',
    text: '1 of 2 slots busy.',
  });
  expect(workerSentence({ ...ready, connected: false })).toMatchObject({ mark: 'waiting', well: false });
  expect(workerSentence({ ...ready, connected: false, silent: true }).mark).toBe('exception');
});

test('a pause is told of whether the machine is there or not', () => {
  const hold = 'Paused by ann: a new disk.';
  expect(workerSentence({ ...ready, hold: paused })).toMatchObject({ mark: 'cancelled', hold });
  expect(workerSentence({ ...ready, connected: false, hold: paused })).toMatchObject({
    text: 'Not connected.',
    hold,
  });
  expect(workerSentence({ ...ready, connected: false, heardAt: null, hold: paused })).toMatchObject({
    text: 'It has never connected.',
    hold,
  });
});
