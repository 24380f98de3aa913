import { expect, test } from 'vitest';
import type { Build } from '@millrace/protocol/api/builds';
import type { MillraceEvent } from '@millrace/protocol/event';
import { patchList } from './apply-effects.ts';
import { effectsOf } from './event-effects.ts';

const event = (over: Partial<MillraceEvent>): MillraceEvent => ({
  cursor: 'c',
  type: 'build.finished',
  at: 1_000,
  builder: 'linux',
  build: 17,
  request: 12,
  data: {},
  ...over,
});

test('a build that ends is shown so at once, and asked for with its lists', () => {
  const effects = effectsOf(
    event({ data: { result: 'failure', reason: 'timed-out', message: 'no output' } }),
  );
  expect(effects.patch).toEqual({
    build: 17,
    change: {
      state: 'finished',
      result: 'failure',
      reason: 'timed-out',
      message: 'no output',
      finishedAt: 1_000,
      cancelling: false,
    },
  });
  expect(effects.stale).toEqual([['builds'], ['builders'], ['workers'], ['build', 17], ['requests', 12]]);
});

test('a stall that is over is shown where stalls are listed', () => {
  expect(effectsOf(event({ type: 'master.stalled', data: { master: 'm1', ms: 400 } }))).toEqual({
    patch: undefined,
    stale: [['stalls']],
  });
});

test('a result or a reason of a newer master is asked for, not believed', () => {
  expect(effectsOf(event({ data: { result: 'sublime' } })).patch?.change).toEqual({});
  expect(effectsOf(event({ data: { result: 'exception', reason: 'moon' } })).patch?.change.reason).toBeNull();
});

test('a step or a log touches only its own build', () => {
  for (const type of [
    'step.started',
    'step.finished',
    'log.opened',
    'log.closed',
    'build.property',
  ] as const) {
    expect(effectsOf(event({ type })).stale).toEqual([['build', 17]]);
  }
});

test('an event that is not known makes everything stale', () => {
  expect(effectsOf(event({ type: 'moon.rose' as never })).stale).toEqual([[]]);
});

test('a patch leaves a list that does not have the build as it is', () => {
  const list = { items: [{ id: 1 } as Build, { id: 2 } as Build], nextCursor: null };
  expect(patchList(list, 3, { cancelling: true })).toBe(list);
  expect(patchList(list, 2, { cancelling: true }).items).toEqual([{ id: 1 }, { id: 2, cancelling: true }]);
});

test('builds whose logs have expired are asked for anew', () => {
  const { stale } = effectsOf(event({ type: 'logs.expired', data: { builds: [3, 'x', 4] } }));
  expect(stale).toEqual([
    ['build', 3],
    ['build', 4],
  ]);
});
