import type { ErrorObject } from 'ajv';
import { expect, test } from 'vitest';
import { inputCompiler, inputProblem } from './input-validation.ts';

const schema = {
  type: 'object',
  properties: {
    limit: { type: 'integer', minimum: 1, maximum: 1000 },
    text: { type: 'string', minLength: 1, maxLength: 3 },
    names: { type: 'array', items: { type: 'string' }, minItems: 2 },
  },
  additionalProperties: false,
};

/** What is said of a body. */
function said(body: object): string {
  const validate = inputCompiler({ schema, httpPart: 'body', method: 'POST', url: '/' });
  validate(body);
  return inputProblem((validate as { readonly errors?: readonly ErrorObject[] | null }).errors ?? [], 'body')
    .message;
}

test('what is wrong with a call is said in words, with the field and what was expected', () => {
  expect(said({ limit: 1001 })).toBe('The body was not understood: limit must be at most 1000.');
  expect(said({ limit: 0 })).toContain('limit must be at least 1.');
  expect(said({ text: '' })).toContain('text must have at least 1 character.');
  expect(said({ text: 'four' })).toContain('text must have at most 3 characters.');
  expect(said({ names: ['a'] })).toContain('names must have at least 2 entries.');
  expect(said({ limit: 'x' })).toContain('limit must be a whole number.');
  expect(said({ limt: 1 })).toContain('limt is not known here; known: limit, text, names.');
});
