import { expect, test } from 'vitest';
import { humanSize, roundedSize } from './human-size.ts';

test('sizes are those of df -h: rounded up, one decimal below ten', () => {
  const sizes = [0n, 1n, 1023n, 1024n, 1025n, 10_239n, 10_240n, 10_241n, 1_048_575n, 2n ** 40n, 2n ** 63n];
  const named = ['0', '1', '1023', '1.0K', '1.1K', '10K', '10K', '11K', '1.0M', '1.0T', '8.0E'];
  expect(sizes.map(humanSize)).toEqual(named);
});

test('what is sent is rounded to the nearest', () => {
  const sizes = [0, 1023, 1024, 10_188, 10_190, 2 ** 20 - 513, 2 ** 20 - 512, 2 ** 30 + 197, 2 ** 53];
  const named = ['0', '1023', '1.0K', '9.9K', '10K', '1023K', '1.0M', '1.0G', '8.0P'];
  expect(sizes.map(roundedSize)).toEqual(named);
});
