import Type from 'typebox';
import {
  capturesMax,
  checkoutModes,
  linkLabelLengthMax,
  retriedResults,
  triesMax,
} from '@millrace/protocol/plan';
import { propertyBounds, propertyBytes, propertyName } from '@millrace/protocol/property';
import { visibilitySchema } from './access-schema.ts';
import { PropertyReference } from './late-value.ts';
import { patternOf } from './output-pattern.ts';
import { isRecord, refined } from './refined-schema.ts';
import { SecretReference } from './secret.ts';

/*
 * What a step must look like, option by option, of each kind. Its condition is looked at by `condition-problems.ts`,
 * which sees the steps before it.
 */

const strict = { additionalProperties: false };
const milliseconds = (minimum: number) => Type.Integer({ minimum, maximum: 365 * 24 * 3_600_000 });

const text = refined(
  "text, property('name'), or a list of these",
  (value) => isPart(value) || (Array.isArray(value) && value.every(isPart)),
);
/** Environment variables, by name. */
export const environmentSchema = refined(
  "names of environment variables with text, property('name'), secret('name') or a list of these",
  (value) =>
    isRecord(value) &&
    Object.entries(value).every(
      ([key, one]) =>
        /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) &&
        (isSecretPart(one) || (Array.isArray(one) && one.every(isSecretPart))),
    ),
);
const folder = refined(
  'a folder below the build\'s own: relative, without ".."',
  (value) =>
    typeof value === 'string' &&
    value.length <= 1000 &&
    !value.includes('\0') &&
    !/^[/\\]|^[A-Za-z]:/.test(value) &&
    !value.split(/[/\\]/).includes('..'),
);
const limit = refined(
  'a whole number of milliseconds above 0, or null for no limit',
  (value) => value === null || (Number.isSafeInteger(value) && Number(value) > 0),
);

const exitCodes = refined(
  'a list of exit codes, from 0 to 255',
  (value) =>
    Array.isArray(value) &&
    value.length <= 256 &&
    value.every((code) => Number.isInteger(code) && Number(code) >= 0 && Number(code) <= 255),
);
const patterns = refined(
  'a pattern, or a list of at most 20: text, or a regular expression with no flag but i',
  (value) => (Array.isArray(value) ? value.length <= 20 && value.every(isPattern) : isPattern(value)),
);
const settable = refined(
  'the name of a property (letters, digits, "_", "." and "-") that a step may set: not builder, repository, branch or revision',
  isSettable,
);
const fromOutput = refined(
  `the name of a property, { name: 'version', pattern: /^v(.*)/ }, or a list of at most ${capturesMax} of these`,
  (value) =>
    Array.isArray(value) ? value.length <= capturesMax && value.every(isFromOutput) : isFromOutput(value),
);
const retry = refined(
  `how often it is tried again (1 to ${triesMax - 1}), or { times, backoffMs, on: [${retriedResults.map((one) => `'${one}'`).join(', ')}], exitCodes }`,
  isRetry,
);
const propertyValue = refined(
  "a number, true or false, text, property('name'), or a list of these",
  (value) =>
    typeof value === 'boolean' ||
    Number.isFinite(value) ||
    (typeof value === 'string' ? propertyBytes(value) <= propertyBounds.valueBytes : isText(value)),
);

const commonOptions = {
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  // Looked at elsewhere.
  when: Type.Optional(Type.Unknown()),
  always: Type.Optional(Type.Boolean()),
  continueOnFailure: Type.Optional(Type.Boolean()),
  allowFailure: Type.Optional(Type.Boolean()),
  visibility: Type.Optional(visibilitySchema),
};
const stepOptions = {
  ...commonOptions,
  limits: Type.Optional(
    Type.Object({ noOutputMs: Type.Optional(limit), totalMs: Type.Optional(limit) }, strict),
  ),
  killGraceMs: Type.Optional(milliseconds(0)),
  logBytesMax: Type.Optional(Type.Integer({ minimum: 1024, maximum: Number.MAX_SAFE_INTEGER })),
  env: Type.Optional(environmentSchema),
  retry: Type.Optional(retry),
  folder: Type.Optional(folder),
};
const shOptions = {
  ...stepOptions,
  separateStreams: Type.Optional(Type.Boolean()),
  warnOnExitCodes: Type.Optional(exitCodes),
  warnOnOutput: Type.Optional(patterns),
  setProperty: Type.Optional(fromOutput),
};

/** An `ShStep` whose command is a line. */
export const shLineSchema = Type.Object(
  {
    kind: Type.Literal('sh'),
    command: Type.String({ minLength: 1, maxLength: 1024 ** 2 }),
    ...shOptions,
  },
  strict,
);

/** An `ShStep` whose command is a list of arguments. */
export const shArgumentsSchema = Type.Object(
  {
    kind: Type.Literal('sh'),
    command: Type.Array(text, { minItems: 1 }),
    ...shOptions,
  },
  strict,
);

/** A `CheckoutStep`. */
export const checkoutSchema = Type.Object(
  {
    kind: Type.Literal('checkout'),
    ...stepOptions,
    mode: Type.Optional(Type.Enum([...checkoutModes])),
    submodules: Type.Optional(
      refined("true, false or 'recursive'", (value) => typeof value === 'boolean' || value === 'recursive'),
    ),
    lfs: Type.Optional(Type.Boolean()),
    depth: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
  },
  strict,
);

/** A `SetPropertyStep`. */
export const setPropertySchema = Type.Object(
  { kind: Type.Literal('set-property'), property: settable, value: propertyValue, ...commonOptions },
  strict,
);

/** A `LinkStep`. */
export const linkSchema = Type.Object(
  {
    kind: Type.Literal('link'),
    label: Type.String({ minLength: 1, maxLength: linkLabelLengthMax }),
    url: text,
    ...commonOptions,
  },
  strict,
);

function isSecretPart(value: unknown): boolean {
  return isPart(value) || value instanceof SecretReference;
}

function isPart(value: unknown): boolean {
  return typeof value === 'string' || value instanceof PropertyReference;
}

function isText(value: unknown): boolean {
  return isPart(value) || (Array.isArray(value) && value.every(isPart));
}

/** Whether it can be compiled is told by itself, with what is wrong in it. */
function isPattern(value: unknown): boolean {
  return patternOf(value) !== undefined;
}

/** What is known of the build itself is no step's to change. */
const fixed: ReadonlySet<unknown> = new Set(['builder', 'repository', 'branch', 'revision']);

function isSettable(value: unknown): boolean {
  return typeof value === 'string' && propertyName.test(value) && !fixed.has(value);
}

function isFromOutput(value: unknown): boolean {
  if (!isRecord(value)) return isSettable(value);
  const { name, pattern, ...rest } = value;
  return isSettable(name) && (pattern === undefined || isPattern(pattern)) && Object.keys(rest).length === 0;
}

function isRetry(value: unknown): boolean {
  if (!isRecord(value)) return isTimes(value);
  const { times, backoffMs, on, exitCodes: codes, ...rest } = value;
  const known: readonly unknown[] = retriedResults;
  return (
    isTimes(times) &&
    (backoffMs === undefined || (Number.isInteger(backoffMs) && Number(backoffMs) >= 0)) &&
    (on === undefined || (Array.isArray(on) && on.length > 0 && on.every((one) => known.includes(one)))) &&
    (codes === undefined || (Array.isArray(codes) && codes.length > 0 && codes.every(Number.isInteger))) &&
    Object.keys(rest).length === 0
  );
}

function isTimes(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) < triesMax;
}
