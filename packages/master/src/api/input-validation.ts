import { Ajv } from 'ajv';
import type { ErrorObject } from 'ajv';
import type { FastifySchemaCompiler } from 'fastify';
import type { FieldError } from './api-problem.ts';
import { ApiProblem } from './api-problem.ts';
import { compiledOnce } from './compiled-once.ts';

/** More than anybody mends at once. */
const errorsMax = 20;

/**
 * The schemas are ours, and a test holds them to JSON Schema's own: compiling that one, too, was half of what a
 * master's first call with a body cost its main thread (17 of 35 ms).
 */
const unchecked = { validateSchema: false, meta: false };

const common = {
  allErrors: true,
  useDefaults: true,
  strict: false,
  allowUnionTypes: true,
  verbose: true,
  ...unchecked,
};

/**
 * Bodies are taken as they are; what stands in an address is text, and a number there is made one. What a
 * schema does not know is refused, not dropped.
 */
export const inputCompiler: FastifySchemaCompiler<object> = ({ schema, httpPart }) => {
  const compiled = httpPart === 'body' ? compileExact(schema) : compileFromText(schema);
  const validate: ReturnType<FastifySchemaCompiler<object>> = (input) => {
    const check = compiled();
    const isValid = check(input);
    validate.errors = check.errors ?? null;
    return isValid;
  };
  return validate;
};

/** Made with the first call that brings something. */
let exact: Ajv | undefined;
let fromText: Ajv | undefined;
const compileExact = compiledOnce((schema: object) => (exact ??= new Ajv(common)).compile(schema));
const compileFromText = compiledOnce((schema: object) =>
  (fromText ??= new Ajv({ ...common, coerceTypes: true })).compile(schema),
);

const parts: Readonly<Record<string, string>> = {
  body: 'The body',
  querystring: 'The query',
  params: 'The address',
  headers: 'A header',
};

/** Everything that was wrong with a call, in words. */
export function inputProblem(errors: readonly ErrorObject[], httpPart: string): ApiProblem {
  const told = new Map<string, FieldError>();
  for (const error of errors) {
    const one = fieldError(error);
    if (!told.has(one.field)) told.set(one.field, one);
  }
  const fields = [...told.values()].slice(0, errorsMax);
  const [first] = fields;
  const what = first
    ? `${first.field === '' ? 'it' : first.field} ${first.message}`
    : 'it is not as it must be';
  const more = told.size > 1 ? ` (and ${told.size - 1} more)` : '';
  return new ApiProblem(
    400,
    'invalid-input',
    `${parts[httpPart] ?? 'The call'} was not understood: ${what}${more}.`,
    fields,
  );
}

function fieldError(error: ErrorObject): FieldError {
  const at = error.instancePath.slice(1).split('/').map(unescaped);
  const params = error.params as Record<string, unknown>;
  const name = params.additionalProperty ?? params.missingProperty;
  const path = typeof name === 'string' ? [...at, name] : at;
  return { field: path.filter((part) => part !== '').join('.'), message: sentence(error, params) };
}

function sentence(error: ErrorObject, params: Record<string, unknown>): string {
  switch (error.keyword) {
    case 'additionalProperties':
      return `is not known here; known: ${knownNames(error).join(', ') || 'none'}`;
    case 'required':
      return 'is missing';
    case 'enum':
      return `must be one of ${(params.allowedValues as readonly unknown[]).map(String).join(', ')}`;
    case 'type':
      return `must be ${[params.type].flat().map(typeWords).join(' or ')}`;
    case 'minLength':
    case 'maxLength':
      return `must have ${bound(error)} ${params.limit === 1 ? 'character' : 'characters'}`;
    case 'minItems':
    case 'maxItems':
      return `must have ${bound(error)} ${params.limit === 1 ? 'entry' : 'entries'}`;
    case 'minimum':
    case 'maximum':
      return `must be ${bound(error)}`;
    default:
      return error.message ?? 'is not as it must be';
  }
}

/** `at least 1`, `at most 1000` */
function bound({ keyword, params }: ErrorObject): string {
  return `at ${keyword.startsWith('min') ? 'least' : 'most'} ${String((params as { readonly limit?: unknown }).limit)}`;
}

/** What a type of JSON Schema is called. */
function typeWords(type: unknown): string {
  const words: Readonly<Record<string, string>> = {
    boolean: 'true or false',
    integer: 'a whole number',
    number: 'a number',
    string: 'text',
    array: 'a list',
  };
  return words[String(type)] ?? String(type);
}

function knownNames(error: ErrorObject): readonly string[] {
  const { properties } = (error.parentSchema ?? {}) as { properties?: object };
  return Object.keys(properties ?? {});
}

function unescaped(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}
