/**
 * Where a program stands that a module starts in a thread or a process of its own. `source`: its path as an import
 * of that module would name it, such as `./thread/store-thread.ts`.
 *
 * From the sources it is that file. In a bundle, every program stands in the bundle's one folder, named after its
 * source's path: `thread-store-thread.js` ({@link programName}).
 */
export function programUrl(moduleUrl: string, source: string): URL {
  return moduleUrl.endsWith('.ts') ? new URL(source, moduleUrl) : new URL(programName(source), moduleUrl);
}

/** A program's file in a bundle. */
export function programName(source: string): string {
  const parts = source.split('/').filter((part) => part !== '.' && part !== '..');
  return `${parts.join('-').replace(/\.ts$/, '')}.js`;
}
