/** A fault of the program itself, never of its input. Nothing catches it to go on. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

/** States what must be true here. `message` tells what was believed, for whoever reads the trace. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** For the end of an exhaustive switch: the compiler proves that it is never reached. */
export function unreachable(value: never): never {
  throw new AssertionError(`unreachable: ${JSON.stringify(value)}`);
}
