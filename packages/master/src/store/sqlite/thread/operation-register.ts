import { assert } from '@millrace/kernel/assert';
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

  get(name: string): Operation<unknown, unknown> {
    const found = this.#operations.get(name);
    assert(
      found,
      `the operation ${name} is known to the store's thread: its file is named in store/operations/all.ts`,
    );
    return found;
  }

  #add(operation: Operation<unknown, unknown>): void {
    const known = this.#operations.get(operation.name);
    assert(known === undefined || known === operation, `the name ${operation.name} is one operation's`);
    this.#operations.set(operation.name, operation);
  }
}

function isOperation(value: unknown): value is Operation<unknown, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const { name, readOnly, run } = value as Partial<Operation<unknown, unknown>>;
  return typeof name === 'string' && typeof readOnly === 'boolean' && typeof run === 'function';
}
