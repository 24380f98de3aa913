import fs from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { plantedBugs } from './planted.ts';

/*
 * Loaded before the simulator (`node --import ./simulations/plant.ts`): where `--plant NAME` is given, the
 * module that the bug is in is loaded with its patch. Nothing is written to disk.
 */
const index = process.argv.indexOf('--plant');
if (index >= 0) plant(process.argv[index + 1] ?? '');

function plant(name: string): void {
  const bug = plantedBugs.find((one) => one.name === name);
  if (!bug) {
    console.error(
      `There is no planted bug "${name}". There are: ${plantedBugs.map((one) => one.name).join(', ')}.`,
    );
    process.exit(2);
  }
  const file = path.resolve(import.meta.dirname, '..', bug.file);
  const text = fs.readFileSync(file, 'utf8');
  const parts = text.split(bug.before);
  if (parts.length !== 2) {
    console.error(
      `The bug "${name}" cannot be planted: ${bug.file} has its place ${parts.length - 1} times.`,
    );
    process.exit(2);
  }
  const url = pathToFileURL(file).href;
  registerHooks({
    load(loaded, context, next) {
      if (loaded !== url) return next(loaded, context);
      const source = quietly(() => stripTypeScriptTypes(parts.join(bug.after)));
      return { format: 'module', source, shortCircuit: true };
    },
  });
}

/** Node says of each process that stripping types by hand is experimental: nothing that a replay needs to hear. */
function quietly<Answer>(act: () => Answer): Answer {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => undefined;
  try {
    return act();
  } finally {
    process.emitWarning = emitWarning;
  }
}
