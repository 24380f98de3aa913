import { expect, it } from 'vitest';
import { Turns } from './turns.ts';

it('takes acts one at a time, in their order, also after one that failed', async () => {
  const turns = new Turns();
  const seen: string[] = [];
  const first = Promise.withResolvers<void>();
  const act = (name: string, until: Promise<void>) => () => {
    seen.push(`${name} begins`);
    return until.finally(() => seen.push(`${name} ends`));
  };
  const one = turns.take(act('one', first.promise));
  const two = turns.take(act('two', Promise.resolve()));
  first.reject(new Error('it failed'));
  await expect(one).rejects.toThrow('it failed');
  await two;
  expect(seen).toEqual(['one begins', 'one ends', 'two begins', 'two ends']);
});
