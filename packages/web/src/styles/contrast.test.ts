import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const text = fs.readFileSync(path.join(import.meta.dirname, 'variables.css'), 'utf8');
const colours = new Map(
  [...text.matchAll(/--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);/gu)].map(
    ([, name = '', light = '', dark = '']) => [name, { light, dark }],
  ),
);

/** WCAG 2.2, "relative luminance". */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(front: string, ground: string, theme: 'light' | 'dark'): number {
  const [low = 0, high = 0] = [front, ground]
    .map((name) => luminance(colours.get(name)?.[theme] ?? '#808080'))
    .sort((left, right) => left - right);
  return (high + 0.05) / (low + 0.05);
}

const states = ['running', 'success', 'warnings', 'failure', 'exception', 'cancelled', 'skipped', 'waiting'];
const inks = ['ink', 'ink-soft', 'ink-faint', 'accent', ...states];
const grounds = ['ground', 'raised', 'hover', 'accent-ground'];
const pairs: [string, string][] = [
  ...inks.flatMap((ink) => grounds.map((ground): [string, string] => [ink, ground])),
  ...['warnings', 'failure', 'exception', 'running'].map((name): [string, string] => [
    name,
    `${name}-ground`,
  ]),
  ...['failure-ground', 'exception-ground'].flatMap((ground) =>
    ['ink', 'ink-soft', 'ink-faint'].map((ink): [string, string] => [ink, ground]),
  ),
  ['on-accent', 'accent'],
  ...['log-ink', 'log-number', ...Array.from({ length: 16 }, (_, index) => `ansi-${index}`)].flatMap((ink) =>
    ['log-ground', 'log-mark', 'hover'].map((ground): [string, string] => [ink, ground]),
  ),
];

test.each(['light', 'dark'] as const)('text has AA contrast on its grounds, in the %s theme', (theme) => {
  const low = pairs
    .map(([front, ground]) => ({
      front,
      ground,
      contrast: Number(contrast(front, ground, theme).toFixed(2)),
    }))
    .filter((pair) => pair.contrast < 4.5);
  expect(low).toEqual([]);
  expect(colours.size).toBeGreaterThan(40);
});
