import fs from 'node:fs';
import path from 'node:path';

/** Where `millrace up` keeps everything, beside the config. */
const dataFolder = '.millrace';

/**
 * Makes the folder in which a master beside the config keeps its data, with a `.gitignore` of its own, so that nobody
 * commits builds. Answers the file that it wrote; undefined where there is such a folder already.
 */
export function keepOutOfGit(configFolder: string): string | undefined {
  const folder = path.join(configFolder, dataFolder);
  if (fs.existsSync(folder)) return undefined;
  fs.mkdirSync(folder);
  const file = path.join(folder, '.gitignore');
  fs.writeFileSync(file, '*\n');
  return file;
}
