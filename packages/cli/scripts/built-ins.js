// A plugin of rolldown's, for Node's own modules. Plain JavaScript: it is used by scripts that bundle.
import process from 'node:process';

const prefix = '\0built-in:';
const latePrefix = '\0late-built-in:';

/**
 * Libraries require these at their start and use them seldom: a server that speaks no TLS itself, and connects to
 * nobody by it. Together they are 7 ms of the main thread.
 */
const late = new Set(['node:http2', 'node:https', 'node:tls']);

/**
 * Imports of Node's own modules become reads of what is used of them. An `import` of one, by whatever names, has Node
 * read everything that the module has, and much of it is loaded when it is first read: `node:http` brings all of
 * `fetch` (60 ms of CPU and 14 MiB), `node:fs` its streams and promises, `node:crypto` the web's cryptography. Reading a
 * property of the same object loads that alone.
 */
export function builtInsByUse() {
  return {
    name: 'built-ins-by-use',
    resolveId(source, importer, { kind }) {
      // What rolldown adds stands in a chunk of its own, read before what else would make the object.
      if (importer?.startsWith('\0rolldown')) return null;
      const name = source.startsWith('node:') ? source : `node:${source}`;
      if (kind === 'require-call' && late.has(name)) return { id: `${latePrefix}${name}` };
      // What else is required is handed over as an object already, and who imports later wants its names.
      if (kind !== 'import-statement' || !source.startsWith('node:')) return null;
      return { id: `${prefix}${source}`, moduleSideEffects: false };
    },
    load(id) {
      if (id.startsWith(latePrefix)) return lateModuleOf(id.slice(latePrefix.length));
      return id.startsWith(prefix) ? moduleOf(id.slice(prefix.length)) : null;
    },
  };
}

/** @param {string} name such as `node:http` */
function moduleOf(name) {
  return [
    `const $builtIn = /* @__PURE__ */ process.getBuiltinModule(${JSON.stringify(name)});`,
    // Pure: it is left out where nobody imports the name.
    'const $read = (name) => $builtIn[name];',
    'export default $builtIn;',
    ...namesOf(name).map((one) => `export const ${one} = /* @__PURE__ */ $read(${JSON.stringify(one)});`),
    '',
  ].join('\n');
}

/** Each name is read when it is used, and the module loaded with the first. @param {string} name */
function lateModuleOf(name) {
  const read = `process.getBuiltinModule(${JSON.stringify(name)})`;
  const getters = namesOf(name).map((one) => `get ${one}() { return ${read}.${one}; },`);
  return ['module.exports = {', ...getters, '};', ''].join('\n');
}

function namesOf(name) {
  const builtIn = process.getBuiltinModule(name);
  return Object.keys(builtIn).filter((one) => /^[a-z_$][\w$]*$/iu.test(one) && one !== 'default');
}
