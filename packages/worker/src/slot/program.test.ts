import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hashOfSources, slotProgram } from './program.ts';

let root: string;

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-program-'));
  write('src/slot/main.ts', 'one');
  write('src/other.ts', 'two');
});

afterEach(() => fs.rmSync(root, { recursive: true }));

function write(file: string, text: string): void {
  fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  fs.writeFileSync(path.join(root, file), text);
}

function bundle(): void {
  const sources = ['src/slot/main.ts', 'src/other.ts'];
  write('dist/slot.js', 'bundle');
  write('dist/slot.json', JSON.stringify({ sources, hash: hashOfSources(root, sources) }));
}

const source = (): string => path.join(root, 'src', 'slot', 'main.ts');
const bundled = (): string => path.join(root, 'dist', 'slot.js');

test('the bundle is run where it is of these sources, and never when it is stale', () => {
  expect(slotProgram(root)).toBe(source());
  bundle();
  expect(slotProgram(root)).toBe(bundled());
  write('src/other.ts', 'changed');
  expect(slotProgram(root)).toBe(source());
  bundle();
  fs.rmSync(path.join(root, 'src', 'other.ts'));
  expect(slotProgram(root)).toBe(source());
});

test('a bundle that was cut off is not run', () => {
  bundle();
  write('dist/slot.json', '{"sources": [');
  expect(slotProgram(root)).toBe(source());
  bundle();
  fs.rmSync(bundled());
  expect(slotProgram(root)).toBe(source());
});

test('without sources the bundle is all there is', () => {
  bundle();
  fs.rmSync(path.join(root, 'src'), { recursive: true });
  expect(slotProgram(root)).toBe(bundled());
});
