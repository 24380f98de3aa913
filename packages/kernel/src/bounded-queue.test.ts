import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { BoundedQueue } from './bounded-queue.ts';

describe('a bounded queue', () => {
  test('gives back what it took in, in order, and refuses what is over its limit', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constant('take' as const), fc.integer())), (script) => {
        const queue = new BoundedQueue<number>(40);
        const model: number[] = [];
        for (const act of script) {
          if (act === 'take') expect(queue.take()).toBe(model.shift());
          else if (queue.offer(act)) model.push(act);
          else expect(model.length).toBe(40);
          expect(queue.size).toBe(model.length);
        }
      }),
    );
  });
});
