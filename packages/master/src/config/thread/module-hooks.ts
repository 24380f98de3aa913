import { registerHooks } from 'node:module';
import type { ModuleSource, ModuleSources } from './messages.ts';

/**
 * Makes this thread's imports those of a config: `'millrace'` is `surfaceUrl` wherever the importing file
 * lies, the config file is a module whatever a package.json beside it says, and `known` modules are what they
 * were. Everything that is loaded on the way, but for what npm installed, is put into `seen`.
 */
export function hookImports(
  surfaceUrl: string,
  configUrl: string,
  known: ModuleSources,
  seen: Map<string, ModuleSource>,
): void {
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'millrace' ? { url: surfaceUrl, shortCircuit: true } : next(specifier, context),
    load(url, context, next) {
      if (!url.startsWith('file:') || url.includes('/node_modules/')) return next(url, context);
      const before = known.get(url);
      if (before !== undefined) {
        seen.set(url, before);
        return { format: before.format, source: before.text, shortCircuit: true };
      }
      const loaded = next(url, formatOf(url) === undefined ? context : { ...context, format: formatOf(url) });
      if (loaded.source !== undefined && loaded.source !== null) {
        const text =
          typeof loaded.source === 'string'
            ? loaded.source
            : Buffer.from(loaded.source as Uint8Array).toString();
        seen.set(url, { format: loaded.format ?? 'module', text });
      }
      return loaded;
    },
  });

  function formatOf(url: string): string | undefined {
    if (/\.m?ts$/.test(url)) return 'module-typescript';
    return url === configUrl ? 'module' : undefined;
  }
}
