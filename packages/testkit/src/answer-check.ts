import { assert } from '@millrace/kernel/assert';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv/dist/2020.js';

interface Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Operation {
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
}

/**
 * Holds answers to what the API's own description says they are, and to nothing more: an object has the fields
 * that are described and no other.
 */
export class AnswerCheck {
  readonly #document: Described;
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true });
  readonly #checks = new Map<string, ValidateFunction>();

  constructor(document: unknown) {
    const exact = withoutOthers(document) as Described;
    this.#document = exact;
    this.#ajv.addSchema(exact, 'openapi');
  }

  /** An assertion fails where the answer is not described, or not as it is described; of a stream each message. */
  check(call: { method: string; url: string }, answer: { status: number; type: string; body: string }): void {
    const told = `${call.method} ${call.url} answered ${answer.status} ${answer.type}`;
    const [path = '', operation] = this.#operation(call) ?? [];
    assert(operation, `${told}, which is described nowhere`);
    const status = [String(answer.status), `${Math.floor(answer.status / 100)}XX`].find(
      (one) => one in operation.responses,
    );
    assert(status !== undefined, `${told}, a status that is not described`);
    const type = answer.type.split(';', 1)[0] ?? '';
    const content = operation.responses[status]?.content ?? {};
    assert(type in content, `${told}; described are ${Object.keys(content).join(', ')}`);
    const place = ['paths', path, call.method.toLowerCase(), 'responses', status, 'content', type, 'schema'];
    const texts =
      type === 'text/event-stream' ? dataOf(answer.body) : type.endsWith('json') ? [answer.body] : [];
    for (const text of texts) {
      const validate = this.#validator(place);
      const fits = validate(JSON.parse(text));
      assert(fits, `${told}, which does not fit: ${this.#ajv.errorsText(validate.errors)}\n${text}`);
    }
  }

  #operation(call: { method: string; url: string }): [string, Operation] | undefined {
    const asked = call.url.split('?', 1)[0] ?? '';
    for (const [path, methods] of Object.entries(this.#document.paths)) {
      const pattern = new RegExp(`^${path.replaceAll(/\{[^}]+\}/gu, '[^/]+').replaceAll('.', '\\.')}$`, 'u');
      const operation = methods[call.method.toLowerCase()];
      if (operation && pattern.test(asked)) return [path, operation];
    }
    return undefined;
  }

  #validator(place: readonly string[]): ValidateFunction {
    const pointer = place.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1'));
    const reference = `openapi#/${pointer.map(encodeURIComponent).join('/')}`;
    const known = this.#checks.get(reference) ?? this.#ajv.compile({ $ref: reference });
    this.#checks.set(reference, known);
    return known;
  }
}

/** The data of the messages of an event stream, those of named events left out. */
function dataOf(stream: string): string[] {
  const blocks = stream.split('\n\n').filter((block) => !/^event: (?!message$)/mu.test(block));
  return blocks.flatMap((block) => /^data: (.*)$/mu.exec(block)?.[1] ?? []);
}

/** The same description, in which an object that says what it has may have nothing else. */
function withoutOthers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutOthers);
  if (typeof value !== 'object' || value === null) return value;
  const inside = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutOthers(one)]));
  const isObject = 'properties' in inside && String(inside.type).includes('object');
  return isObject && !('additionalProperties' in inside)
    ? { ...inside, additionalProperties: false }
    : inside;
}
