import type { ProjectFiles, Tool } from './recognised.ts';

const c: Tool = { command: 'cc', from: 'gcc' };
const cxx: Tool = { command: 'c++', from: 'g++' };

/** The compilers that the sources want. */
export function compilersFor(files: ProjectFiles): readonly Tool[] {
  return [
    ...(files.matching(/\.c$/).length > 0 ? [c] : []),
    ...(files.matching(/\.(cc|cpp|cxx|C)$/).length > 0 ? [cxx] : []),
  ];
}

/** CMake looks for both unless the project names its languages. */
export function compilersOfCmake(lists: string): readonly Tool[] {
  const project = /\bproject\s*\(([^)]*)\)/i.exec(lists)?.[1] ?? '';
  const words = project.trim().split(/\s+/).slice(1);
  if (words.some((word) => word === 'NONE')) return [];
  const wantsC = words.includes('C');
  const wantsCxx = words.includes('CXX');
  return wantsC === wantsCxx ? [c, cxx] : [wantsC ? c : cxx];
}
