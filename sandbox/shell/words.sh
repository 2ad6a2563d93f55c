# The words of the lab, for bash, zsh and POSIX shells. Each asks the tutor through two
# pipes, with the shell's own built-in commands alone: no process is started, so a prompt
# costs well under a millisecond.

DT_BEGIN=$(printf '\002') DT_END=$(printf '\004') dt__serial=0
unalias task check hint solution answer docker 2>/dev/null || :

# The learner's settings may lead docker elsewhere than through the guard.
unset -f docker 2>/dev/null || :
if [ -n "${DT_HOST-}" ]; then
  unset DOCKER_CONTEXT DOCKER_TLS DOCKER_TLS_VERIFY DOCKER_CERT_PATH DOCKER_API_VERSION
  export DOCKER_HOST="$DT_HOST"
fi
[ -z "${DT_CONFIG-}" ] || export DOCKER_CONFIG="$DT_CONFIG"

dt__ask() {
  if ! kill -0 "$DT_PID" 2>/dev/null; then
    printf '%s\n' "$DT_GONE" >&2
    return 1
  fi
  # A serial that no other word has, not even one of a subshell of this shell.
  dt__serial=$((dt__serial + 1)) dt__me=$$
  read -r dt__me dt__line 2>/dev/null </proc/self/stat || :
  dt__me=$dt__me.$dt__serial
  printf '%s %s\n%s%s\n' "$1" "${2-}" "$DT_END" "$dt__me" >"$DT_LAB/ask" || return 1
  {
    # What an interrupted word left unread comes first.
    while IFS= read -r dt__line && [ "$dt__line" != "$DT_BEGIN$dt__me" ]; do :; done
    while IFS= read -r dt__line; do
      case $dt__line in
      "$DT_END"*) return "${dt__line#"$DT_END"}" ;;
      esac
      printf '%s\n' "$dt__line"
    done
  } <"$DT_LAB/reply"
  return 1
}

task() { dt__ask task; }
check() { dt__ask check; }
hint() { dt__ask hint; }
solution() { dt__ask solution; }
answer() { dt__ask answer "$*"; }
