import { expect, it } from 'vitest';
import { projectSteps } from './project-steps.ts';
import { startingConfig } from './starting-config.ts';

const stepsOf = (files: Readonly<Record<string, string>>) =>
  projectSteps({ has: (name) => name in files, text: (name) => files[name] ?? '' });

it('builds and tests what it recognises, and nothing else', () => {
  expect(stepsOf({})).toEqual([]);
  const scripts = { test: 'vitest', build: 'tsc', other: 'x' };
  expect(stepsOf({ 'package.json': JSON.stringify({ scripts }), 'package-lock.json': '' })).toEqual([
    'npm ci',
    'npm run build',
    'npm run test',
  ]);
  expect(stepsOf({ 'package.json': '{', 'pnpm-lock.yaml': '' })).toEqual(['pnpm install --frozen-lockfile']);
  const untested = { scripts: { test: 'echo "Error: no test specified" && exit 1' } };
  expect(stepsOf({ 'package.json': JSON.stringify(untested) })).toEqual(['npm install']);
  expect(stepsOf({ 'Cargo.toml': '' })).toEqual(['cargo build --locked', 'cargo test']);
  expect(stepsOf({ Makefile: 'all:\n\ncheck: all\n' })).toEqual(['make', 'make check']);
  expect(stepsOf({ Makefile: 'all:\n' })).toEqual(['make']);
  expect(stepsOf({ 'pyproject.toml': '[tool.pytest]' }).at(-1)).toContain('pytest');
});

it('writes steps and names as text, whatever is in them', () => {
  const text = startingConfig({ name: 'app', git: '..', branch: "it's", steps: ["echo 'a\\b'"] });
  expect(text).toContain(String.raw`branches: ['it\'s']`);
  expect(text).toContain(String.raw`sh('echo \'a\\b\''),`);
  expect(startingConfig({ name: 'app', git: '.', branch: 'main', steps: [] })).toContain(
    '// What builds and tests',
  );
});
