import type Type from 'typebox';
import { Settings } from 'typebox/system';
import { Errors, Pointer } from 'typebox/value';
import type { ConfigProblem } from './config-problem.ts';
import { suggestion } from './did-you-mean.ts';
import { PropertyReference } from './late-value.ts';
import { SecretReference } from './secret.ts';

/** More than anybody mends at once; the rest is told on the next try. */
const problemsMax = 1000;

/** Everything in `value` that is not as the schema says, in the order of the value; one problem a place. */
export function schemaProblems(schema: Type.TSchema, value: unknown, root = ''): readonly ConfigProblem[] {
  const found = new Map<string, string>();
  const tell = (pointer: string, message: string): void => {
    const path = pathOf(value, pointer, root);
    if (!found.has(path)) found.set(path, message);
  };
  for (const error of errorsOf(schema, value)) {
    const here = error.instancePath;
    if (error.keyword === 'additionalProperties') {
      const known = optionsAt(schema, here);
      for (const name of error.params.additionalProperties)
        tell(
          `${here}/${escaped(name)}`,
          `there is no option ${JSON.stringify(name)}${suggestion(name, known)}`,
        );
    } else if (error.keyword === 'required') {
      for (const name of error.params.requiredProperties) tell(`${here}/${escaped(name)}`, 'is missing');
    } else if (error.keyword !== 'boolean') {
      // `boolean` is what `additionalProperties: false` says of each of them once more.
      const given: unknown = here === '' ? value : Pointer.Get(value, here);
      tell(here, `expected ${expectation(error)}, got ${isSecret(here, given) ? 'a text' : shown(given)}`);
    }
  }
  return [...found].map(([path, message]) => ({ path, message }));
}

type SchemaError = ReturnType<typeof Errors>[number];

/** The library stops at eight unless told otherwise, for the whole process: so it is told, and told back. */
function errorsOf(schema: Type.TSchema, value: unknown): readonly SchemaError[] {
  const { maxErrors } = Settings.Get();
  Settings.Set({ maxErrors: problemsMax });
  try {
    return Errors(schema, value);
  } finally {
    Settings.Set({ maxErrors });
  }
}

function expectation(error: SchemaError): string {
  const { keyword, params } = error;
  if (keyword === 'type') return typeNamed(String(params.type));
  if (keyword === 'enum')
    return `one of ${params.allowedValues.map((one) => JSON.stringify(one)).join(', ')}`;
  if (keyword === 'minimum') return `at least ${params.limit}`;
  if (keyword === 'maximum') return `at most ${params.limit}`;
  if (keyword === 'minItems') return 'at least one item';
  if (keyword === 'minLength') return 'text that is not empty';
  if (keyword === 'maxLength') return `at most ${params.limit} letters`;
  if (keyword === '~refine') return params.message;
  return error.message;
}

function typeNamed(type: string): string {
  if (type === 'integer') return 'a whole number';
  if (type === 'array') return 'a list';
  return /^[aeo]/.test(type) ? `an ${type}` : `a ${type}`;
}

/** Somebody wrote the secret itself where its place was to be named: it is repeated nowhere. */
function isSecret(pointer: string, given: unknown): boolean {
  return typeof given === 'string' && /\/(?:password|secrets?(?:\/[^/]*)?)$/.test(pointer);
}

/** What was there, short enough for a line. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'function') return 'a function';
  if (value instanceof PropertyReference) return `property('${value.property}')`;
  if (value instanceof SecretReference) return `secret('${value.secret}')`;
  if (value instanceof Promise) return 'a promise';
  if (typeof value === 'bigint' || typeof value === 'symbol') return `a ${typeof value}`;
  const text = jsonShown(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function jsonShown(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return 'an object that contains itself';
  }
}

/** `/builders/2/workers/0` as people write it. */
function pathOf(value: unknown, pointer: string, root: string): string {
  let path = root;
  let inner = value;
  for (const key of pointer.split('/').slice(1).map(unescaped)) {
    if (Array.isArray(inner)) path += `[${key}]`;
    else if (/^[A-Za-z_$][\w$]*$/.test(key)) path += path === '' ? key : `.${key}`;
    else path += `[${JSON.stringify(key)}]`;
    inner = typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined;
  }
  return path;
}

/** The options that the object at this place may have. */
function optionsAt(schema: Type.TSchema, pointer: string): readonly string[] {
  let inner: unknown = schema;
  for (const key of pointer.split('/').slice(1).map(unescaped)) {
    const { items, properties } = inner as { items?: unknown; properties?: Record<string, unknown> };
    inner = items ?? properties?.[key] ?? {};
  }
  return Object.keys((inner as { properties?: object }).properties ?? {});
}

const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');
const unescaped = (key: string): string => key.replaceAll('~1', '/').replaceAll('~0', '~');
