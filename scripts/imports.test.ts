import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
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

  test('a circle of types is one that the lint finds', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-circle-'));
    try {
      fs.writeFileSync(path.join(folder, 'a.ts'), "import type { B } from './b.ts';\nexport type A = B[];\n");
      fs.writeFileSync(
        path.join(folder, 'b.ts'),
        "import type { A } from './a.ts';\nexport type B = A | 1;\n",
      );
      const oxlint = path.join(root, 'node_modules', '.bin', 'oxlint');
      const args = ['--config', path.join(root, '.oxlintrc.json'), '--quiet', '.'];
      const lint = spawnSync(oxlint, args, { cwd: folder, encoding: 'utf8' });
      expect(lint.stdout).toContain('import(no-cycle)');
      expect(lint.status).toBe(1);
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  });
});
