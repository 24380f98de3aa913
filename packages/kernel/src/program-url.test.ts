import { expect, test } from 'vitest';
import { programUrl } from './program-url.ts';

test('from the sources, a program is the file that is named', () => {
  const url = programUrl('file:///m/packages/worker/src/run-worker.ts', './agent/main.ts');
  expect(url.href).toBe('file:///m/packages/worker/src/agent/main.ts');
});

test('in a bundle, every program stands beside whoever starts it, named after its path', () => {
  expect(programUrl('file:///m/dist/run-worker-a1.js', './agent/main.ts').href).toBe(
    'file:///m/dist/agent-main.js',
  );
  expect(programUrl('file:///m/dist/config-worker.js', '../surface.ts').href).toBe(
    'file:///m/dist/surface.js',
  );
});
