import { expect, test } from 'vitest';
import { inheritedEnvironment, propertyVariable, stepEnvironment } from './environment.ts';
import { render } from './template.ts';

test('a step inherits a few variables and no others', () => {
  expect(
    inheritedEnvironment({
      PATH: '/bin',
      LC_ALL: 'C',
      AWS_SECRET: 'x',
      NODE_OPTIONS: 'y',
      GIT_DIR: 'z',
      HOME: undefined,
    }),
  ).toEqual({ PATH: '/bin', LC_ALL: 'C' });
  const own = { PATH: '/bin', JAVA_HOME: '/java', OTHER: 'x' };
  expect(inheritedEnvironment(own, ['JAVA_HOME', ''])).toEqual({ PATH: '/bin', JAVA_HOME: '/java' });
});

test('later values win, and late values are those of the properties', () => {
  const environment = stepEnvironment({
    inherited: { PATH: '/bin', HOME: '/home' },
    facts: {
      build: 1,
      builder: 'b',
      number: 2,
      worker: 'w',
      slot: 0,
      branch: 'main',
      revision: 'abc',
    },
    properties: { level: 3 },
    planned: [{ HOME: '/plan', A: ['x', { property: 'level' }] }, { HOME: '/step' }],
  });
  expect(environment).toMatchObject({
    PATH: '/bin',
    HOME: '/step',
    A: 'x3',
    MILLRACE_BRANCH: 'main',
    MILLRACE_REVISION: 'abc',
    MILLRACE_PROP_LEVEL: '3',
  });
});

test('a property’s variable is its name in capitals', () => {
  expect(propertyVariable('got-revision.v2')).toBe('MILLRACE_PROP_GOT_REVISION_V2');
});

test('a property that is not there is told by its name, also one that every object has', () => {
  expect(() => render([{ property: 'constructor' }], {})).toThrow("no property 'constructor'");
  expect(render(['a', { property: 'p' }, 'b'], { p: false })).toBe('afalseb');
});
