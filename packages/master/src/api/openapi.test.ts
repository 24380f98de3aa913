import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ApiScene } from '@millrace/testkit/api-scene';
import packageJson from '../../package.json' with { type: 'json' };

interface Description {
  readonly openapi: string;
  readonly info: { readonly version: string };
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, { description?: string }> };
}

interface Operation {
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly description?: string;
    readonly schema: object;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: object }>> };
  readonly responses: Record<string, { readonly description?: string; readonly content?: object }>;
}

let scene: ApiScene;
let description: Description;
beforeEach(async () => {
  scene = new ApiScene();
  description = (await scene.get('/openapi.json')).body;
});
afterEach(() => scene[Symbol.asyncDispose]());

// Each answer in the other tests is held to this description by the scene.
describe('the description of the API', () => {
  test('is OpenAPI 3.1 and names its schemas', () => {
    expect(description.openapi).toBe('3.1.0');
    expect(Object.keys(description.components.schemas)).toEqual(
      expect.arrayContaining(['Build', 'BuildDetail', 'Step', 'Request', 'Problem', 'LogLine', 'Event']),
    );
  });

  test('tells which millrace serves it, for a doctor to compare', () => {
    expect(description.info.version).toBe(packageJson.version);
  });

  test('has every route, each told in words, with its answers', () => {
    const calls = Object.entries(description.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        name: `${method.toUpperCase()} ${path}`,
        operation,
      })),
    );
    expect(calls.length).toBeGreaterThan(30);
    for (const { name, operation } of calls) {
      expect(operation.summary, name).toBeTruthy();
      expect(operation.description, name).toMatch(/\.$/u);
      expect(operation.tags, name).toHaveLength(1);
      for (const parameter of operation.parameters ?? [])
        expect(parameter.description, `${name} ${parameter.name}`).toBeTruthy();
      for (const [status, answer] of Object.entries(operation.responses)) {
        expect(answer.description, `${name} ${status}`).not.toBe('Default Response');
        expect(Object.keys(answer.content ?? {}), `${name} ${status}`).not.toEqual([]);
      }
    }
  });

  test('has schemas that are schemas: who validates calls by them does not look', () => {
    const calls = Object.values(description.paths).flatMap((methods) => Object.values(methods));
    const schemas = calls.flatMap(({ parameters = [], requestBody }) => [
      ...parameters.map(({ schema }) => schema),
      ...Object.values(requestBody?.content ?? {}).map(({ schema }) => schema ?? {}),
    ]);
    expect(schemas.length).toBeGreaterThan(30);
    const meta = new Ajv2020();
    for (const schema of [...schemas, ...Object.values(description.components.schemas)])
      expect(meta.validateSchema(schema), JSON.stringify(schema)).toBe(true);
  });

  test('describes every schema that has a name', () => {
    for (const [name, schema] of Object.entries(description.components.schemas))
      expect(schema.description, name).toBeTruthy();
  });
});
