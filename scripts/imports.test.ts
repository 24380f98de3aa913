import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { sourceFiles, wrongImports } from './imports.ts';

const root = path.dirname(import.meta.dirname);

describe('imports', () => {
  test('run one way through the whole house', () => {
    const files = sourceFiles(root);
    expect(files.length).toBeGreaterThan(50);
    expect(wrongImports(files)).toEqual([]);
  });

  test.each([
    [
      'a package that stands alone',
      'packages/poster/src/a.ts',
      `import { assert } from '@millrace/kernel/assert';`,
    ],
    ['a type import', 'packages/kernel/src/a.ts', `import type { Plan } from '@millrace/protocol/plan';`],
    ['a stage of another', 'packages/master/src/dispatch/a.ts', `export { x } from '../schedulers/b.ts';`],
    ['the store of a stage', 'packages/master/src/store/a.ts', `const x = await import('../builds/b.ts');`],
    ['the store of main', 'packages/master/src/store/a.ts', `import '../main.ts';`],
    [
      'the worker of the master',
      'packages/worker/src/agent/a.ts',
      `import { x } from '@millrace/master/main';`,
    ],
    ['the pages of the master', 'packages/web/src/a.tsx', `import { x } from '@millrace/master/main';`],
    [
      'the testkit by production',
      'packages/cli/src/a.ts',
      `import { x } from '@millrace/testkit/fake-clock';`,
    ],
    [
      'a folder reached by a path',
      'packages/protocol/src/a.ts',
      `import { x } from '../../master/src/main.ts';`,
    ],
  ])('a planted violation is found: %s', (_what, file, text) => {
    expect(wrongImports([{ path: file, text }])).toHaveLength(1);
  });
});
