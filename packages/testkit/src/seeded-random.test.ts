import { describe, expect, test } from 'vitest';
import { SeededRandom } from './seeded-random.ts';

function draw(random: SeededRandom, count: number): number[] {
  return Array.from({ length: count }, () => random.fraction());
}

describe('a seeded random', () => {
  test('gives the same again for the same seed, and other things for the next', () => {
    expect(draw(new SeededRandom(7), 50)).toEqual(draw(new SeededRandom(7), 50));
    expect(draw(new SeededRandom(7), 50)).not.toEqual(draw(new SeededRandom(8), 50));
  });

  test('is spread evenly over its range', () => {
    const counts = Array.from({ length: 10 }, () => 0);
    const random = new SeededRandom(1);
    for (let draws = 0; draws < 100_000; draws++) {
      const index = random.between(0, 9);
      counts[index] = (counts[index] ?? 0) + 1;
    }
    // Five standard deviations around 10,000.
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(475);
  });

  test('a fork goes its own way', () => {
    const one = new SeededRandom(3);
    const other = new SeededRandom(3);
    const fork = one.fork();
    other.fork();
    draw(fork, 100);
    expect(draw(one, 10)).toEqual(draw(other, 10));
  });
});
