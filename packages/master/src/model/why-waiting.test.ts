import { describe, expect, test } from 'vitest';
import { whyWaiting } from './why-waiting.ts';
import type { WorkerState } from './why-waiting.ts';

const request = { builder: 'linux', trust: 'default', notBefore: 0, retries: 0, ahead: 0 };
const worker = (name: string, rest: Partial<WorkerState> = {}): WorkerState => ({
  name,
  connected: true,
  silent: false,
  accepts: true,
  message: null,
  slots: 2,
  busy: 0,
  trust: 'default',
  hold: null,
  ...rest,
});

describe('why a request waits', () => {
  test.each([
    ['a builder that is gone', request, undefined, 'no builder "linux"'],
    ['a retry', { ...request, notBefore: 5_000, retries: 1 }, [worker('a')], 'try 2 follows in 4 s'],
    [
      'nobody connected',
      request,
      [worker('a', { connected: false }), worker('b', { silent: true })],
      'is connected (a, b)',
    ],
    [
      'somebody paused it',
      request,
      [worker('a', { hold: { state: 'paused', reason: 'a new disk', by: 'ann' } })],
      'a is paused by "ann": a new disk',
    ],
    ['nobody willing', request, [worker('a', { accepts: false, message: 'disk low' })], 'a: disk low'],
    [
      'all busy',
      { ...request, ahead: 2 },
      [worker('a', { busy: 2 })],
      'Every slot is busy (a). 2 requests go first.',
    ],
    [
      'nobody of its level of trust',
      { ...request, trust: 'release' },
      [worker('a'), worker('b', { trust: 'other' })],
      'needs a worker of the trust "release": a has "default", b has "other"',
    ],
    [
      'a worker that was never seen may have any level',
      { ...request, trust: 'release' },
      [worker('a', { trust: null, connected: false })],
      'No worker that may run it is connected (a)',
    ],
    ['a moment', request, [worker('a')], 'about to be given out'],
  ])('%s', (_case, waiting, workers, sentence) => {
    expect(whyWaiting(waiting, workers, 1_000)).toContain(sentence);
  });
});
