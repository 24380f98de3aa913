import { ApiScene } from '@millrace/testkit/api-scene';
import { code, generated, table } from './markdown.ts';

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: unknown;
  readonly description?: string;
  readonly default?: unknown;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: Schema;
}

type Content = Readonly<Record<string, { readonly schema?: Schema }>>;

interface Operation {
  readonly summary: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
}

interface Description {
  readonly info: { readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** docs/reference/api.md: what `openapi.json` says, for reading. */
export async function apiReference(): Promise<string> {
  await using scene = new ApiScene();
  const { info, paths, components }: Description = (await scene.get('/openapi.json')).body;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      call: `${method.toUpperCase()} ${path}`,
      operation,
    })),
  );
  const tags = [...new Set(operations.flatMap(({ operation }) => operation.tags))];
  const sections = tags.map((tag) => {
    const own = operations.filter(({ operation }) => operation.tags[0] === tag);
    return `## ${tag}\n\n${own.map(({ call, operation }) => operationText(call, operation)).join('\n\n')}`;
  });
  const schemas = Object.entries(components.schemas)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, schema]) => schemaText(name, schema));
  return [
    generated,
    '# The API',
    `${info.description} The master serves this description as [OpenAPI 3.1](https://spec.openapis.org/oas/v3.1.0) under \`/api/v1/openapi.json\`.`,
    'A list takes `limit`, `cursor` and, where it can be ordered, `sort=field` or `sort=-field`. A field that is not known is a 400 that names it and those that are. Any call may be answered 400, 401, 403, 413, 415 or 429; what a call refuses besides is in its table. Any POST takes an `Idempotency-Key`: a repeat gets the first answer and does nothing, and the same key with another call is a 409.',
    ...sections,
    '## Schemas',
    ...schemas,
  ].join('\n\n');
}

function operationText(call: string, operation: Operation): string {
  const parameters = (operation.parameters ?? []).filter(({ name }) => name !== 'idempotency-key');
  const bodies = Object.values(operation.requestBody?.content ?? {});
  const body = bodies
    .map(({ schema }) => typeText(schema ?? {}))
    .filter((text) => !text.includes('#nothing'));
  const answers = Object.entries(operation.responses).filter(([status]) => /^\d+$/u.test(status));
  return [
    `### ${call}`,
    `${operation.summary}. ${operation.description}`,
    `Needs: ${needs(operation)}.${body.length > 0 ? ` Body: ${body.join(', ')}.` : ''}`,
    ...(parameters.length === 0
      ? []
      : [
          table(
            ['Parameter', 'In', 'Type', 'Meaning'],
            parameters.map((one) => [
              code(one.name),
              one.in,
              typeText(one.schema),
              `${one.description ?? ''}${one.schema.default === undefined ? '' : ` (${JSON.stringify(one.schema.default)})`}`,
            ]),
          ),
        ]),
    table(
      ['Answer', 'Body', 'Meaning'],
      answers.map(([status, answer]) => [status, contentText(answer.content), answer.description]),
    ),
  ].join('\n\n');
}

/** The scope of the token. */
function needs({ security = [] }: Operation): string {
  const scopes = security.flatMap((one) => one.token ?? []);
  if (scopes.length === 0) return 'nothing';
  const open = security.some((one) => Object.keys(one).length === 0);
  return `a token with ${code(scopes.join(', '))}${open ? ', or nothing where the config says `publicRead`' : ''}`;
}

function contentText(content: Content = {}): string {
  return Object.entries(content)
    .map(([type, { schema }]) => (type.endsWith('json') ? typeText(schema ?? {}) : code(type)))
    .join(', ');
}

function schemaText(name: string, schema: Schema): string {
  const rows = Object.entries(schema.properties ?? {}).map(([field, one]) => [
    code(field) + (schema.required?.includes(field) ? '' : ' (optional)'),
    typeText(one),
    one.description ?? '',
  ]);
  const fields = rows.length === 0 ? '' : `\n\n${table(['Field', 'Type', 'Meaning'], rows)}`;
  return `### ${name}\n\n${schema.description ?? ''}.${fields}`;
}

function typeText(schema: Schema): string {
  if (schema.$ref) {
    const name = schema.$ref.split('/').at(-1) ?? '';
    return `[${name}](#${name.toLowerCase()})`;
  }
  if (schema.anyOf) return schema.anyOf.map(typeText).join(' or ');
  if (schema.enum) return schema.enum.map((one) => code(String(one))).join(', ');
  const { items } = schema.properties ?? {};
  if (items !== undefined) return `${code('{ items, nextCursor }')}, ${typeText(items)}`;
  const types = [schema.type ?? 'any'].flat();
  return types
    .map((type) => (type === 'array' ? `list of ${typeText(schema.items ?? {})}` : type))
    .join(' or ');
}
