import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { OperationRegister } from '../sqlite/thread/operation-register.ts';
import { modules } from './all.ts';

const isOperation = (value: unknown): value is { name: string } =>
  typeof value === 'object' && value !== null && 'run' in value && 'readOnly' in value;

test("every file with operations is known to the store's thread, and each name is one operation's", async () => {
  const register = new OperationRegister();
  for (const module of modules) register.addModule(module);
  const files = readdirSync(new URL('.', import.meta.url)).filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && name !== 'all.ts',
  );
  for (const file of files) {
    const exported = (await import(/* @vite-ignore */ new URL(file, import.meta.url).href)) as Record<
      string,
      unknown
    >;
    for (const one of Object.values(exported).filter(isOperation)) {
      expect(register.has(one.name), `${file}: ${one.name}`).toBe(true);
    }
  }
});
