import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { choose } from './choose.ts';
import type { FreeSlot, WaitingRequest } from './choose.ts';

const request = (id: number, rest: Partial<WaitingRequest> = {}): WaitingRequest => ({
  id,
  builder: 'any',
  priority: 0,
  avoid: null,
  ...rest,
});
const slot = (worker: string, slot = 0, trust = 'default'): FreeSlot => ({ worker, session: 1, slot, trust });
const named =
  (...workers: string[]) =>
  () => ({ workers, trust: 'default' });
const pairs = (choices: ReturnType<typeof choose>) =>
  choices.map(({ request, slot }) => `${request.id} on ${slot.worker}/${slot.slot}`);

describe('choose', () => {
  test('takes higher priority first, then the older', () => {
    const choices = choose(
      [request(1), request(2), request(3, { priority: 5 })],
      [slot('a', 0), slot('a', 1)],
      named('a'),
    );
    expect(pairs(choices)).toEqual(['3 on a/0', '1 on a/1']);
  });

  test('spreads work: the worker with the most free slots first', () => {
    const choices = choose(
      [request(1), request(2)],
      [slot('a'), slot('b', 0), slot('b', 1)],
      named('a', 'b'),
    );
    expect(pairs(choices)).toEqual(['1 on b/0', '2 on a/0']);
  });

  test('avoids the worker that lost the build, but takes it where there is no other', () => {
    const avoiding = [request(1, { avoid: 'a' })];
    expect(pairs(choose(avoiding, [slot('a', 0), slot('a', 1), slot('b')], named('a', 'b')))).toEqual([
      '1 on b/0',
    ]);
    expect(pairs(choose(avoiding, [slot('a')], named('a', 'b')))).toEqual(['1 on a/0']);
  });

  test('takes no more than it is asked for: those whose turn is first', () => {
    const requests = [request(1), request(2), request(3, { priority: 5 })];
    const slots = [slot('a', 0), slot('a', 1), slot('a', 2)];
    expect(pairs(choose(requests, slots, named('a'), 2))).toEqual(['3 on a/0', '1 on a/1']);
  });

  test('gives a request only to a worker that may run it', () => {
    expect(choose([request(1)], [slot('b')], named('a'))).toEqual([]);
  });

  test('gives a builder to workers of its own level of trust alone', () => {
    const slots = [slot('a', 0, 'release'), slot('a', 1, 'release'), slot('b')];
    const chosen = (trust: string) => choose([request(1)], slots, () => ({ workers: ['a', 'b'], trust }));
    expect(pairs(chosen('default'))).toEqual(['1 on b/0']);
    expect(pairs(chosen('release'))).toEqual(['1 on a/0']);
    expect(chosen('other')).toEqual([]);
  });

  test('never gives a slot or a request out twice', () => {
    const workers = ['a', 'b', 'c'];
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ priority: fc.integer({ min: 0, max: 2 }), builder: fc.constantFrom('x', 'y') }),
          { maxLength: 12 },
        ),
        fc.uniqueArray(
          fc.record({ worker: fc.constantFrom(...workers), slot: fc.integer({ min: 0, max: 3 }) }),
          {
            selector: ({ worker, slot }) => `${worker}${slot}`,
          },
        ),
        (wanted, free) => {
          const may = { x: ['a', 'b'], y: ['c'] };
          const choices = choose(
            wanted.map((one, id) => request(id, one)),
            free.map(({ worker, slot: number }) => slot(worker, number)),
            (builder) => ({ workers: may[builder as 'x' | 'y'], trust: 'default' }),
          );
          expect(new Set(choices.map(({ request }) => request.id)).size).toBe(choices.length);
          expect(new Set(choices.map(({ slot }) => `${slot.worker}${slot.slot}`)).size).toBe(choices.length);
          // Nothing is left over on both sides.
          for (const builder of ['x', 'y'] as const) {
            const waiting = wanted.filter((one) => one.builder === builder).length;
            const room = free.filter(({ worker }) => may[builder].includes(worker)).length;
            const given = choices.filter(({ request }) => request.builder === builder).length;
            expect(given).toBe(Math.min(waiting, room));
          }
        },
      ),
    );
  });
});
