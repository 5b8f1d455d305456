# bash completion for rq

_rq() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    local commands='encode decode verify repair metadata info help'
    local shape='-s --symbol-size -r --redundancy -b --block-size'
    local all='-m --max-memory -j --threads -q --quiet -h --help'
    local work='--scratch --no-sync --json'
    local command='' words='' word

    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        if [[ " $commands " == *" $word "* ]]; then
            command=$word
            break
        fi
    done

    case $previous in
    -l | --layout)
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
        return
        ;;
    --scratch)
        mapfile -t COMPREPLY < <(compgen -d -- "$current")
        return
        ;;
    -s | --symbol-size | -r | --redundancy | -b | --block-size | -m | --max-memory | -j | \
        --threads | -p | --params)
        return
        ;;
    esac

    case $command in
    encode) words="$shape $all $work -l --layout" ;;
    decode) words="$all $work -l --layout -p --params" ;;
    verify) words="$all --scratch --json -l --layout" ;;
    repair) words="$all $work -l --layout -n --dry-run" ;;
    metadata) words="$shape $all $work" ;;
    info) words="$shape $all --memory --json" ;;
    help) words='' ;;
    *) words="$commands -h --help -V --version" ;;
    esac

    if [[ -z $command || $current == -* ]]; then
        compopt +o filenames
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
    elif [[ $command == help ]]; then
        compopt +o filenames
        mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$current")
    else
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
    fi
}

complete -o filenames -F _rq rq
