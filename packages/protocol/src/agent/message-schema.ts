import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { MillraceError, messageOf } from '@millrace/kernel/errors';
import { reasons } from '../result.ts';
import { journalsMax, messageBytesMax, refusalCodes, toolsMax } from './messages.ts';
import type { FromAgent, FromMaster } from './messages.ts';

const count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const fence = Type.Integer({ minimum: 0, maximum: 2 ** 32 - 1 });
const name = Type.String({ minLength: 1, maxLength: 200 });
const message = Type.String({ maxLength: 4000 });
const reason = Type.Enum([...reasons]);
const holding = { build: count, fence };
const position = Type.Object({ seq: count, hash: Type.String({ pattern: '^[0-9a-f]{64}$' }), byte: count });
const log = { build: count, log: count };

const room = Type.Union([
  Type.Object({ accepts: Type.Literal(true) }),
  Type.Object({ accepts: Type.Literal(false), message }),
]);

const facts = Type.Object({
  os: name,
  release: Type.Optional(name),
  architecture: name,
  hostname: Type.String({ maxLength: 300 }),
  cpus: count,
  memoryBytes: count,
  version: name,
  image: Type.Optional(name),
  tools: Type.Optional(
    Type.Record(Type.String({ pattern: '^[A-Za-z0-9+._-]{1,50}$' }), name, {
      additionalProperties: false,
      maxProperties: toolsMax,
    }),
  ),
});

/** What a master takes from an agent: every message is checked against this before it is believed. */
const fromAgentSchema = Type.Union([
  Type.Object({
    type: Type.Literal('hello'),
    version: count,
    worker: name,
    spool: name,
    slots: Type.Integer({ minimum: 1, maximum: 1000 }),
    facts,
    journals: Type.Array(Type.Object({ ...holding, ended: Type.Boolean() }), { maxItems: journalsMax }),
    room,
    clock: Type.Optional(count),
  }),
  Type.Object({ type: Type.Literal('heartbeat'), number: count }),
  Type.Object({ type: Type.Literal('refused'), ...holding, message }),
  Type.Object({ type: Type.Literal('forked'), ...holding, byte: count }),
  Type.Object({ type: Type.Literal('room'), room }),
]);

const runOrder = {
  ...holding,
  slot: Type.Integer({ minimum: 0, maximum: 999 }),
  planHash: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  // The plan comes from the master's own store, checked when it was made: here only that it is one.
  plan: Type.Object({ version: Type.Literal(1), steps: Type.Array(Type.Object({ name })) }),
  builder: name,
  number: count,
  facts: Type.Optional(facts),
  secrets: Type.Optional(Type.Record(Type.String(), Type.String())),
  missingSecrets: Type.Optional(Type.Record(Type.String(), message)),
};

const cancel = { reason, message };

/** What an agent takes from a master. */
const fromMasterSchema = Type.Union([
  Type.Object({
    type: Type.Literal('welcome'),
    version: count,
    master: name,
    heartbeatMs: Type.Integer({ minimum: 1 }),
    lostAfterMs: Type.Integer({ minimum: 1 }),
    creditBytes: Type.Integer({ minimum: 1 }),
    journals: Type.Array(
      Type.Union([
        Type.Object({
          kind: Type.Literal('resume'),
          ...holding,
          position,
          cancel: Type.Optional(Type.Object(cancel)),
        }),
        Type.Object({ kind: Type.Literal('done'), ...holding }),
        Type.Object({ kind: Type.Literal('fenced'), ...holding, message }),
      ]),
    ),
    run: Type.Array(Type.Object(runOrder)),
    watched: Type.Array(Type.Object(log)),
    notes: Type.Optional(Type.Array(message, { maxItems: 100 })),
  }),
  Type.Object({ type: Type.Literal('note'), message }),
  Type.Object({ type: Type.Literal('refusal'), code: Type.Enum([...refusalCodes]), message }),
  Type.Object({ type: Type.Literal('run'), ...runOrder }),
  Type.Object({ type: Type.Literal('acknowledged'), ...holding, position }),
  Type.Object({ type: Type.Literal('wanted'), ...holding, position }),
  Type.Object({ type: Type.Literal('done'), ...holding }),
  Type.Object({ type: Type.Literal('fenced'), ...holding, message }),
  Type.Object({ type: Type.Literal('cancel'), ...holding, ...cancel }),
  Type.Object({ type: Type.Literal('heard'), number: count }),
  Type.Object({ type: Type.Literal('watch'), ...log, on: Type.Boolean() }),
]);

const compileFromAgent = () => Compile(fromAgentSchema);
const compileFromMaster = () => Compile(fromMasterSchema);
/** Compiled by the first message: a master needs the one and an agent the other, and neither at its start. */
let fromAgent: ReturnType<typeof compileFromAgent> | undefined;
let fromMaster: ReturnType<typeof compileFromMaster> | undefined;

/** @throws MillraceError `message-malformed`: over its bound, no JSON, or none of the messages above. */
export function readFromAgent(text: string): FromAgent {
  const value = parse(text);
  fromAgent ??= compileFromAgent();
  if (fromAgent.Check(value)) return value;
  throw malformed(firstError(value, fromAgentSchema.anyOf));
}

/** @throws MillraceError `message-malformed`: over its bound, no JSON, or none of the messages above. */
export function readFromMaster(text: string): FromMaster {
  const value = parse(text);
  // What the schema leaves open is the plan, which the master checked before it stored it.
  fromMaster ??= compileFromMaster();
  if (fromMaster.Check(value)) return value as FromMaster;
  throw malformed(firstError(value, fromMasterSchema.anyOf));
}

function parse(text: string): unknown {
  if (text.length > messageBytesMax) throw malformed(`it has more than ${messageBytesMax} bytes`);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw malformed(`it is not JSON: ${messageOf(cause)}`);
  }
}

/** The message's own type picks the branch to be explained: a union alone says only that nothing fits. */
function firstError(
  value: unknown,
  branches: readonly { properties: { type: { const: string } } }[],
): string {
  const type = typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined;
  const branch = branches.find((one) => one.properties.type.const === type);
  if (branch === undefined)
    return `its type is none of ${branches.map((one) => one.properties.type.const).join(', ')}`;
  const [error] = Compile(branch as never).Errors(value) as { instancePath: string; message: string }[];
  return error === undefined
    ? `its "${String(type)}" is wrong`
    : `${error.instancePath === '' ? 'it' : error.instancePath} ${error.message}`;
}

function malformed(what: string): MillraceError<'message-malformed'> {
  return new MillraceError('message-malformed', `This is no message of an agent or a master: ${what}.`);
}
