# The words of the lab, for bash, zsh and POSIX shells. Each asks the tutor through two
# pipes, with the shell's own built-in commands alone: no process is started, so a prompt
# costs well under a millisecond.

DT_BEGIN=$(printf '\002') DT_END=$(printf '\004') dt__serial=0
unalias task check hint solution answer docker 2>/dev/null || :

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

# What docker makes here carries the lab's label: by it the clean-up tells the lab's
# containers and images from what the learner makes elsewhere at the same time.
docker() {
  case "${1-} ${2-}" in
  "run "* | "create "* | "build "*)
    dt__verb=$1
    shift
    command docker "$dt__verb" --label "docker-tutor.lab=$DT_ID" "$@"
    ;;
  "container run" | "container create" | "image build" | "builder build" | "buildx build" | "volume create" | "network create")
    dt__verb=$1 dt__noun=$2
    shift 2
    command docker "$dt__verb" "$dt__noun" --label "docker-tutor.lab=$DT_ID" "$@"
    ;;
  *) command docker "$@" ;;
  esac
}
