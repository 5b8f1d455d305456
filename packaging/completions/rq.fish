# fish completion for rq

set -l commands encode decode verify repair metadata info help
set -l shape '__fish_seen_subcommand_from encode metadata info'
set -l work '__fish_seen_subcommand_from encode decode repair metadata'
set -l scratch '__fish_seen_subcommand_from encode decode verify repair metadata'
set -l any '__fish_seen_subcommand_from encode decode verify repair metadata info'
set -l none "not __fish_seen_subcommand_from $commands"

complete -c rq -f -n $none -a encode -d 'turn a file into a folder of symbols'
complete -c rq -f -n $none -a decode -d 'get the file back from enough symbols'
complete -c rq -f -n $none -a verify -d 'check all symbols and whether they are enough'
complete -c rq -f -n $none -a repair -d 'make damaged and missing symbols anew'
complete -c rq -f -n $none -a metadata -d 'make the layout alone, writing no symbols'
complete -c rq -f -n $none -a info -d 'show a layout, or how much memory a file needs'
complete -c rq -f -n $none -a help -d 'show the commands, or the options of a command'
complete -c rq -f -n $none -s V -l version -d 'show the version'
complete -c rq -f -n '__fish_seen_subcommand_from help' -a 'encode decode verify repair metadata info help'

complete -c rq -x -n $shape -s s -l symbol-size -d 'the longest symbol, 1 to 65535 bytes'
complete -c rq -x -n $shape -s r -l redundancy -d 'length of all symbols, 0 to 255 times the input'
complete -c rq -x -n $shape -s b -l block-size -d 'cut the input into blocks; K, M, G'
complete -c rq -x -n $any -s m -l max-memory -d 'memory limit in MB'
complete -c rq -x -n $any -s j -l threads -d 'number of threads; 0: all CPUs'
complete -c rq -r -F -n '__fish_seen_subcommand_from encode decode verify repair' -s l -l layout \
    -d 'the layout'
complete -c rq -f -n '__fish_seen_subcommand_from repair' -s n -l dry-run \
    -d 'only tell what would be done'
complete -c rq -x -n '__fish_seen_subcommand_from decode' -s p -l params \
    -d 'decode without a layout, from parameters in hexadecimal'
complete -c rq -f -n '__fish_seen_subcommand_from info' -l memory \
    -d 'tell how much memory a file would need'
complete -c rq -x -n $scratch -l scratch -a '(__fish_complete_directories)' \
    -d 'folder for temporary files'
complete -c rq -n $work -l no-sync -d 'do not wait until everything is on the disk'
complete -c rq -n $any -l json -d 'print the result as JSON'
complete -c rq -n $any -s q -l quiet -d 'no progress and no summary'
complete -c rq -s h -l help -d 'show help'
