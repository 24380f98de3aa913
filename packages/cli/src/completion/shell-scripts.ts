export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/*
 * Each hands the words up to the cursor to `millrace complete` and offers the lines that come back: a word, a tab,
 * what it means. The line `:files` asks for the shell's own completion of paths. What comes back are plain words, so
 * nothing is quoted and nothing is run.
 */

const bash = `# bash completion for millrace: eval "$(millrace completion bash)"
_millrace() {
  local word rest
  COMPREPLY=()
  while IFS=$'\\t' read -r word rest; do
    if [[ $word == :files ]]; then
      compopt -o default 2>/dev/null
    elif [[ $word == "\${COMP_WORDS[COMP_CWORD]}"* || \${COMP_WORDS[COMP_CWORD]} == "=" ]]; then
      COMPREPLY+=("$word")
    fi
  done < <(millrace complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _millrace millrace
`;

const zsh = `#compdef millrace
# zsh completion for millrace: source <(millrace completion zsh)
_millrace() {
  local line
  local -a lines offered
  lines=("\${(@f)$(millrace complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  for line in $lines; do
    if [[ $line == :files ]]; then
      _files
      return
    fi
    offered+=("\${line/$'\\t'/:}")
  done
  _describe millrace offered
}
compdef _millrace millrace
`;

const fish = `# fish completion for millrace: millrace completion fish | source
function __millrace_complete
  set -l words (commandline -opc)[2..-1] (commandline -ct)
  for line in (millrace complete -- $words 2>/dev/null)
    if test "$line" = ':files'
      __fish_complete_path (commandline -ct)
    else
      echo $line
    end
  end
end
complete -c millrace -f -a '(__millrace_complete)'
`;

export const shellScripts: Readonly<Record<Shell, string>> = { bash, zsh, fish };
