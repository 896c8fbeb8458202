/** For fish 3 and later. */
export const fishScript = `# fish completion for maestro-cli. Load it with:
#   maestro-cli completion fish | source
# or, for every fish, as the file ~/.config/fish/completions/maestro-cli.fish.

function __maestro_cli_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program $words[1]
    set -e words[1]
    set -l answer ($program __complete -- $words "$current" 2>/dev/null)
    test (count $answer) -gt 0; or return
    switch $answer[-1]
        case ':0' ':16'
            # A flag that stays before the name of a file.
            set -l kept (string match -r -- '^-[^=]*=' $current)
            set -l path (string replace -r -- '^-[^=]*=' '' "$current")
            for file in (__fish_complete_path "$path" | string replace -r '\\t.*' '')
                if test $answer[-1] = ':0'; or string match -q -- '*/' $file
                    echo -- "$kept$file"
                end
            end
        case '*'
            set -e answer[-1]
            string join -- \\n $answer
    end
end

complete -c maestro-cli -e
complete -c maestro-cli -f -k -a '(__maestro_cli_complete)'
`;
