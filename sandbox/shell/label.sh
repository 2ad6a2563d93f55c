# Set-ups alone: what docker makes here carries the lab's label, so that a clean-up after
# a crash knows it.
docker() {
  case ${1-} in
  run | create | build)
    dt__verb=$1
    shift
    command docker "$dt__verb" --label "docker-tutor.lab=$DT_ID" "$@"
    ;;
  volume | network)
    dt__verb=$1
    if [ "${2-}" = create ]; then
      shift 2
      command docker "$dt__verb" create --label "docker-tutor.lab=$DT_ID" "$@"
    else
      command docker "$@"
    fi
    ;;
  *) command docker "$@" ;;
  esac
}
