# The lab's fish: the learner's own settings came first; here are the tutor's words and prompt.
set -g DT_BEGIN (printf '\002')
set -g DT_END (printf '\004')
set -g dt__serial 0

# The learner's settings may lead docker elsewhere than through the guard.
functions -e docker
if test -n "$DT_HOST"
    set -e DOCKER_CONTEXT DOCKER_TLS DOCKER_TLS_VERIFY DOCKER_CERT_PATH DOCKER_API_VERSION
    set -gx DOCKER_HOST $DT_HOST
end
test -z "$DT_CONFIG"; or set -gx DOCKER_CONFIG $DT_CONFIG

function dt__ask
    if not kill -0 $DT_PID 2>/dev/null
        echo $DT_GONE >&2
        return 1
    end
    set dt__serial (math $dt__serial + 1)
    set -l me $fish_pid.$dt__serial
    printf '%s %s\n%s%s\n' $argv[1] "$argv[2..-1]" $DT_END $me >$DT_LAB/ask; or return 1
    begin
        # What an interrupted word left unread comes first.
        while read -l line; and test "$line" != $DT_BEGIN$me
        end
        while read -l line
            if string match -q -- "$DT_END*" $line
                return (string sub -s 2 -- $line)
            end
            printf '%s\n' $line
        end
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
