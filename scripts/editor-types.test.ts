import fs from 'node:fs';
import { expect, it } from 'vitest';
import { editorTypes, editorTypesFile } from './editor-types.ts';

it('the declarations for editors are those of the sources; scripts/editor-types.ts writes them anew', () => {
  expect(fs.readFileSync(editorTypesFile, 'utf8')).toBe(editorTypes());
});
