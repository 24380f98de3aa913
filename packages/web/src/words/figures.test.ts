import { expect, test } from 'vitest';
import { changeText, millisecondsText, numberText, percentText, sizeText } from './figures.ts';

test('figures have two digits that count, and a unit', () => {
  expect([0, 0.001, 0.04, 3.21, 48.2, 1234.5].map(numberText)).toEqual([
    '0',
    '< 0.01',
    '0.04',
    '3.2',
    '48',
    '1,235',
  ]);
  expect([0, 512, 4096, 1.5 * 1024 ** 2, 30 * 1024 ** 3].map(sizeText)).toEqual([
    '0 B',
    '512 B',
    '4 KiB',
    '1.5 MiB',
    '30 GiB',
  ]);
  expect([0, 0.0001, 0.004, 0.0723, 0.0996, 0.381, 1].map(percentText)).toEqual([
    '0%',
    '< 0.1%',
    '0.4%',
    '7.2%',
    '10%',
    '38%',
    '100%',
  ]);
  expect([0, 0.41, 38.4, 1234].map(millisecondsText)).toEqual(['0 ms', '0.4 ms', '38 ms', '1.2 s']);
});

test('a change is told in percent, or as how many times as much', () => {
  expect([
    changeText(112, 100),
    changeText(70, 100),
    changeText(320, 100),
    changeText(100, 100.1),
    changeText(0, 0),
    changeText(5, 0),
    changeText(0, 5),
  ]).toEqual(['+12%', '−30%', '× 3.2', 'as before', 'as before', '', '−100%']);
});
