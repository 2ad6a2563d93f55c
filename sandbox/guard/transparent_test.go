package guard

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"docker-tutor/checker"

	"github.com/creack/pty"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/docker/api/types/versions"
	"github.com/docker/docker/api/types/volume"
)

// A line is one command line of docker's, run directly and through the guard: exit code,
// standard output and standard error must be the same.
type line struct {
	with string // the set-up, by name; several with a space between
	do   string // run by sh in an empty folder; $N is a name that is this run's alone
	// keys are typed at a terminal of 24 lines and 80 columns, by turns: what to wait for,
	// and what to type then. Without them there is no terminal.
	keys []string
	// unordered is for what tells of work done side by side, in the order in which it
	// happens to end: lines are compared sorted, each once.
	unordered bool
	needs     string // "buildx" or "compose": the plugin; "legacy": no buildx; "29": API 1.44
}

// resize is typed by making the terminal larger.
const resize = "\x00resize"

// setups are what a line finds there. What they made goes by its name, as all does that
// a line makes.
var setups = map[string]string{
	"up":       `docker run -d --name $N --label $N --stop-signal KILL busybox sh -c 'echo one; echo two >&2; echo three; exec sleep 600'`,
	"shell":    `docker run -dit --name $N --stop-signal KILL busybox sh; ` + until(`docker logs $N | grep commands`),
	"created":  `docker create --name $N --label $N busybox echo hi`,
	"exited":   `docker run --name $N --label $N busybox sh -c 'echo one; echo two >&2; echo new >/new; rm /bin/vi; exit 3' || ` + until(`docker ps -a --filter name=$N --filter status=exited -q | grep .`),
	"steps":    `docker run -d --name $N --stop-signal KILL busybox sh -c 'for i in 1 2 3 4 5; do echo $i; sleep 0.5; done'`,
	"web":      `docker run -d --name $N-web --stop-signal KILL -p 127.0.0.1::80 busybox sleep 600`,
	"image":    `printf 'FROM busybox\nLABEL n=%s\nRUN echo %s >/n\n' $N $N | docker build -q -t $N:1 -`,
	"dangling": `printf 'FROM busybox\nLABEL %s=1\n' $N | docker build -q -`,
	"tag":      `docker tag busybox $N:1`,
	"volume":   `docker volume create --label $N $N`,
	"network":  `docker network create --label $N $N`,
	"folder": `mkdir sub; echo hello >sub/hello; echo secret >token; echo sub/ignored >.dockerignore; echo ignored >sub/ignored
		printf 'FROM busybox AS base\nLABEL n=%s\nARG WHO=nobody\nRUN echo "$WHO at %s" >/who && cat /who\nFROM base AS last\nCOPY sub /sub\nCMD ["cat","/who"]\n' $N $N >Dockerfile
		printf 'FROM busybox\nRUN echo %s; exit 9\n' $N >failing
		printf 'FROM busybox\nNOSUCH instruction\n' >wrong`,
	"random": `head -c 4000000 /dev/urandom >random; tar cf random.tar random`,
	"huge":   `head -c 104000000 /dev/urandom >random; tar cf random.tar random`,
	"project": `printf 'services:\n  web:\n    image: busybox\n    command: sh -c "echo up; exec sleep 600"\n    stop_signal: KILL\n    environment: {WHO: me}\n    ports: ["127.0.0.1::80"]\n    volumes: ["data:/data"]\nvolumes:\n  data: {}\n' >compose.yaml
		printf 'services:\n  built:\n    build: .\n    image: %s:1\n' $N >build.yaml; printf 'FROM busybox\nRUN echo %s >/n\n' $N >Dockerfile`,
	"composed": `docker compose -p $N up -d`,
}

// until waits for something by sh.
func until(what string) string {
	return "until (" + what + ") >/dev/null 2>&1; do sleep 0.1; done; "
}

// patient repeats what an engine does for one at a time only.
func patient(what string) string {
	return "while " + what + " 2>&1 | tee out | grep -q 'operation is already running'; do sleep 0.2; done; cat out; "
}

var table = []line{
	// run
	{do: `docker run --rm busybox true`},
	{do: `docker run --rm --name $N busybox sh -c 'echo out; echo err >&2; exit 7'`},
	{do: `docker run --rm busybox nosuch-command`},
	{do: `docker run --rm busybox /etc`},
	{do: `docker run --nosuch busybox`},
	{do: `docker run --rm busybox sh -c 'kill -9 $$'`},
	{do: `docker run -d --name $N busybox true; docker wait $N`},
	{do: `echo hi | docker run -i --rm busybox cat`},
	{do: `(echo a; sleep 0.3; echo b) | docker run -i --rm busybox sh -c 'cat; echo end'`},
	{do: `yes | head -n 500000 | docker run -i --rm busybox sh -c 'wc -c; echo end >&2'`},
	{do: `docker run --rm busybox sh -c 'yes | head -n 300000' | md5sum`},
	{do: `echo hi | docker run -a stdin -a stdout -i --rm busybox sh -c 'cat; echo err >&2'`},
	{do: `docker run -a stderr --rm busybox sh -c 'echo out; echo err >&2'`},
	{do: `docker run --init --rm busybox sh -c 'cat /proc/1/comm'`},
	{do: `docker run --rm -v $N:/data busybox sh -c 'echo x >/data/f; ls /data'; docker run --rm -v $N:/data:ro busybox rm /data/f`},
	{with: "folder", do: `docker run --rm -v "$PWD:/w" -w /w busybox ls`},
	{with: "volume", do: `docker run --rm --mount type=volume,src=$N,dst=/d busybox sh -c 'grep -c " /d " /proc/mounts'`},
	{do: `docker run --rm --mount type=bind,src=/nosuch-$N,dst=/d busybox true`},
	{do: `docker run --rm --mount type=tmpfs,dst=/t,tmpfs-size=65536 busybox df -k /t`},
	{do: `docker run --rm --tmpfs /t:size=64k busybox sh -c 'echo x >/t/x && cat /t/x'`},
	{do: `docker run --rm --network none busybox ls /sys/class/net`},
	{do: `docker run --rm --network nosuch-$N --name $N busybox true`},
	{with: "network", do: `docker run --rm --network $N --network-alias a --name $N busybox ping -c 1 -q a | grep received`},
	{do: `docker run -d --name $N -p 127.0.0.1::80 busybox sleep 60; docker port $N; docker port $N 80; docker port $N 81`},
	{with: "web", do: `docker run --rm --name $N -p $(docker port $N-web 80):80 busybox true`},
	{do: `printf 'A=1\nB=two words\n' >env; C=3 docker run --rm --env-file env -e C -e D=4 busybox sh -c 'echo $A $B $C $D'`},
	{do: `docker run --cidfile id --rm busybox true; test -s id && docker run --cidfile id --rm busybox true`},
	{do: `docker run -d --name $N --health-cmd true --health-interval 300ms busybox sleep 60; ` + until(`docker ps --filter health=healthy --filter name=$N -q | grep .`) + `docker inspect -f '{{.State.Health.Status}} {{.Config.Healthcheck}}' $N`},
	{do: `docker run --rm -u 1000:1000 busybox id`},
	{do: `docker run --rm -u nosuch busybox id`},
	{do: `docker run --rm -w /tmp/new busybox pwd`},
	{do: `docker run --rm -h $N --domainname x busybox hostname`},
	{do: `docker run --rm --read-only busybox touch /x`},
	{do: `docker run --rm --memory 1m --name $N busybox true`},
	{do: `docker run --rm --cpus 1000 busybox true`},
	{do: `docker run --rm --entrypoint echo busybox hi`},
	{do: `docker run --rm --entrypoint "" busybox echo hi`},
	{do: `docker run -d --name $N -l a=b -l c= busybox true; docker inspect -f '{{.Config.Labels.a}}' $N; docker ps -a --filter name=$N --filter label=a=b --format '{{.Names}} {{.Label "c"}}'`},
	{do: `docker run -d --name $N --restart on-failure:1 busybox false; ` + until(`docker inspect -f '{{.RestartCount}} {{.State.Status}}' $N | grep '1 exited'`) + `docker ps -a --filter name=$N --filter exited=1`},
	{do: `docker run --rm --restart always busybox true`},
	{with: "created", do: `docker run --name $N busybox true`},
	{do: `docker run --pull never nosuch-$N`},
	{do: `docker run --name $N 127.0.0.1:1/nosuch:1`},
	{do: `docker run --rm --add-host a.b:10.0.0.1 --dns 10.1.2.3 --dns-search x.y busybox sh -c 'grep a.b /etc/hosts; grep -v "^#" /etc/resolv.conf'`},
	{do: `docker run --rm --ulimit nofile=100:200 busybox sh -c 'ulimit -n; ulimit -Hn'`},
	{do: `docker run --rm --cap-drop ALL busybox chown 1:1 /etc`},
	{do: `docker run -d --name $N --log-driver none busybox echo hi; docker wait $N; docker logs $N`},
	{with: "tag", do: `docker run --rm --platform linux/nosuch $N:1 true`},
	{with: "created", do: `docker run --rm --volumes-from $N busybox true; docker run --rm --volumes-from nosuch-$N busybox true`},
	{do: `docker run --rm --pid host --ipc none --uts host --cgroupns host busybox sh -c 'test $$ -gt 1 && echo host'`},
	{do: `docker run --rm --device /dev/nosuch busybox true`},
	{do: `docker run --rm --sysctl net.nosuch=1 busybox true`},
	{do: `docker run -t --rm busybox tty </dev/null`},
	{do: `docker run -it --rm busybox tty </dev/null`},
	{do: `docker run --name $N busybox sh -c 'trap "echo got; exit 5" TERM; echo ready; while :; do sleep 0.05; done' & p=$!; ` + until(`docker logs $N | grep ready`) + `kill -TERM $p; wait $p`},
	{do: `exec 2>err; docker run --name $N --sig-proxy=false busybox sh -c 'echo ready; exec sleep 600' & p=$!; ` + until(`docker logs $N | grep ready`) + `kill -KILL $p; wait $p; docker inspect -f '{{.State.Running}}' $N`},
	{do: `docker run --name $N busybox sh -c 'echo ready; exec sleep 600' & p=$!; ` + until(`docker logs $N | grep ready`) + `docker kill $N; wait $p`},
	{do: `docker run --rm -it busybox sh`, keys: []string{"/ # ", "echo $((6*7))\r", "42", "exit 4\r"}},
	{do: `docker run --rm -it -e COLUMNS busybox sh -c 'until stty size 2>/dev/null | grep -v "^0 0"; do :; done; echo size; read x; until stty size 2>/dev/null | grep "^30 100"; do :; done'`, keys: []string{"size", resize, "", "\r"}},
	{do: `docker run -it --name $N busybox sh; echo; docker inspect -f '{{.State.Running}}' $N`, keys: []string{"/ # ", "\x10\x11"}},
	{do: `docker run -it --name $N --detach-keys ctrl-a,x busybox sh -c 'sleep 0.5; echo on; cat'; echo; docker inspect -f '{{.State.Running}}' $N`, keys: []string{"on", "hi\r", "hi\r\nhi", "\x01x"}},
	{do: `docker run --rm -it busybox sh -c 'trap "exit 3" INT; sleep 1; echo on; cat'`, keys: []string{"on", "hi\r", "hi\r\nhi", "\x03"}},
	{do: `docker run --rm -it busybox nosuch`, keys: []string{"", ""}},

	// create, start, attach
	{do: `docker create --name $N busybox echo hi; docker start -a $N`},
	{do: `docker create -i --name $N busybox cat; echo hi | docker start -ai $N`},
	{do: `docker create --name $N nosuch-$N:1`},
	{with: "created", do: `docker start $N nosuch-$N`},
	{with: "exited", do: `docker start -a $N`},
	{with: "exited", do: `docker attach $N`},
	{do: `docker attach nosuch-$N`},
	{with: "steps", do: `docker attach --no-stdin $N | tail -n 1`},
	{do: `docker run -d --name $N busybox sh -c 'while :; do echo tick; sleep 0.1; done'; docker attach --sig-proxy=false $N >log & p=$!; ` + until(`grep tick log`) + `docker kill $N; wait $p; echo $?; sort -u log`},
	{with: "shell", do: `docker attach $N; echo; docker inspect -f '{{.State.Running}}' $N`, keys: []string{"", "\r", "/ # ", "echo $((6*7))\r", "42", "\x10\x11"}},
	{with: "shell", do: `docker attach $N`, keys: []string{"", "\r", "/ # ", "exit 6\r"}},
	{with: "shell", do: `docker attach --detach-keys ctrl-x $N`, keys: []string{"", "\r", "/ # ", "\x18"}},

	// exec
	{with: "up", do: `docker exec $N sh -c 'echo out; echo err >&2; exit 8'`},
	{with: "up", do: `docker exec -u 1000:1000 -w /tmp -e A=1 $N sh -c 'id; pwd; echo $A'`},
	{with: "up", do: `echo A=2 >env; docker exec --env-file env $N printenv A; docker exec --env-file nosuch $N true`},
	{with: "up", do: `docker exec -d $N touch /done; ` + until(`docker exec $N ls /done`) + `docker exec $N ls /done`},
	{with: "up", do: `echo hi | docker exec -i $N cat`},
	{with: "up", do: `(echo a; sleep 0.3; echo b) | docker exec -i $N sh -c 'cat; echo end; echo err >&2'`},
	{with: "up", do: `docker exec $N nosuch`},
	{with: "up", do: `docker exec $N /etc`},
	{with: "up", do: `docker exec -w /nosuch $N true`},
	{with: "exited", do: `docker exec $N true`},
	{do: `docker exec nosuch-$N true`},
	{with: "up", do: `docker exec -t $N true; docker exec -it $N true </dev/null`},
	{with: "up", do: `docker exec --privileged $N sh -c 'kill -9 $$'`},
	{with: "up", do: `docker pause $N; docker exec $N true; docker unpause $N`},
	{with: "up", do: `docker exec -it $N sh`, keys: []string{"/ # ", "echo $((6*7))\r", "42", "exit 5\r"}},
	{with: "up", do: `docker exec -it $N sh -c 'until stty size 2>/dev/null | grep -v "^0 0"; do :; done; echo size; read x; until stty size 2>/dev/null | grep "^30 100"; do :; done'`, keys: []string{"size", resize, "", "\r"}},
	{with: "up", do: `docker exec -it $N sh -c 'sleep 0.3; echo on; cat'`, keys: []string{"on", "hi\r", "hi\r\nhi", "\x10\x11"}},
	{with: "up", do: `docker exec -it $N sh -c 'sleep 0.3; echo on; cat'`, keys: []string{"on", "hi\r", "hi\r\nhi", "\x04"}},

	// logs
	{with: "exited", do: `docker logs $N`},
	{do: `docker run --name $N busybox seq 5; docker logs --tail 2 $N; docker logs -n 0 $N; docker logs --tail nonsense $N`},
	{with: "exited", do: `docker logs -t --details $N`},
	{with: "exited", do: `docker logs --since 2001-01-01T00:00:00Z $N; docker logs --until 2001-01-01T00:00:00Z $N; docker logs --since nonsense $N`},
	{with: "steps", do: `docker logs -f $N`},
	{with: "steps", do: `docker logs -f --tail 1 --since 1h $N | tail -n 1`},
	{with: "up", do: `docker logs -f $N >log & p=$!; ` + until(`grep three log`) + `kill -TERM $p; wait $p; echo $?; cat log`},
	{with: "up", do: `docker logs -f $N >log & p=$!; ` + until(`grep three log`) + `docker rm -f $N; wait $p; echo $?; cat log`},
	{do: `docker logs nosuch-$N`},

	// looking
	{with: "up", do: `docker ps --filter name=$N`},
	{with: "exited", do: `docker ps --filter name=$N; docker ps -a --filter name=$N --no-trunc; docker ps -aq --filter name=$N`},
	{with: "created", do: `docker ps -as --filter name=$N --filter status=created --format json`},
	{do: `docker ps --filter nosuch=1`},
	{do: `docker ps --filter status=nosuch`},
	{do: `docker ps -n 0 --format '{{.Nosuch}}'`},
	{with: "up", do: `docker inspect $N`},
	{with: "exited", do: `docker container inspect -s $N | grep -c Size; docker inspect --type image $N`},
	{with: "image", do: `docker image inspect -f '{{.RepoTags}} {{.Config.Cmd}} {{.Config.Env}} {{.Config.Labels.n}} {{.Os}}' $N:1; docker image inspect -f '{{json .Config}} {{json .RootFS}}' busybox`},
	{with: "volume", do: `docker volume inspect $N; docker volume ls --filter name=$N`},
	{with: "network", do: `docker network inspect $N; docker network ls --filter name=$N --no-trunc`},
	{do: `docker inspect nosuch-$N`},
	{do: `docker image inspect nosuch-$N; docker volume inspect nosuch-$N; docker network inspect nosuch-$N; docker plugin inspect nosuch-$N`},
	{with: "up", do: `docker top $N | awk '{print $NF}'; docker top $N -o comm; docker top $N -z`},
	{with: "exited", do: `docker top $N`},
	{with: "up", do: `docker stats --no-stream --format '{{.Name}} {{.PIDs}}' $N; docker stats --no-stream nosuch-$N`},
	{with: "up", do: `exec 2>err; docker stats --format '{{.Name}}' $N >log & p=$!; ` + until(`grep $N log`) + `kill -KILL $p; wait $p; echo $?; tr -d '\033' <log | sed 's/\[[HJK]//g' | sort -u`, unordered: true},
	{with: "exited", do: `docker diff $N; docker diff nosuch-$N`, unordered: true},
	{with: "exited", do: until(`docker events --since 10m --until 0s --filter container=$N | grep die`) + `docker events --since 10m --until 0s --filter container=$N --format '{{.Type}} {{.Action}} {{.Actor.Attributes.exitCode}}'`},
	{with: "exited", do: until(`docker events --since 10m --until 0s --filter container=$N | grep die`) + `docker events --since 10m --until 0s --filter container=$N --filter event=die`},
	{with: "created", do: `docker events --since $(date +%s) --filter container=$N --filter event=rename --filter event=start --format '{{.Action}}' >ev & p=$!; sleep 0.5; docker rename $N $N-x; docker start $N-x; ` + until(`grep start ev`) + `kill -TERM $p; wait $p; cat ev`},
	{with: "created", do: `docker events --filter container=$N --format '{{.Action}}' >ev & p=$!; sleep 0.7; docker start $N; ` + until(`grep die ev`) + `kill -TERM $p; wait $p; cat ev`, unordered: true},
	{do: `docker events --since nonsense; docker events --until nonsense --since 1s`},
	{do: `docker version`},
	{do: `docker version --format '{{json .Server.Version}}'; docker info --format '{{.ServerVersion}} {{.Driver}} {{.OSType}}'`},
	{do: `docker info --format '{{.ID}} {{.Plugins}} {{.SecurityOptions}} {{.OperatingSystem}} {{.ClientInfo.Plugins}}'; docker info | grep -c .`},
	{do: `docker info --format '{{.Nosuch}}'`},
	{do: patient(`docker system df --format '{{.Type}}'`)},
	{do: `docker system df -v --format '{{.Nosuch}}'`},
	{do: `docker system dial-stdio </dev/null; (printf 'GET /_ping HTTP/1.0\r\n\r\n'; sleep 2) | docker system dial-stdio | head -n 1`},

	// copying
	{with: "created", do: `echo hi >f; docker cp f $N:/tmp/f; docker cp $N:/tmp/f g; cat g; docker cp $N:/tmp/f - | tar t`},
	{with: "up", do: `mkdir d; echo hi >d/f; tar c d | docker cp - $N:/tmp; docker exec $N cat /tmp/d/f; docker cp -a -q d/. $N:/tmp/e; docker cp -L $N:/tmp/e d2; ls d2`},
	{with: "created", do: `docker cp $N:/nosuch .; docker cp nosuch $N:/; docker cp $N:/etc nosuch-$N:/; docker cp nosuch-$N:/etc .`},
	{with: "created random", do: `docker cp random $N:/nosuch/dir/`},
	{with: "created random", do: `docker cp - $N:/nosuch/dir <random.tar`},
	{with: "created huge", do: `docker cp random $N:/tmp/r && docker cp $N:/tmp/r r && cmp r random && echo same`},
	{with: "random", do: `docker run -d --name $N --read-only busybox sleep 60; docker cp random $N:/tmp/; docker cp random nosuch-$N:/tmp`},
	{with: "created", do: `docker export $N | tar t | grep -c bin/; docker export -o x.tar $N && tar tf x.tar | grep -c etc; docker export nosuch-$N`},

	// images
	{do: `docker images --filter reference=nosuch-$N; docker images --filter nosuch=1`},
	{with: "image", do: `docker images $N; docker images --no-trunc $N:1; docker images -q --filter reference=$N --filter label=n=$N; docker image ls --filter before=nosuch-$N`},
	{with: "image", do: `docker images --digests --filter since=busybox --format '{{.Repository}}' | grep $N; docker images -a $N`},
	{with: "image", do: `docker history $N:1; docker history -q --no-trunc busybox; docker history nosuch-$N`},
	{with: "tag", do: `docker tag $N:1 $N:2; docker rmi $N:1; docker rmi $N:1 $N:2`},
	{do: `docker tag nosuch-$N $N:1; docker tag busybox WRONG:1; docker rmi nosuch-$N`},
	{with: "image", do: `docker run --name $N $N:1 true; docker rmi $N:1; docker rmi -f $N:1`, unordered: true},
	{with: "image", do: `docker run -d --name $N $N:1 sleep 60; docker rmi -f $(docker images -q $N:1)`},
	{with: "exited", do: `docker commit -m msg -a me -c 'CMD ["echo","x"]' $N $N:1; docker run --rm $N:1; docker inspect -f '{{.Author}} {{.Comment}} {{.Config.Cmd}}' $N:1`},
	{with: "exited", do: `docker commit nosuch-$N; docker commit $N WRONG; docker commit -c NOSUCH $N`},
	{with: "image", do: `docker save $N:1 -o i.tar && docker rmi $N:1 && docker load -i i.tar; docker load -q <i.tar`, unordered: true},
	{with: "image", do: `docker save $N:1 | docker load; docker save $N:1 | gzip | docker load`},
	{with: "tag", do: `docker save $N:1 | tar t | grep -c json; docker save nosuch-$N | wc -c`},
	{do: `echo no archive | docker load; docker load -i nosuch; docker load </dev/null`},
	{with: "random", do: `docker load -i random; docker load -i random.tar`},
	{with: "huge", do: `docker import random.tar $N:1; docker save $N:1 >i.tar; docker rmi $N:1; docker load -i i.tar; docker create --name $N $N:1 x; docker cp $N:/random r; cmp r random && echo same`},
	{with: "created", do: `docker export $N | docker import -m msg -c 'CMD ["sh"]' - $N:1; docker run --rm $N:1 echo hi; docker import nosuch $N:2`},
	{with: "random", do: `docker import random.tar WRONG`},
	{do: `docker import http://127.0.0.1:1/x $N:1`},
	{do: `docker search nosuch-$N`},
	{do: `docker pull 127.0.0.1:1/$N:1; docker pull -a -q 127.0.0.1:1/$N; docker pull WRONG`},
	{do: `docker pull nosuch/$N`},
	{with: "tag", do: `docker tag $N:1 127.0.0.1:1/$N:1; docker push 127.0.0.1:1/$N:1; docker rmi 127.0.0.1:1/$N:1`, unordered: true},
	{do: `docker push 127.0.0.1:1/nosuch-$N`},
	{do: `docker login -u a -p b 127.0.0.1:1; echo b | docker login -u a --password-stdin 127.0.0.1:1; docker logout 127.0.0.1:1`},
	{do: `docker manifest inspect 127.0.0.1:1/x; docker manifest inspect nosuch-$N`},
	{with: "dangling", do: patient(`docker image prune -f --filter label=$N=1`) + `docker images -q --filter label=$N=1`, unordered: true},
	{with: "image", do: patient(`docker image prune -a -f --filter label=n=$N`) + `docker images -q $N`, unordered: true},

	// changing containers
	{with: "up", do: `docker stop -t 1 $N; docker start $N; docker restart -t 0 $N; docker stop $N; docker wait $N; docker stop nosuch-$N`},
	{with: "up", do: `docker kill -s NOSUCH $N; docker kill -s KILL $N; docker kill $N; docker wait $N`},
	{with: "up", do: `docker wait $N >log & p=$!; sleep 1; docker rm -f $N; wait $p; cat log; docker wait nosuch-$N`},
	{with: "up", do: `docker pause $N; docker pause $N; docker ps --filter name=$N; docker unpause $N; docker unpause $N`},
	{with: "created", do: `docker rename $N $N-2; docker rename nosuch-$N x; docker rename $N-2 $N-2; docker rename $N-2 'no!'; docker ps -a --filter name=$N`},
	{with: "up", do: `docker update --memory 64m --memory-swap 64m --cpus 0.5 --restart no $N; docker inspect -f '{{.HostConfig.Memory}} {{.HostConfig.NanoCpus}}' $N; docker update --memory 1m $N; docker update nosuch-$N`},
	{with: "up", do: `docker rm $N; docker rm -f $N; docker rm -f $N; docker rm $N`},
	{do: `docker run --name $N -v /data busybox true; docker rm -v $N; docker rm -l nosuch-$N`},
	{with: "exited", do: patient(`docker container prune -f --filter label=$N`) + `docker ps -aq --filter name=$N;` + patient(`docker container prune -f --filter nosuch=1`)},
	{with: "created", do: `docker container ls -a --filter name=$N --filter ancestor=busybox --format '{{.Image}} {{.Command}}'; docker container rm $N`},

	// volumes and networks
	{do: `docker volume create $N; docker volume create 'no!'; docker volume rm $N; docker volume rm $N; docker volume rm -f $N`},
	{do: `docker volume create --opt type=tmpfs --opt device=tmpfs --opt o=size=1m $N; docker run --rm -v $N:/t busybox sh -c 'grep -c " /t tmpfs" /proc/mounts'`},
	{with: "volume", do: `docker run -d --name $N -v $N:/v busybox sleep 60; docker volume rm $N; docker rm -f $N; docker volume rm $N`},
	{with: "volume", do: patient(`docker volume prune -a -f --filter label=$N`) + `docker volume ls -q --filter name=$N`, needs: "29"},
	{do: `docker volume create >name; docker volume inspect -f '{{.Driver}}' $(cat name); docker volume rm $(cat name)`},
	{do: `docker network create --subnet 10.213.0.0/33 $N; docker network create bridge; docker network rm bridge`},
	{with: "network up", do: `docker network connect --alias x $N $N; docker network connect $N $N; docker inspect -f '{{len .NetworkSettings.Networks}}' $N; docker network rm $N; docker network disconnect $N $N; docker network disconnect $N $N; docker network rm $N`},
	{do: `docker network connect nosuch-$N nosuch-$N; docker network rm nosuch-$N; docker network disconnect bridge nosuch-$N`},
	{with: "network", do: patient(`docker network prune -f --filter label=$N`) + `docker network ls -q --filter name=$N`},

	// build
	{with: "folder", do: `docker build -t $N:1 . >/dev/null 2>&1; docker run --rm $N:1; docker run --rm $N:1 ls /sub`},
	{with: "folder", do: `docker build -t $N:1 -t $N:2 --build-arg WHO=$N --target base --label x=y -q . >/dev/null && docker run --rm $N:2 cat /who && docker inspect -f '{{.Config.Labels.x}}' $N:1`},
	{with: "folder", do: `docker build .`, needs: "legacy"},
	{with: "folder", do: `docker build -f failing .`, unordered: true},
	{with: "folder", do: `docker build -f wrong .`, unordered: true},
	{with: "folder", do: `docker build -f nosuch .; docker build nosuch-dir`, unordered: true},
	{with: "folder", do: `docker build --target nosuch .`, unordered: true},
	{with: "folder", do: `docker build -t WRONG .`, unordered: true},
	{with: "folder", do: `docker build --build-arg UNUSED=1 -t $N:1 . >out 2>&1; grep -c UNUSED out`},
	{do: `printf 'FROM busybox\nRUN echo %s\nCMD ["echo","piped"]\n' $N | docker build -q -t $N:1 - >/dev/null; docker run --rm $N:1`},
	{with: "folder", do: `tar c . | docker build -q -t $N:1 - >/dev/null && docker run --rm $N:1; tar cz . | docker build -q -f Dockerfile - | wc -l`},
	{with: "folder", do: `docker build -f - -t $N:1 . <Dockerfile >/dev/null 2>&1; docker run --rm $N:1`},
	{with: "folder random", do: `docker build -q -t $N:1 . >/dev/null && docker run --rm $N:1; echo COPY random / >>wrong; docker build -f wrong .; echo ADD nosuch / >>Dockerfile; docker build . 2>&1 | tail -n 1`, unordered: true},
	{with: "folder", do: `docker build -q . | wc -l; docker build -q --no-cache . | wc -l`},
	{do: `echo 'FROM nosuch.invalid/x' | docker build -`, unordered: true},
	{do: `docker build http://127.0.0.1:1/x`, unordered: true},
	{do: patient(`docker builder prune -f --filter until=100000h`)},
	{do: `docker builder build --help | head -n 3; docker image build nosuch-$N`},

	// buildx
	{with: "folder", do: `docker build --progress plain -t $N:1 .`, unordered: true, needs: "buildx"},
	{with: "folder", do: `docker build --progress rawjson -t $N:1 . 2>&1 | grep -c digest >count; test $(cat count) -gt 4 && echo enough`, needs: "buildx"},
	{with: "folder", do: `printf 'FROM busybox\nRUN --mount=type=secret,id=token wc -c </run/secrets/token >/count\n' | docker buildx build --no-cache --secret id=token,src=token -q -t $N:1 -f - . >/dev/null; docker run --rm $N:1 cat /count`, needs: "buildx"},
	{with: "folder", do: `docker buildx build -q --output type=local,dest=out . && cat out/who; docker buildx build -q --output type=tar,dest=out.tar . && tar tf out.tar | grep -c sub; docker buildx build -q --output type=oci,dest=oci.tar . | wc -l; tar tf oci.tar | grep index`, needs: "buildx"},
	{with: "folder", do: `docker buildx build -q --output type=docker,dest=d.tar -t $N:1 . >/dev/null; docker load -i d.tar; docker run --rm $N:1`, needs: "buildx"},
	{with: "folder", do: `docker buildx build -q --output type=image,name=$N:1 . >/dev/null; docker run --rm $N:1`, needs: "buildx"},
	{with: "folder", do: `docker buildx build -q --load --metadata-file m.json --iidfile id -t $N:1 . >/dev/null; test -s id && grep -c $N m.json`, needs: "buildx"},
	{with: "folder", do: `printf 'group "default" { targets = ["a","b"] }\ntarget "a" { tags = ["%s:a"] }\ntarget "b" {\n target = "base"\n tags = ["%s:b"]\n}\n' $N $N >docker-bake.hcl; docker buildx bake 2>/dev/null; docker run --rm $N:a; docker run --rm $N:b cat /who; docker buildx bake --print`, needs: "buildx"},
	{with: "folder", do: `docker buildx build --check .; docker buildx build --call outline .`, unordered: true, needs: "buildx"},
	{with: "folder", do: `docker build --progress plain -q . >/dev/null; docker build --progress plain . 2>&1 | grep -c CACHED`, needs: "buildx"},
	{with: "folder", do: `docker build -t $N:1 .; echo`, keys: []string{"", ""}, unordered: true, needs: "buildx"},
	{with: "folder", do: `docker buildx build --progress plain --build-context more=sub -f - . <<E
FROM busybox
COPY --from=more hello /hello-$N
E`, unordered: true, needs: "buildx"},
	{do: `printf 'FROM busybox\nRUN echo %s; sleep 600\n' $N | docker build --progress plain - >out 2>&1 & p=$!; ` + until(`grep "$N$" out`) + `kill -TERM $p; wait $p; tail -n 1 out`, needs: "buildx"},
	{do: `docker buildx ls | grep -v '^ '; docker buildx inspect | grep -i -e driver -e name -e status`, needs: "buildx"},
	{do: `docker buildx du --filter id=nosuch; docker buildx du --filter nosuch; docker builder du --filter type=nosuch >/dev/null`, needs: "buildx"},
	{do: `docker buildx version; docker buildx imagetools inspect 127.0.0.1:1/x; docker buildx nosuch | head -n 1`, needs: "buildx"},
	{do: `docker buildx prune --nosuch -f`, needs: "buildx"},

	// Compose
	{with: "project", do: `docker compose -p $N up -d`, unordered: true, needs: "compose"},
	{with: "project composed", do: `docker compose -p $N ps; docker compose -p $N ps -q; docker compose -p $N ps --format json nosuch`, needs: "compose"},
	{with: "project composed", do: `docker compose -p $N logs; docker compose -p $N logs --no-log-prefix -t web`, needs: "compose"},
	{with: "project composed", do: `docker compose -p $N exec -T web sh -c 'echo $WHO; exit 3'; echo hi | docker compose -p $N exec -T web cat; docker compose -p $N exec -T nosuch true`, needs: "compose"},
	{with: "project composed", do: `docker compose -p $N exec web sh`, keys: []string{"/ # ", "echo $((6*7))\r", "42", "exit 2\r"}, needs: "compose"},
	{with: "project", do: `docker compose -p $N run --rm -T web echo ran; docker compose -p $N run --rm -T web false`, unordered: true, needs: "compose"},
	{with: "project composed", do: `docker compose -p $N down -v; docker compose -p $N ps -q; docker volume ls -q --filter name=$N`, unordered: true, needs: "compose"},
	{with: "project composed", do: `docker compose -p $N stop; docker compose -p $N start; docker compose -p $N restart -t 0; docker compose -p $N kill; docker compose -p $N rm -f`, unordered: true, needs: "compose"},
	{with: "project composed", do: `docker compose -p $N pause; docker compose -p $N unpause; docker compose -p $N top | awk '{print $NF}'; docker compose -p $N port web 80; docker compose -p $N images`, unordered: true, needs: "compose"},
	{with: "project composed", do: `docker compose -p $N cp compose.yaml web:/tmp/x; docker compose -p $N exec -T web head -n 1 /tmp/x; docker compose -p $N up -d --no-recreate`, unordered: true, needs: "compose"},
	{with: "project composed", do: `docker compose -p $N up -d; docker compose -p $N up -d --scale web=2; docker compose -p $N ps -q | wc -l; docker compose ls --filter name=$N`, unordered: true, needs: "compose"},
	{with: "project", do: `docker compose -p $N config; docker compose -p $N config --services; docker compose -p $N -f nosuch.yaml config`, needs: "compose"},
	{with: "project", do: `docker compose -p $N -f build.yaml build; docker compose -p $N -f build.yaml run --rm -T built cat /n; docker compose -p $N -f build.yaml down --rmi local`, unordered: true, needs: "compose"},
	{with: "project", do: `docker compose -p $N up --no-log-prefix & p=$!; ` + until(`docker compose -p $N logs | grep up`) + `kill -TERM $p; wait $p`, unordered: true, needs: "compose"},
	{with: "project composed", do: `docker compose -p $N logs -f --no-log-prefix & p=$!; sleep 0.7; docker compose -p $N kill >/dev/null 2>&1; wait $p`, unordered: true, needs: "compose"},
	{with: "project", do: `sed -i s/busybox/127.0.0.1:1.nosuch/ compose.yaml; docker compose -p $N up -d; docker compose version`, unordered: true, needs: "compose"},

	// contexts, plugins, swarm, and what is wrong with a command line
	{do: `docker context ls | wc -l; docker context show; docker context inspect nosuch-$N`},
	{do: `docker context create $N --docker host=unix:///nosuch; docker --context $N ps; docker context rm $N`},
	{do: `docker context use nosuch-$N; docker -c nosuch-$N ps`},
	{do: `docker plugin ls; docker plugin rm nosuch-$N; docker plugin disable nosuch-$N; docker plugin install --grant-all-permissions 127.0.0.1:1/x`},
	{do: `docker node ls; docker service ls; docker service rm nosuch-$N; docker secret rm nosuch-$N; docker swarm leave; docker stack ls`},
	{do: `docker nosuch; docker run; docker ps --nosuch; docker container nosuch`},
	{do: `docker --help | head -n 3; docker run --help | head -n 3; docker --version`},
	{do: `docker -H unix:///nosuch ps`},
	{do: `docker -l nosuch ps`},
}

// The table is run on one engine: another may lack plugins. Fewer lines than these mean
// that the table is not what it says.
func (f *fixture) fewestLines(t *testing.T) int {
	if versions.LessThan(f.client.ClientVersion(), "1.44") {
		return 120
	}
	if !has("buildx") || !has("compose") {
		t.Error("engine 29 has buildx and Compose: see DOCKER_CONFIG")
	}
	return 140
}

var has = func() func(string) bool {
	plugins, _ := exec.Command("docker", "info", "--format", "{{range .ClientInfo.Plugins}}{{.Name}} {{end}}").Output()
	return func(plugin string) bool { return slices.Contains(strings.Fields(string(plugins)), plugin) }
}()

// can tells whether the engine at hand has what a line needs.
func (f *fixture) can(needs string) bool {
	switch needs {
	case "29":
		return !versions.LessThan(f.client.ClientVersion(), "1.44")
	case "legacy":
		return !has("buildx")
	case "":
		return true
	}
	return has(needs)
}

// TestTransparent runs the table: as without the guard, as in a lab with a baseline.
func TestTransparent(t *testing.T) {
	f := openGuard(t, true)
	only := regexp.MustCompile(os.Getenv("GUARD_LINES")) // to try some
	var numbers []int
	for i, l := range table {
		if f.can(l.needs) && only.MatchString(l.do) {
			numbers = append(numbers, i)
		}
	}
	ran := len(numbers)
	sideBySide(numbers, func(i int) {
		t.Run(fmt.Sprintf("%03d", i), func(t *testing.T) { f.compare(t, i) })
	})
	t.Logf("%d lines of %d on API %s", ran, len(table), f.client.ClientVersion())
	if fewest := f.fewestLines(t); ran < fewest && only.String() == "" {
		t.Errorf("%d lines were run, want %d", ran, fewest)
	}
	if len(f.recorded()) < ran {
		t.Errorf("%d calls were recorded of %d lines", len(f.recorded()), ran)
	}
}

// sideBySide does something for all, some at once: most of the time goes by waiting.
func sideBySide[T any](all []T, do func(T)) {
	next := make(chan T)
	var workers sync.WaitGroup
	for range 5 {
		workers.Go(func() {
			for one := range next {
				do(one)
			}
		})
	}
	for _, one := range all {
		next <- one
	}
	close(next)
	workers.Wait()
}

func (f *fixture) compare(t *testing.T, i int) {
	var want, got result
	var both sync.WaitGroup
	base := t.TempDir()
	both.Go(func() { want = f.sound(t, table[i], direct, fmt.Sprintf("%s-%03dd", f.name, i), base) })
	both.Go(func() { got = f.sound(t, table[i], f.host, fmt.Sprintf("%s-%03dg", f.name, i), base) })
	both.Wait()
	if got != want {
		t.Errorf("%s\n--- direct: code %d, stdout\n%s\n--- stderr\n%s\n--- guarded: code %d, stdout\n%s\n--- stderr\n%s",
			table[i].do, want.code, want.stdout, want.stderr, got.code, got.stdout, got.stderr)
	}
}

// ownFault is what an engine says that has tripped over itself, whoever asked: Docker 29 may lose
// the lease of an image that it loads while another one is removed.
var ownFault = regexp.MustCompile(`lease does not exist`)

// sound runs a line, and once more where the engine failed by itself.
func (f *fixture) sound(t *testing.T, l line, host, name, base string) result {
	r := f.run(t, l, host, name, base)
	if ownFault.MatchString(r.stdout + r.stderr) {
		t.Logf("%s: run once more, after\n%s%s", l.do, r.stdout, r.stderr)
		r = f.run(t, l, host, name+"-again", base)
	}
	return r
}

type result struct {
	stdout, stderr string
	code           int
}

// A place is where a line is run: by way of a host, in a folder, with a name of its own.
type place struct{ host, name, dir string }

func (p place) command(ctx context.Context, text string, terminal bool) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "sh", "-c", text)
	cmd.Dir = p.dir
	cmd.Env = append(cmd.Environ(), "DOCKER_HOST="+p.host, "N="+p.name, "BUILDX_BUILDER=default")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: !terminal} // at a terminal it has a session
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	return cmd
}

// prepare makes the folder, and what the line finds there.
func (p place) prepare(t *testing.T, with string) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := os.Mkdir(p.dir, 0o700); err != nil {
		t.Error(err)
	}
	for _, w := range strings.Fields(with) {
		if out, err := p.command(ctx, setups[w], false).CombinedOutput(); err != nil {
			t.Errorf("set-up %s: %v, %s", w, err, out)
		}
	}
}

// run runs a line, which has its time.
func (p place) run(t *testing.T, text string, keys []string) (r result) {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := p.command(ctx, text, keys != nil)
	if keys != nil {
		r.stdout, r.code = typed(t, cmd, keys)
		return r
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	r.code = exitCode(cmd.Run())
	r.stdout, r.stderr = stdout.String(), stderr.String()
	return r
}

// run runs a line with its set-up, and cleans up.
func (f *fixture) run(t *testing.T, l line, host, name, base string) result {
	p := place{host, name, filepath.Join(base, name)}
	t.Cleanup(func() { f.remove(name) })
	p.prepare(t, l.with)
	r := p.run(t, l.do, l.keys)
	r.stdout, r.stderr = f.normal(l, r.stdout, p), f.normal(l, r.stderr, p)
	return r
}

func exitCode(err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	}
	return -2
}

// typed runs a command at a terminal.
func typed(t *testing.T, cmd *exec.Cmd, keys []string) (string, int) {
	var seen screen
	code := typeTo(t, cmd, keys, &seen)
	return seen.String(), code
}

func typeTo(t *testing.T, cmd *exec.Cmd, keys []string, seen *screen) int {
	terminal, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 80})
	if err != nil {
		t.Error(err)
		return -1
	}
	defer terminal.Close()
	done := make(chan struct{})
	go func() {
		io.Copy(seen, terminal)
		close(done)
	}()
	from := 0
	for i := 0; i+1 < len(keys); i += 2 {
		if from = seen.wait(done, from, keys[i]); from < 0 {
			t.Errorf("waiting for %q, saw %q", keys[i], seen.String())
			break
		}
		if keys[i+1] == resize {
			time.Sleep(time.Second) // the CLI says nothing when it listens for that
			pty.Setsize(terminal, &pty.Winsize{Rows: 30, Cols: 100})
		} else {
			io.WriteString(terminal, keys[i+1])
		}
	}
	<-done
	return exitCode(cmd.Wait())
}

// screen is what was printed at a terminal.
type screen struct {
	mu   sync.Mutex
	text []byte
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text = append(s.text, p...)
	return len(p), nil
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return string(s.text)
}

// wait waits for a text behind from, and gives where it ends; -1 when all has ended.
func (s *screen) wait(done chan struct{}, from int, text string) int {
	for {
		if at := strings.Index(s.String()[from:], text); at >= 0 {
			return from + at + len(text)
		}
		select {
		case <-done:
			return -1
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// remove takes away what carries a name that begins so, and the containers that the legacy
// builder left of steps with that name in them.
func (f *fixture) remove(name string) {
	ctx, c := context.Background(), f.client
	byName := filters.NewArgs(filters.Arg("name", name))
	containers, _ := c.ContainerList(ctx, container.ListOptions{All: true})
	for _, i := range containers {
		named := slices.ContainsFunc(i.Names, func(n string) bool { return strings.Contains(n, name) })
		if named || strings.Contains(i.Command, name) {
			c.ContainerRemove(ctx, i.ID, container.RemoveOptions{Force: true, RemoveVolumes: true})
		}
	}
	images, _ := checker.ListImages(ctx, c, image.ListOptions{All: true})
	for _, i := range images {
		f.removeImage(i, name)
	}
	volumes, _ := c.VolumeList(ctx, volume.ListOptions{Filters: byName})
	for _, i := range volumes.Volumes {
		c.VolumeRemove(ctx, i.Name, true)
	}
	networks, _ := c.NetworkList(ctx, network.ListOptions{Filters: byName})
	for _, i := range networks {
		c.NetworkRemove(ctx, i.ID)
	}
}

func (f *fixture) removeImage(i image.Summary, name string) {
	options := image.RemoveOptions{Force: true, PruneChildren: true}
	names := ownNames(i, name)
	if nameless(i.RepoTags) && labelledSo(i, name) {
		names = []string{i.ID}
	}
	for _, n := range names {
		f.client.ImageRemove(context.Background(), n, options)
	}
}

// ownNames gives those names of an image that the test gave.
func ownNames(i image.Summary, name string) []string {
	return slices.DeleteFunc(slices.Clone(i.RepoTags), func(n string) bool { return !strings.Contains(n, name) })
}

func labelledSo(i image.Summary, name string) bool {
	for key, value := range i.Labels {
		if strings.HasPrefix(key, name) || strings.HasPrefix(value, name) {
			return true
		}
	}
	return false
}

// differences are what differs between two runs of one command line by its nature.
var differences = []struct {
	pattern *regexp.Regexp
	instead string
}{
	// The guard's label: an entry of JSON, of a list, a step of the legacy builder.
	{regexp.MustCompile(`(?m)^.*LABEL docker-tutor\.lab.*\n( ---> Running in \w+\n(Removing intermediate container \w+\n)? ---> \w+\n)?`), ""},
	{regexp.MustCompile(`docker-tutor\.lab=dt-guardtest-[0-9a-f]+, ?`), ""},
	{regexp.MustCompile(`,?\s*"docker-tutor\.lab":\s*"dt-guardtest-[0-9a-f]+"`), ""},
	{regexp.MustCompile(`(, ?)?docker-tutor\.lab[=:]dt-guardtest-[0-9a-f]+`), ""},
	{regexp.MustCompile(`\{\s*,`), "{"},
	{regexp.MustCompile(`"Labels":\s*(null|\{\s*\})`), `"Labels": {}`},
	{regexp.MustCompile(`Step (\d+)/\d+`), "Step $1"},
	// A terminal that is asked where its cursor is, and a prompt that is drawn once more,
	// with what is typed so far.
	{regexp.MustCompile(`(?m)^.*/ # |\x1b\[(6n|J)|\r`), ""},
	// Times.
	{regexp.MustCompile(`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?( ?(Z|[+-]\d\d:?\d\d))?( UTC)?`), "TIME"},
	{regexp.MustCompile(`(About an?|Less than an?|\d+) (second|minute|hour)s?( ago)?`), "AGE"},
	{regexp.MustCompile(`\b\d+\.\d+s\b`), "SECONDS"},
	{regexp.MustCompile(`execDuration=\d+`), "execDuration=N"},
	// What the CLI logs, or not, when its archive is refused before it was read to its end.
	{regexp.MustCompile(`(?m)^time="TIME" level=error msg="Can't .* closed pipe"\n`), ""},
	// Ids, ports, addresses, and sizes.
	{regexp.MustCompile(`(sha256:)?\b[0-9a-f]{64}\b|\b[0-9a-f]{12}\b|\b[0-9a-z]{25}\b`), "ID"},
	{regexp.MustCompile(`\b([0-9a-f]{2}:){5}[0-9a-f]{2}\b`), "MAC"},
	{regexp.MustCompile(`\b\d+\.\d+\.\d+\.\d+(/\d+)?\b`), "IP"},
	{regexp.MustCompile(`\b[3-6]\d{4}\b`), "PORT"},
	{regexp.MustCompile(`\b\d+(\.\d+)? ?([kKMG]i?)?B\b`), "SIZE"},
	{regexp.MustCompile(`"(Pid|Size|VirtualSize)": \d+`), `"$1": N`},
	{regexp.MustCompile(`/tmp/docker-import-\d+`), "/tmp/docker-import-N"},
	// The width of a column follows what is in it.
	{regexp.MustCompile(` {2,}`), "  "},
	{regexp.MustCompile(`(?m) +$`), ""},
	{regexp.MustCompile(`\n{2,}`), "\n"}, // a terminal that is attached to is drawn anew
}

// progress is what tells of BuildKit's work: of some that may be done already, of how
// long it took, and the pictures of it at a terminal.
var progress = regexp.MustCompile(`(?m)^#\d+ ((CACHED|DONE|\.\.\.)|resolve|sha256|transferring|extracting).*\n|^(\x1b\[0m|.*(=>|\[\+\]|\x1b\[\?25[hl]).*)\n|^(#\d+ )?(\d+\.\d+ |SECONDS )?|( SECONDS)?( done)?\s*$`)

func (f *fixture) normal(l line, text string, p place) string {
	for _, own := range [][2]string{{p.dir, "DIR"}, {p.name, "NAME"}, {p.host, "HOST"}} {
		text = strings.ReplaceAll(text, own[0], own[1])
	}
	for _, d := range differences {
		text = d.pattern.ReplaceAllString(text, d.instead)
	}
	if l.unordered {
		text = progress.ReplaceAllString(text, "")
		lines := strings.Split(text, "\n")
		slices.Sort(lines)
		text = strings.Join(slices.Compact(lines), "\n")
	}
	return text
}
