import fs from 'node:fs';
import path from 'node:path';

/** The folder of this package, whether this runs from its sources or from the bundle in `dist/`. */
export const packageFolder = above(import.meta.dirname);

function above(folder: string): string {
  return fs.existsSync(path.join(folder, 'package.json')) ? folder : above(path.dirname(folder));
}
