/**
 * Compiles a schema when it is first used, and each text of one once in this process: all of them take longer than
 * the rest of a master's start, and most of a master's routes are never called.
 */
export function compiledOnce<Schema, Compiled extends object>(
  compile: (schema: Schema) => Compiled,
): (schema: Schema) => () => Compiled {
  const known = new Map<string, Compiled>();
  return (schema) => {
    let made: Compiled | undefined;
    return () => {
      made ??= compiledBefore(schema);
      return made;
    };
  };

  function compiledBefore(schema: Schema): Compiled {
    const text = JSON.stringify(schema);
    const before = known.get(text);
    if (before !== undefined) return before;
    const made = compile(schema);
    known.set(text, made);
    return made;
  }
}
