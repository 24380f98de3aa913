import { expect, test } from 'vitest';
import { markNames, markOf, marks, needsPerson, tabIcon } from './marks.ts';

test('every mark has a shape and a sign of its own: colour is never alone', () => {
  const shapes = markNames.map((name) => JSON.stringify(marks[name].forms));
  expect(new Set(shapes).size).toBe(8);
  expect(new Set(markNames.map((name) => marks[name].tabSign)).size).toBe(8);
  expect(markNames.map((name) => marks[name].word)).toEqual(markNames);
});

test('a state and a result are one mark', () => {
  expect(markOf({ state: 'pending', result: null })).toBe('waiting');
  expect(markOf({ state: 'claimed', result: null })).toBe('running');
  expect(markOf({ state: 'running', result: null })).toBe('running');
  expect(markOf({ state: 'finished', result: 'warnings' })).toBe('warnings');
  expect(markOf({ state: 'finished', result: null })).toBe('exception');
});

test('a person is needed by what failed or broke', () => {
  expect(markNames.filter(needsPerson)).toEqual(['failure', 'exception']);
});

test('the icon of a tab is a picture in the address itself', () => {
  const icon = tabIcon('failure');
  expect(icon).toMatch(/^data:image\/svg\+xml,/u);
  expect(decodeURIComponent(icon)).toContain(marks.failure.tabColour);
});
