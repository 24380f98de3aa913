import { expect, test } from 'vitest';
import { ParsedPlans } from './parsed-plans.ts';

test('a plan is parsed once, and the oldest are forgotten where they are many', () => {
  const plans = new ParsedPlans();
  const long = JSON.stringify({ steps: [], note: 'x'.repeat(300_000) });
  const first = plans.add('a', long);
  expect(plans.get('a')).toBe(first);
  expect(first).toMatchObject({ steps: [] });
  plans.add('b', long);
  plans.add('c', long);
  expect(plans.get('a')).toBe(first);
  plans.add('d', long);
  expect(plans.get('a')).toBeUndefined();
  expect(plans.get('d')).toBeDefined();
});
