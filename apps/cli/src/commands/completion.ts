import type { CliContext, GlobalOptions } from '../cli-context.ts';

/** Scripts that ask `switchyard complete`, so that they know the backends of the project at hand. */
const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `# bash completion for switchyard; works with bash 3.2 and without bash-completion
_switchyard() {
  local line files=no current prefix
  local -a words
  # COMP_WORDS is split at "=" and ":", which are parts of words here.
  read -r -a words <<< "\${COMP_LINE:0:COMP_POINT}"
  case "\${COMP_LINE:0:COMP_POINT}" in
    *[[:space:]]) words+=("") ;;
  esac
  current="\${words[\${#words[@]}-1]}"
  prefix="\${current%"\${current##*[=:]}"}"
  COMPREPLY=()
  while IFS= read -r line; do
    case "$line" in
      :files) files=yes ;;
      :none) ;;
      *)
        line="\${line%%$'\\t'*}"
        COMPREPLY+=("\${line#"$prefix"}")
        ;;
    esac
  done < <(switchyard complete -- "\${words[@]:1}" 2>/dev/null)
  if [ "$files" = yes ]; then
    compopt -o default 2>/dev/null || while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "\${current#"$prefix"}")
  fi
}
complete -F _switchyard switchyard
`,
  zsh: `#compdef switchyard
# zsh completion for switchyard
_switchyard() {
  local line files=no
  local -a values
  while IFS= read -r line; do
    case $line in
      (:files) files=yes ;;
      (:none) ;;
      (*) values+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}") ;;
    esac
  done < <(switchyard complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  (( \${#values} )) && _describe switchyard values
  [[ $files == yes ]] && _files
}
if [[ "\${funcstack[1]}" == _switchyard ]]; then
  _switchyard "$@"
else
  compdef _switchyard switchyard
fi
`,
  fish: `# fish completion for switchyard
function __switchyard_complete
  set -l words (commandline -opc) (commandline -ct)
  for line in (switchyard complete -- $words[2..-1] 2>/dev/null)
    switch $line
      case ':files'
        __fish_complete_path (commandline -ct)
      case ':none'
      case '*'
        echo $line
    end
  end
end
complete -c switchyard -f -a '(__switchyard_complete)'
`,
  powershell: `# PowerShell completion for switchyard
Register-ArgumentCompleter -Native -CommandName switchyard -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
  # Windows PowerShell drops empty words; a blank stands for one.
  if ($wordToComplete -eq '') { $words += ' ' }
  & switchyard complete -- @words 2>$null | Where-Object { -not $_.StartsWith(':') } | ForEach-Object {
    $value, $description = $_ -split "\`t", 2
    if (-not $description) { $description = $value }
    [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $description)
  }
}
`,
};

/** `switchyard completion SHELL`: prints the script. */
export async function completion(
  context: CliContext,
  options: GlobalOptions,
  shell: string,
): Promise<number> {
  const script = SCRIPTS[shell] ?? '';
  context.stdout.write(options.json ? `${JSON.stringify({ shell, script }, null, 2)}\n` : script);
  return 0;
}
