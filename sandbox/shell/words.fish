# The lab's fish: the learner's own settings came first; here are the tutor's words and prompt.
set -g DT_END (printf '\004')

function dt__ask
    if not kill -0 $DT_PID 2>/dev/null
        echo $DT_GONE >&2
        return 1
    end
    printf '%s\n%s\n' "$argv" $DT_END >$DT_LAB/ask; or return 1
    while read -l line
        if string match -q -- "$DT_END*" $line
            return (string sub -s 2 -- $line)
        end
        printf '%s\n' $line
    end <$DT_LAB/reply
    return 1
end

function task; dt__ask task; end
function check; dt__ask check; end
function hint; dt__ask hint; end
function solution; dt__ask solution; end
function answer; dt__ask answer $argv; end

function dt__prompt --on-event fish_prompt
    dt__ask prompt; or exit
end
function fish_prompt; printf '%s' $DT_PROMPT; end
function fish_right_prompt; end
function fish_greeting; end
