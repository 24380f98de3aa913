import { assert, AssertionError } from '@millrace/kernel/assert';
import { operation } from '../../operation.ts';
import type { Operation } from '../../operation.ts';

/** Operations by their names, out of what modules export. */
export class OperationRegister {
  readonly #operations = new Map<string, Operation<unknown, unknown>>();

  addModule(exported: Readonly<Record<string, unknown>>): void {
    for (const value of Object.values(exported)) {
      for (const one of Array.isArray(value) ? (value as unknown[]) : [value])
        if (isOperation(one)) this.#add(one);
    }
  }

  has(name: string): boolean {
    return this.#operations.has(name);
  }

  /** An unknown one fails when it is run, like any that throws: its neighbours are not disturbed. */
  get(name: string): Operation<unknown, unknown> {
    return this.#operations.get(name) ?? unknownOperation(name);
  }

  #add(operation: Operation<unknown, unknown>): void {
    const known = this.#operations.get(operation.name);
    assert(known === undefined || known === operation, `the name ${operation.name} is one operation's`);
    this.#operations.set(operation.name, operation);
  }
}

function unknownOperation(name: string): Operation<unknown, unknown> {
  return operation(name, () => {
    throw new AssertionError(`The store's thread does not know ${name}: name its file in operations/all.ts.`);
  });
}

function isOperation(value: unknown): value is Operation<unknown, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const { name, readOnly, run } = value as Partial<Operation<unknown, unknown>>;
  return typeof name === 'string' && typeof readOnly === 'boolean' && typeof run === 'function';
}
