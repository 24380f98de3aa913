/** Made-up output: what the lines of a compiler, a test runner and a linter look like, by their number. */
export type LogKind =
  | 'checkout'
  | 'install'
  | 'types'
  | 'lint'
  | 'tests'
  | 'failing-tests'
  | 'package'
  | 'huge'
  | 'warnings';

const esc = (code: string, text: string): string => `\u001b[${code}m${text}\u001b[0m`;
const rooms = [
  'store',
  'journal',
  'dispatch',
  'replicate',
  'claim',
  'leases',
  'events',
  'config',
  'api',
  'slot',
];
const room = (line: number): string => rooms[(line * 7) % rooms.length] ?? 'store';

export function lineOf(kind: LogKind, line: number, lines: number): string {
  switch (kind) {
    case 'checkout':
      return (
        [
          '+ git fetch --end-of-options origin refs/heads/main',
          'From /srv/git/app',
          '   58507da..9e6a0dd  main       -> origin/main',
          '+ git checkout --detach 9e6a0dd4c2b1',
          'HEAD is now at 9e6a0dd Set down the calls of the API, so that both sides write against one list',
        ][line % 5] ?? ''
      );
    case 'install':
      return line === 0
        ? '$ npm ci'
        : line === lines - 1
          ? esc('32', `added ${lines * 3} packages in 11s`)
          : `\u001b[2mnpm\u001b[0m \u001b[36mhttp fetch\u001b[0m GET 200 registry/@scope/${room(line)}-${line} ${(line * 37) % 400}ms (cache miss)`;
    case 'types':
      return line === 0
        ? '$ tsc -p .'
        : `packages/master/src/${room(line)}/part-${line}.ts ${esc('2', 'checked')}`;
    case 'lint':
      return line === 0
        ? '$ oxlint --type-aware'
        : line === lines - 1
          ? 'Found 0 warnings and 0 errors.'
          : esc('2', `  ${room(line)}/part-${line}.ts`);
    case 'warnings':
      return line % 9 === 4
        ? `${esc('1;33', 'warning')}: unused variable ${esc('1', `\`${room(line)}\``)} --> packages/worker/src/${room(line)}.ts:${line}:${line % 80}`
        : esc('2', `  compiling ${room(line)} (${line}/${lines})`);
    case 'tests':
      return testLine(line, lines, false);
    case 'failing-tests':
      return testLine(line, lines, true);
    case 'package':
      return `${esc('34', '▸')} packing ${room(line)} ${esc('38;5;208', `${(line * 131) % 900} kB`)}`;
    case 'huge':
    default:
      return line % 50_000 === 777
        ? `${esc('1;31', 'error')}: seed ${line} diverged at journal record ${line % 97}`
        : `${esc('2', String(line).padStart(7, '0'))} ${esc('36', room(line))} applied record ${line % 4096} of build ${line % 61}, ${(line * 17) % 65536} bytes`;
  }
}

function testLine(line: number, lines: number, failing: boolean): string {
  if (line === 0) return '$ vitest run';
  const fromEnd = lines - line;
  if (failing && fromEnd <= 18) return failure[18 - fromEnd] ?? '';
  if (fromEnd <= 3) {
    return (
      [
        '',
        ` Test Files  ${esc('1;32', '86 passed')} (86)`,
        `      Tests  ${esc('1;32', `${lines} passed`)} (${lines})`,
      ][3 - fromEnd] ?? ''
    );
  }
  return ` ${esc('32', '✓')} packages/${room(line)}/src/${room(line + 3)}-${line % 41}.test.ts ${esc('2', `(${(line % 23) + 1} tests)`)} ${esc('33', `${(line * 13) % 700}${esc('2', 'ms')}`)}`;
}

const failure = [
  '',
  `${esc('41;97', ' FAIL ')} packages/worker/src/journal/recover.test.ts ${esc('2', '>')} a torn tail is cut back to the last whole record`,
  `${esc('1;31', 'AssertionError')}: expected 4095 to be 4096 ${esc('2', '// Object.is equality')}`,
  '',
  esc('32', '- Expected'),
  esc('31', '+ Received'),
  '',
  esc('32', '- 4096'),
  esc('31', '+ 4095'),
  '',
  ` ${esc('36', '❯')} packages/worker/src/journal/recover.test.ts:${esc('2', '61:24')}`,
  `    ${esc('90', ' 60|')}   const recovered = await recover(disk, path);`,
  `    ${esc('90', ' 61|')}   expect(recovered.byte).toBe(whole.byteLength);`,
  `    ${esc('90', '   |')}                          ${esc('31', '^')}`,
  '',
  ` Test Files  ${esc('1;31', '1 failed')} | ${esc('1;32', '85 passed')} (86)`,
  `      Tests  ${esc('1;31', '1 failed')} | ${esc('1;32', '611 passed')} (612)`,
  `   Duration  14.22s`,
];
