/**
 * Compiles a schema the first time that its text is seen in this process. Schemas are a fixed few and compiling all
 * of them takes longer than the rest of a server's start: the next server of the same process has them already.
 */
export function compiledOnce<Schema, Compiled>(
  compile: (schema: Schema) => Compiled,
): (schema: Schema) => Compiled {
  const known = new Map<string, Compiled>();
  return (schema) => {
    const text = JSON.stringify(schema);
    const before = known.get(text);
    if (before !== undefined) return before;
    const made = compile(schema);
    known.set(text, made);
    return made;
  };
}
