_kantadesk_completion() {
    local IFS=$'\n' line="${COMP_LINE:0:COMP_POINT}" response completion type value
    local word="${line##* }"
    local before="${word%"${word##*[=:]}"}"

    response=$(env COMP_WORDS="$line" COMP_CWORD=0 _KANTADESK_COMPLETE=bash_complete $1)

    COMPREPLY=()
    for completion in $response; do
        IFS=',' read type value <<< "$completion"
        if [[ $type == 'dir' ]]; then
            compopt -o dirnames
        elif [[ $type == 'file' ]]; then
            compopt -o default
        elif [[ $type == 'plain' ]]; then
            [[ $value == *= ]] && compopt -o nospace
            COMPREPLY+=("${value#"$before"}")
        fi
    done

    return 0
}

complete -o nosort -F _kantadesk_completion kantadesk
