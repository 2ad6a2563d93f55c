package guard

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"docker-tutor/checker"

	"github.com/docker/docker/api/types"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/docker/api/types/volume"
)

// A harm is a command line that destroys or changes what its set-up has made. It is run
// twice through one guard: against a set-up that was there before the lab, when it must do
// nothing, and against one that was made in the lab, when it must work.
type harm struct {
	with string // as of a line
	do   string
	// names is what the refusal must hold; empty means that the command line succeeds even
	// so, and spares what was there.
	names string
	keys  []string
	needs string
}

func init() {
	maps.Copy(setups, map[string]string{
		"paused":  `docker run -d --name $N busybox sleep 600; docker pause $N`,
		"joined":  `docker network create $N; docker run -d --name $N --stop-signal KILL --network $N busybox sleep 600`,
		"mounted": `docker run -d --name $N --stop-signal KILL -v $N:/data -v /anonymous busybox sh -c 'echo $HOSTNAME >/data/f; echo x >/anonymous/f; exec sleep 600'`,
		"data":    `docker volume create $N; docker run --rm -v $N:/v busybox sh -c 'date >/v/f'`,
		"tags":    setups["image"] + `; docker tag $N:1 $N:2`,
		"suffix":  `docker tag busybox $N/get`,
		"archive": `docker tag busybox $N:1; docker save -o a.tar $N:1; docker rmi $N:1`,
		"chain":   `printf 'FROM busybox\nLABEL %s=1\nRUN echo chain\n' $N >chain; DOCKER_BUILDKIT=0 docker build -q - <chain; printf 'RUN echo more\n' >>chain`,
	})
}

var harms = []harm{
	// containers
	{with: "up", do: `docker rm -f $N`, names: "$N"},
	{with: "up", do: `docker rm -f $(docker inspect -f '{{.Id}}' $N)`, names: "$N"},
	{with: "up", do: `docker rm -f $(docker ps -aq --filter name=$N)`, names: "$N"},
	{with: "exited", do: `docker rm $N`, names: "$N"},
	{with: "mounted", do: `docker rm -f -v $N`, names: "$N"},
	{with: "up", do: `docker stop $N`, names: "$N"},
	{with: "mounted", do: `docker stop $N`, names: "$N"}, // whose volumes a prune finds in the end
	{with: "up", do: `docker kill $N`, names: "$N"},
	{with: "up", do: `docker kill -s HUP $N`, names: "$N"},
	{with: "up", do: `docker restart -t 0 $N`, names: "$N"},
	{with: "up", do: `docker pause $N`, names: "$N"},
	{with: "paused", do: `docker unpause $N`, names: "$N"},
	{with: "created", do: `docker start $N`, names: "$N"},
	{with: "created", do: `docker start -a $N`, names: "$N"},
	{with: "up", do: `docker rename $N $N-x`, names: "$N"},
	{with: "up", do: `docker update --memory 64m --memory-swap 64m $N`, names: "$N"},
	{with: "up", do: `docker exec $N kill 1`, names: "$N"},
	{with: "up", do: `docker exec -d $N rm /etc/passwd`, names: "$N"},
	{with: "up", do: `echo x >f; docker cp f $N:/f`, names: "$N"},
	{with: "exited", do: `tar c . | docker cp - $N:/`, names: "$N"},
	{with: "shell", do: `docker attach $N`, names: "$N", keys: []string{"", "\r", "/ # ", "exit 0\r"}},
	{with: "up", do: `timeout -k 1 -s KILL 1 docker attach --no-stdin $N; docker kill $N`, names: "$N"},
	// images
	{with: "image", do: `docker rmi $N:1`, names: "$N:1"},
	{with: "image", do: `docker rmi -f $N:1`, names: "$N:1"},
	{with: "image", do: `docker rmi -f $(docker images -q $N:1)`, names: "$ID"},
	{with: "image", do: `docker rmi $(docker inspect -f '{{.Id}}' $N:1)`, names: "$ID"},
	{with: "tags", do: `docker rmi $N:1 $N:2`, names: "$N:2"},
	{with: "image", do: `docker rmi $N@$(docker inspect -f '{{.Id}}' $N:1)`, names: "$N@sha256:$ID", needs: "29"},
	{with: "suffix", do: `docker rmi $N/get`, names: "$N/get"}, // DELETE images/…/get is no call of get
	{with: "dangling", do: `docker rmi $(docker images -q --filter label=$N=1)`, names: "$DANGLING"},
	{with: "image", do: `docker tag busybox $N:1`, names: "$N:1"},
	{with: "image", do: `docker tag busybox docker.io/library/$N:1`, names: "$N:1"},
	{with: "image", do: `printf 'FROM busybox\nLABEL x=1' | docker build -t $N:1 -`, names: "$N:1"},
	{with: "image", do: `printf 'FROM busybox\nLABEL x=1' | docker build -t $N:new -t $N:1 -`, names: "$N:1"},
	{with: "image", do: `printf 'FROM %s:1\nLABEL x=1' $N | docker build -t $N:1 -`, names: "$N:1"},
	{with: "image", do: `printf 'FROM busybox\nLABEL x=1' | DOCKER_BUILDKIT=0 docker build -t $N:1 -`, names: "$N:1"},
	{with: "archive image", do: `docker load -i a.tar`, names: "$N:1"},
	{with: "archive image", do: `gzip -c a.tar | docker load`, names: "$N:1"},
	{with: "archive image", do: `mkdir a; tar xf a.tar -C a; tar c -C a . | docker load`, names: "$N:1"},
	{with: "image", do: `tar c . | docker import - $N:1`, names: "$N:1"},
	{with: "up image", do: `docker commit $N $N:1`, names: "$N:1"},
	{with: "up", do: `docker commit $N $N:new`},
	{with: "dangling", do: `docker tag $(docker images -q --filter label=$N=1) $N:lab; docker rmi $N:lab`},
	{with: "image", do: `docker tag $N:1 $N:lab; docker rmi $N:lab`},
	{with: "image", do: `printf 'FROM %s:1\nLABEL x=1' $N | docker build -t $N:lab -; docker rmi $N:lab`},
	{with: "chain", do: `DOCKER_BUILDKIT=0 docker build -q -t $N:lab - <chain; docker rmi $N:lab`},
	{with: "chain", do: `DOCKER_BUILDKIT=0 docker build -q -t $N:lab - <chain`}, // for the prune in the end
	// volumes and networks
	{with: "data", do: `docker volume rm $N`, names: "$N"},
	{with: "data", do: `docker volume rm -f $N`, names: "$N"},
	{with: "data", do: `docker volume rm $(docker volume ls -q --filter name=$N)`, names: "$N"},
	{with: "network", do: `docker network rm $N`, names: "$N"},
	{with: "network", do: `docker network rm $(docker network ls -q --filter name=$N)`, names: "$N"},
	{do: `n=$(docker network inspect -f '{{slice .Id 0 12}}' bridge); docker network create $n && docker network rm $n`}, // a name goes before an id
	{with: "joined", do: `docker network disconnect $N $N`, names: "$N"},
	{with: "joined", do: `docker network disconnect -f $N $N`, names: "$N"},
	{with: "network up", do: `docker network connect $N $N`, names: "$N"},
	// BuildKit
	{with: "image", do: `printf 'FROM busybox\nLABEL x=1' | docker buildx build --output type=image,name=$N:1 -`, names: "$N:1", needs: "buildx"},
	{with: "image", do: `printf 'FROM busybox\nLABEL x=1' | docker buildx build --output type=docker,name=$N:1 -`, names: "$N:1", needs: "buildx"},
	{with: "image", do: `printf 'FROM busybox\nLABEL x=1' | docker buildx build --output "type=image,\"name=$N:new,docker.io/library/$N:1\"" -`, names: "$N:1", needs: "buildx"},
	{with: "image", do: `printf 'FROM busybox\nLABEL x=1' | docker buildx build --load -t $N:1 -`, names: "$N:1", needs: "buildx"},
	{with: "folder image", do: `printf 'group "default" { targets = ["a","b"] }\ntarget "a" { tags = ["%s:new"] }\ntarget "b" {\n target = "base"\n tags = ["%s:1"]\n}\n' $N $N >docker-bake.hcl; docker buildx bake`, names: "$N:1", needs: "buildx"},
	{with: "folder image", do: `docker buildx build -q --provenance mode=max --sbom=false --output type=oci,name=docker.io/library/$N:1,dest=o.tar .; docker load -i o.tar`, names: "$N:1", needs: "buildx"},
	// Compose
	{with: "project composed", do: `docker compose -p $N down -v`, names: "$N", needs: "compose"},
	{with: "project composed", do: `docker compose -p $N kill`, names: "$N", needs: "compose"},
	{with: "project composed", do: `docker compose -p $N rm -fsv`, names: "$N", needs: "compose"},
	{with: "project composed", do: `docker compose -p $N up -d --force-recreate`, names: "$N", needs: "compose"},
	{with: "project composed", do: `docker compose -p $N exec -T web rm /etc/passwd`, names: "$N", needs: "compose"},
}

// sweeps are for everything at once; $N begins the names of all.
var sweeps = []harm{
	{do: `docker kill $(docker ps -q --filter name=$N --filter status=running)`, names: "$N"},
	{do: `docker container prune -f`},
	{do: `docker rm -f $(docker ps -aq --filter name=$N)`, names: "$N"},
	{do: `docker image prune -f`},
	{do: `docker image prune -a -f`},
	{do: `docker network prune -f`},
	{do: `docker volume prune -f`},
	{do: `docker volume prune -a -f`, needs: "29"},
	{do: `docker builder prune -a -f`},
	{do: `docker buildx prune -a -f`, needs: "buildx"},
	{do: `docker system prune -f`},
	{do: `docker system prune -a --volumes -f`},
}

// TestKeeps does harm to what was there, in vain.
func TestKeeps(t *testing.T) {
	before := &fixture{client: newClient(t), name: ownPrefix()}
	t.Cleanup(func() { before.remove(before.name) })
	places := before.places(t, direct, "b")
	sideBySide(places, func(p harmed) { p.prepare(t, p.with) })
	was := before.snapshot(t, before.name)
	if len(was) < 20 {
		t.Errorf("the baseline has %d objects, want 20", len(was))
	}
	f := openGuard(t, true)
	for i := range places {
		places[i].host = f.host
	}
	sideBySide(places, func(p harmed) { p.inVain(t) })
	all := place{f.host, before.name, t.TempDir()}
	for _, h := range f.possible(sweeps) {
		harmed{h, all}.inVain(t)
	}
	now := before.snapshot(t, before.name)
	for _, what := range slices.Sorted(maps.Keys(was)) {
		if now[what] != was[what] {
			t.Errorf("%s was\n%s\nand is now\n%s", what, was[what], now[what])
		}
	}
	t.Logf("%d objects, %d command lines on API %s", len(was), len(places)+len(f.possible(sweeps)), f.client.ClientVersion())
}

// An archive that must be looked into and cannot be is refused; one that can be is loaded.
func TestArchives(t *testing.T) {
	f := openGuard(t, true)
	t.Cleanup(func() { f.remove(f.name) })
	p := place{f.host, f.name, filepath.Join(t.TempDir(), "archives")}
	p.prepare(t, "archive")
	for _, test := range []struct{ do, want string }{
		{`printf '\050\265\057\375 and so on' | docker load`, "kept-archive: zstd"},
		{`printf '\3757zXZ and so on' | docker load`, "kept-archive: xz"},
		{`gzip -c a.tar | docker load`, "Loaded image: " + f.name + ":1"},
	} {
		if r := p.run(t, test.do, nil); !strings.Contains(r.stdout+r.stderr, test.want) {
			t.Errorf("%s: want %s, got %+v", test.do, test.want, r)
		}
	}
	bzipped, _ := hex.DecodeString("425a68393141592653592b3ecf7f000000c080001000402000210082b1772453850902b3ecf7f0")
	plain, err := unzipped(bufio.NewReader(bytes.NewReader(bzipped)))
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(plain); string(text) != "x\n" || err != nil {
		t.Errorf("of a bzip2 archive got %q, %v", text, err)
	}
}

// TestDestroys does the same to what the lab made: all of it works.
func TestDestroys(t *testing.T) {
	f := openGuard(t, true)
	t.Cleanup(func() { f.remove(f.name) })
	sideBySide(f.places(t, f.host, "o"), func(p harmed) {
		p.prepare(t, p.with)
		if r := p.run(t, p.do, p.keys); r.code != 0 {
			t.Errorf("%s: %+v", p.do, r)
		}
	})
	all := place{f.host, f.name + "-o", t.TempDir()}
	for _, h := range f.possible(sweeps) {
		if r := all.run(t, patient(h.do), nil); strings.Contains(r.stdout, "rror") && !strings.Contains(r.stdout, "requires at least 1 argument") {
			t.Errorf("%s: %+v", h.do, r)
		}
	}
	f.removeLeft(t, f.snapshot(t, f.name))
	if left := f.snapshot(t, f.name); len(left) > 0 {
		t.Errorf("what is left of the lab's is %v", slices.Sorted(maps.Keys(left)))
	}
}

// A volume without a name carries no label of the lab's, and may carry the learner's: a
// prune by that label takes it.
func TestPrunesVolumesByLabel(t *testing.T) {
	f := openGuard(t, true)
	t.Cleanup(func() { f.remove(f.name) })
	p := place{f.host, f.name, t.TempDir()}
	p.run(t, `for i in 1 2; do docker run --name $N-$i --mount type=volume,target=/v,volume-label=$N=$i busybox true; docker rm $N-$i; done`, nil)
	left := func() int {
		list, err := f.client.VolumeList(t.Context(), volume.ListOptions{Filters: filters.NewArgs(filters.Arg("label", f.name))})
		if err != nil {
			t.Fatal(err)
		}
		return len(list.Volumes)
	}
	for i, by := range []string{"=0", "=2", ""} {
		if r := p.run(t, `docker volume prune -f --filter label=$N`+by, nil); r.code != 0 || left() != 2-i {
			t.Errorf("after a prune by the label %s%s, %d volumes are left: %+v", f.name, by, left(), r)
		}
	}
}

// removeLeft removes what prunes pass over: an image that others use, and steps of the
// legacy builder, which carry no label. Nothing else may be left.
func (f *fixture) removeLeft(t *testing.T, left map[string]string) {
	for what, state := range left {
		kind, id, _ := strings.Cut(what, " ")
		var names []string
		if json.Unmarshal([]byte(state), &names); kind == "image" && len(names) == 0 {
			names = []string{id}
		}
		if kind != "image" {
			t.Errorf("prunes of all kinds left %s: %s", what, state)
			continue
		}
		docker(f.host, "", append([]string{"rmi", "-f"}, names...)...)
	}
}

// harmed is a command line with the place where it is run.
type harmed struct {
	harm
	place
}

// places gives each command line that the engine can run a name and a folder.
func (f *fixture) places(t *testing.T, host, kind string) (all []harmed) {
	base := t.TempDir()
	for i, h := range f.possible(harms) {
		name := fmt.Sprintf("%s-%s%02d", f.name, kind, i)
		all = append(all, harmed{h, place{host, name, filepath.Join(base, name)}})
	}
	return all
}

func (f *fixture) possible(all []harm) []harm {
	return slices.DeleteFunc(slices.Clone(all), func(h harm) bool { return !f.can(h.needs) })
}

// inVain runs a command line that must be refused, by the name of what it would harm, or
// must spare it.
func (p harmed) inVain(t *testing.T) {
	want := os.Expand(p.names, func(what string) string {
		if what == "N" {
			return p.name
		}
		out, _ := docker(direct, "", append([]string{"images", "-q"}, map[string][]string{
			"ID": {p.name + ":1"}, "DANGLING": {"--filter", "label=" + p.name + "=1"},
		}[what]...)...)
		return strings.TrimSpace(out)
	})
	if p.keys != nil {
		p.keys = []string{} // it is refused before there is anything to type to
	}
	do := p.do
	if p.names == "" {
		do = patient(do)
	}
	r := p.run(t, do, p.keys)
	switch out := r.stdout + r.stderr; {
	case p.names == "" && (r.code != 0 || strings.Contains(out, "kept-") || strings.Contains(out, "rror")):
		t.Errorf("%s: want it to spare what was there, got %+v", p.do, r)
	case p.names != "" && (r.code == 0 || !strings.Contains(out, "kept-") || !strings.Contains(out, want)):
		t.Errorf("%s: want a refusal that names %s, got %+v", p.do, want, r)
	}
}

// snapshot tells the state of all that carries a name that begins so.
func (f *fixture) snapshot(t *testing.T, name string) map[string]string {
	seen := map[string]string{}
	note := func(kind, id string, state any) {
		text, _ := json.Marshal(state)
		seen[kind+" "+id] = string(text)
	}
	ctx, byName := t.Context(), filters.NewArgs(filters.Arg("name", name))
	containers, err := f.client.ContainerList(ctx, container.ListOptions{All: true, Filters: byName})
	for _, c := range containers {
		i, _ := f.client.ContainerInspect(ctx, c.ID)
		diff, _ := f.client.ContainerDiff(ctx, c.ID)
		slices.SortFunc(diff, func(a, b container.FilesystemChange) int { return strings.Compare(a.Path, b.Path) })
		note("container", c.ID, []any{i.Name, i.State, i.Image, i.HostConfig.Memory, i.RestartCount, slices.Sorted(maps.Keys(i.NetworkSettings.Networks)), diff})
		for _, m := range i.Mounts {
			byName.Add("name", m.Name)
		}
	}
	images, err2 := checker.ListImages(ctx, f.client, image.ListOptions{All: true})
	for _, i := range images {
		if names := ownNames(i, name); len(names) > 0 || labelledSo(i, name) {
			slices.Sort(names)
			note("image", i.ID, names)
		}
	}
	volumes, err3 := f.client.VolumeList(ctx, volume.ListOptions{Filters: byName})
	for _, v := range volumes.Volumes {
		content, _ := docker(direct, "", "run", "--rm", "-v", v.Name+":/v:ro", "busybox", "sh", "-c", "cd /v; find . -type f | sort | xargs md5sum")
		note("volume", v.Name, []string{v.CreatedAt, content})
	}
	networks, err4 := f.client.NetworkList(ctx, network.ListOptions{Filters: byName})
	for _, n := range networks {
		i, _ := f.client.NetworkInspect(ctx, n.ID, network.InspectOptions{})
		note("network", n.ID, []any{n.Name, slices.Sorted(maps.Keys(i.Containers))})
	}
	usage, err5 := f.client.DiskUsage(ctx, types.DiskUsageOptions{Types: []types.DiskUsageObject{types.BuildCacheObject}})
	for _, c := range usage.BuildCache {
		if strings.Contains(c.Description, name) {
			note("cache", c.ID, c.Description)
		}
	}
	if err := errors.Join(err, err2, err3, err4, err5); err != nil {
		t.Error(err)
	}
	return seen
}
