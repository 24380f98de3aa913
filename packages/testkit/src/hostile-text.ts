/*
 * Text that does harm wherever it is taken for code: one list for every sink (shell lines, arguments of git and hg,
 * environment, file paths, SQL, pages, mail, terminals), so that a sink that is added is tried with all of it.
 */

/** The file that these would make, were they run. */
export const hostileMark = 'millrace-was-here';

const touch = `touch ${hostileMark}`;

/** By what each tries. None has a NUL, which no argument and no environment can hold. */
export const hostileTexts: Readonly<Record<string, string>> = {
  'command substitution': `$(${touch})`,
  'command substitution within words': `main$(${touch})x`,
  backquotes: `\`${touch}\``,
  'a second command': `; ${touch} ;`,
  'a second command after a failure': `|| ${touch}`,
  'a pipe': `| ${touch}`,
  'a command in the background': `& ${touch} &`,
  'an end of double quotes': `"; ${touch}; "`,
  'an end of single quotes': `'; ${touch}; '`,
  'an end of both quotes': `'"'; ${touch}; "'"`,
  'a line of its own': `main\n${touch}\n`,
  'a line of its own after a carriage return': `main\r\n${touch}\r\n`,
  'a redirection': `> ${hostileMark}`,
  'a process substitution': `<(${touch})`,
  arithmetic: `$((a[$(${touch})]))`,
  'a variable': '${PATH}$HOME',
  'a function in an environment variable': `() { :;}; ${touch}`,
  'a bash pattern substitution': `\${x:-$(${touch})}`,
  'a glob': '*',
  'a home folder': '~root',
  'a backslash at the end': 'main\\',
  'an option': '--help',
  'an option of git that runs a command': `--upload-pack=${touch};`,
  'an option of git that writes a file': `--output=${hostileMark}`,
  'an option of git that sets a config': `-ccore.pager=${touch}`,
  'an option of hg that runs a command': `--config=alias.status=!${touch}`,
  'an option of hg that opens a debugger': '--debugger',
  'an option of ssh that runs a command': `-oProxyCommand=${touch}`,
  'a single dash': '-',
  'two dashes': '--',
  'the end of options': '--end-of-options',
  'a git transport that runs a command': `ext::sh -c ${touch.replaceAll(' ', '% ')}`,
  'a git option in a host name': `ssh://-oProxyCommand=${touch}/x`,
  'a git revision of many': 'main..HEAD^{/.*}',
  'a git refspec': '+refs/heads/*:refs/heads/*',
  'a hg revision set': `all() and file('set:**')`,
  'an expression of JavaScript': `\${process.exit(1)}`,
  'the prototype of all objects': '__proto__',
  'a way out of a folder': '../../../../tmp/millrace-was-here',
  'an absolute path': '/tmp/millrace-was-here',
  'a way out of a folder of Windows': '..\\..\\millrace-was-here',
  'a control sequence of a terminal': '\u001b]0;owned\u0007\u001b[2J\u001b[31m',
  'a control sequence of eight bits': '\u009b2J\u009d0;owned\u009c',
  'a hyperlink of a terminal': '\u001b]8;;javascript:alert(1)\u0007click\u001b]8;;\u0007',
  'characters that go backwards': 'safe\u202egpj.exe',
  'characters that are not seen': 'ma\u200bin\ufeff',
  'a script in a page': '<script>alert(1)</script>',
  'an attribute in a page': `"><img src=x onerror=alert(1)>`,
  'a link with a script': 'javascript:alert(1)',
  'a header of mail': 'hello\r\nBcc: everybody@example.org\r\n\r\nbody',
  'a header of HTTP': 'hello\r\nSet-Cookie: owned=1\r\n\r\n<html>',
  SQL: `'; DROP TABLE builds; --`,
  'a path of a property': '%(prop:x)s %s %n {0} {{x}}',
  'only spaces': '   ',
  'half of a character': '\ud800',
  'a character of four bytes': '\u{1f4a3}',
  long: 'x'.repeat(4000),
};

/** As rows for `test.each`. */
export const hostileRows: readonly (readonly [what: string, text: string])[] = Object.entries(hostileTexts);
